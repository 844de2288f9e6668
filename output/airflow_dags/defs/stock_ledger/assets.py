"""Airflow DAG `stock_ledger` (stock_forecast.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.schedules import request_due
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["stock_ledger", "book"],
    deps=[dg.AssetDep(["stock_ledger", "book"], partition_mapping=dg.TimeWindowPartitionMapping(-1, -1))],
    group_name="stock_ledger",
    partitions_def=intervals,
    pool="ledger",
    owners=["team:planning"],
    kinds={"bash"},
    tags={"planning": ""},
    op_tags={"dagster/priority": "5"},
    metadata={"airflow/dag_id": "stock_ledger", "airflow/task_id": "book"},
)
@airflow_task(execution_timeout=300)
def book(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo booked {ds}")


@dg.asset(
    key=["stock_ledger", "carry_over"],
    deps=[
        ["stock_ledger", "book"],
        dg.AssetDep(["stock_ledger", "carry_over"], partition_mapping=dg.TimeWindowPartitionMapping(-1, -1)),
    ],
    group_name="stock_ledger",
    partitions_def=intervals,
    pool="ledger",
    owners=["team:planning"],
    kinds={"bash"},
    tags={"planning": ""},
    metadata={"airflow/dag_id": "stock_ledger", "airflow/task_id": "carry_over"},
)
@airflow_task(execution_timeout=300)
def carry_over(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo carried {ds}")


job = dg.define_asset_job(
    "stock_ledger",
    selection=dg.AssetSelection.groups("stock_ledger"),
    tags={"airflow/dag_id": "stock_ledger"},
)


@dg.sensor(job=job)
def stock_ledger_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once the one before it has succeeded."""
    return request_due(
        context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(), after_success_of=job.name
    )
