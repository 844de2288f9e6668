"""Airflow DAG `in_production` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Scheduled only where the environment says so. Plain assets: every
trigger rule is all_success and nothing branches.
"""

import os
from datetime import datetime

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["in_production", "load"],
    group_name="in_production",
    kinds={"bash"},
    metadata={"airflow/dag_id": "in_production", "airflow/task_id": "load"},
)
def load() -> str:
    return run_bash("echo loaded")


job = dg.define_asset_job(
    "in_production",
    selection=dg.AssetSelection.groups("in_production"),
    tags={"airflow/dag_id": "in_production"},
)

if os.environ.get("ENVIRONMENT", "development") == "production":

    @dg.schedule(name="in_production_schedule", cron_schedule="0 5 * * *", job=job, execution_timezone="UTC")
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        tick = context.scheduled_execution_time
        if tick < datetime.fromisoformat("2026-01-01T05:00:00+00:00"):
            return dg.SkipReason("The schedule begins at 2026-01-01T05:00:00+0000.")
        return dg.RunRequest()
