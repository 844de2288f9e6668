"""Airflow DAG `by_variable` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Scheduled only where the environment says so. Plain assets: every
trigger rule is all_success and nothing branches.
"""

import os

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["by_variable", "load"],
    group_name="by_variable",
    kinds={"bash"},
    metadata={"airflow/dag_id": "by_variable", "airflow/task_id": "load"},
)
def load() -> str:
    return run_bash("echo loaded")


job = dg.define_asset_job(
    "by_variable", selection=dg.AssetSelection.groups("by_variable"), tags={"airflow/dag_id": "by_variable"}
)

if os.environ.get("AIRFLOW_VAR_NIGHTLY", "no") == "yes":
    schedule = dg.ScheduleDefinition(
        name="by_variable_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
    )
