"""Airflow DAG `catching_up` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Scheduled only where the environment says so. Plain assets:
every trigger rule is all_success and nothing branches.
"""

import os

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.schedules import request_due

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 */6 * * *",
    start="2026-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["catching_up", "load"],
    group_name="catching_up",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "catching_up", "airflow/task_id": "load"},
)
def load(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


job = dg.define_asset_job(
    "catching_up", selection=dg.AssetSelection.groups("catching_up"), tags={"airflow/dag_id": "catching_up"}
)

if os.environ.get("CATCH_UP"):

    @dg.sensor(job=job)
    def catching_up_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Asks for each run that falls due from the cut-over on, once."""
        return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
