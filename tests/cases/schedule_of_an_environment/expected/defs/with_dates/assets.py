"""Airflow DAG `with_dates` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Scheduled only where the environment says so. Plain assets:
every trigger rule is all_success and nothing branches.
"""

import os

import dagster as dg

from ...airflow_compat.bash import run_bash

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2026-01-01T00:00:00+0000",
    end="2027-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["with_dates", "load"],
    group_name="with_dates",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "with_dates", "airflow/task_id": "load"},
)
def load(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


job = dg.define_asset_job(
    "with_dates", selection=dg.AssetSelection.groups("with_dates"), tags={"airflow/dag_id": "with_dates"}
)

if os.environ.get("ENVIRONMENT", "development") == "production":

    @dg.schedule(name="with_dates_schedule", cron_schedule="0 0 * * *", job=job, execution_timezone="UTC")
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        tick = context.scheduled_execution_time
        with dg.partition_loading_context(effective_dt=tick):
            key = intervals.get_last_partition_key()
        # After the last interval, Dagster would ask for its partition again at every tick.
        if key is None or intervals.time_window_for_partition_key(key).start != tick:
            return dg.SkipReason("No interval begins at this tick.")
        return dg.RunRequest(run_key=key, partition_key=key)
