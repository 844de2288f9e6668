"""Airflow DAG `stock` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg


@dg.asset(
    key=["stock", "stock"],
    group_name="stock",
    kinds={"python"},
    metadata={"airflow/dag_id": "stock", "airflow/task_id": "stock"},
)
def stock() -> Any:
    return 3


job = dg.define_asset_job(
    "stock", selection=dg.AssetSelection.groups("stock"), tags={"airflow/dag_id": "stock"}
)
schedule = dg.ScheduleDefinition(
    name="stock_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
