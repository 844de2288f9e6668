"""Airflow DAG `service_levels` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import timedelta

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["service_levels", "first"],
    group_name="service_levels",
    freshness_policy=dg.FreshnessPolicy.cron("0 2 * * *", lower_bound_delta=timedelta(hours=2)),
    kinds={"bash"},
    metadata={"airflow/dag_id": "service_levels", "airflow/task_id": "first"},
)
def first() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "service_levels",
    selection=dg.AssetSelection.groups("service_levels"),
    tags={"airflow/dag_id": "service_levels"},
)
schedule = dg.ScheduleDefinition(
    name="service_levels_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
