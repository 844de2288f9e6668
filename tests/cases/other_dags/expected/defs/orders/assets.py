"""Airflow DAG `orders` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 3 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["orders", "regions.load_eu"],
    group_name="orders",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "orders", "airflow/task_id": "regions.load_eu"},
)
def regions__load_eu(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


@dg.asset(
    key=["orders", "regions.load_us"],
    group_name="orders",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "orders", "airflow/task_id": "regions.load_us"},
)
def regions__load_us(context: dg.AssetExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo {ds}")


@dg.asset(
    key=["orders", "ready"],
    deps=[["orders", "regions.load_eu"], ["orders", "regions.load_us"]],
    group_name="orders",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "orders", "airflow/task_id": "ready"},
)
def ready() -> None:
    pass


@dg.asset(
    key=["orders", "told"],
    deps=[["orders", "regions.load_eu"], ["orders", "regions.load_us"]],
    group_name="orders",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "orders", "airflow/task_id": "told"},
)
def told() -> None:
    pass


job = dg.define_asset_job(
    "orders", selection=dg.AssetSelection.groups("orders"), tags={"airflow/dag_id": "orders"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="orders_schedule")
