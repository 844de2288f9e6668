"""Airflow DAG `tea_shipping` (tea_auction.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.trigger import request_run, requested_runs

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 12 * * 2",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

tea_payment_dag = AirflowDag(dag_id="tea_payment", airflow="3")


@dg.asset(
    key=["tea_shipping", "pay"],
    group_name="tea_shipping",
    partitions_def=intervals,
    owners=["team:purchasing"],
    tags={"purchasing": "", "cross-dag": ""},
    metadata={"airflow/dag_id": "tea_shipping", "airflow/task_id": "pay"},
)
def pay(context: dg.AssetExecutionContext) -> dict[str, Any]:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return request_run(
        context,
        tea_payment_dag,
        ["tea_shipping", "pay"],
        conf={"week": ds},
        wait_for_completion=True,
        poke_interval=30,
    )


@dg.asset(
    key=["tea_shipping", "ship"],
    deps=[["tea_shipping", "pay"]],
    group_name="tea_shipping",
    partitions_def=intervals,
    owners=["team:purchasing"],
    kinds={"bash"},
    tags={"purchasing": "", "cross-dag": ""},
    metadata={"airflow/dag_id": "tea_shipping", "airflow/task_id": "ship"},
)
def ship(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo shipped the tea of {ds}")


job = dg.define_asset_job(
    "tea_shipping",
    selection=dg.AssetSelection.groups("tea_shipping"),
    tags={"airflow/dag_id": "tea_shipping"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="tea_shipping_schedule")


@dg.sensor(job_name="tea_payment")
def tea_shipping_pay_sensor(
    context: dg.SensorEvaluationContext,
) -> dg.SensorResult | dg.RunRequest | dg.SkipReason | None:
    return requested_runs(context, tea_payment_dag, ["tea_shipping", "pay"])
