"""Airflow DAG `no_service_levels` (ignored.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["no_service_levels", "first"],
    group_name="no_service_levels",
    kinds={"bash"},
    metadata={"airflow/dag_id": "no_service_levels", "airflow/task_id": "first"},
)
def first() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "no_service_levels",
    selection=dg.AssetSelection.groups("no_service_levels"),
    tags={"airflow/dag_id": "no_service_levels"},
)
schedule = dg.ScheduleDefinition(
    name="no_service_levels_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
