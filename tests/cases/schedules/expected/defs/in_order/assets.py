"""Airflow DAG `in_order` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.schedules import request_due

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["in_order", "balance"],
    deps=[dg.AssetDep(["in_order", "balance"], partition_mapping=dg.TimeWindowPartitionMapping(-1, -1))],
    group_name="in_order",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "in_order", "airflow/task_id": "balance"},
)
def balance(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


@dg.asset(
    key=["in_order", "book"],
    deps=[
        ["in_order", "balance"],
        dg.AssetDep(["in_order", "book"], partition_mapping=dg.TimeWindowPartitionMapping(-1, -1)),
    ],
    group_name="in_order",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "in_order", "airflow/task_id": "book"},
)
def book() -> str:
    return run_bash("echo 1")


job = dg.define_asset_job(
    "in_order", selection=dg.AssetSelection.groups("in_order"), tags={"airflow/dag_id": "in_order"}
)


@dg.sensor(job=job)
def in_order_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once the one before it has succeeded."""
    return request_due(
        context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(), after_success_of=job.name
    )
