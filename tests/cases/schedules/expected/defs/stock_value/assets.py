"""Airflow DAG `stock_value` (dag.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.events import Asset
from ...airflow_compat.updates import request_on_updates


@dg.asset(
    key=["stock_value", "stock_value"],
    group_name="stock_value",
    kinds={"python"},
    metadata={"airflow/dag_id": "stock_value", "airflow/task_id": "stock_value"},
)
def stock_value() -> Any:
    stock = Asset("stock", "s3://lake/stock")
    return 4


job = dg.define_asset_job(
    "stock_value", selection=dg.AssetSelection.groups("stock_value"), tags={"airflow/dag_id": "stock_value"}
)


@dg.sensor(job=job)
def stock_value_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(context, dg.AssetKey(["stock", "stock"]), airflow="3")
