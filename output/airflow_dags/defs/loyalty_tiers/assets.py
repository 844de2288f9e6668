"""Airflow DAG `loyalty_tiers` (loyalty_points.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.updates import request_on_updates
from ..resources import SqliteResource, fetch_all


@dg.asset(
    key=["loyalty_tiers", "gold_customers"],
    group_name="loyalty_tiers",
    owners=["team:crm"],
    kinds={"sql"},
    tags={"crm": ""},
    metadata={"airflow/dag_id": "loyalty_tiers", "airflow/task_id": "gold_customers"},
)
def gold_customers(warehouse: SqliteResource) -> Any:
    return warehouse.run(
        "SELECT customer_id FROM loyalty_points WHERE points >= 40 ORDER BY customer_id", handler=fetch_all
    )


job = dg.define_asset_job(
    "loyalty_tiers",
    selection=dg.AssetSelection.groups("loyalty_tiers"),
    tags={"airflow/dag_id": "loyalty_tiers"},
)


@dg.sensor(job=job)
def loyalty_tiers_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(context, dg.AssetKey(["loyalty_points_refresh", "refresh_points"]), airflow="3")
