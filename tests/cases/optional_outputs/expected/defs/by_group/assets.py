"""Airflow DAG `by_group` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Optional outputs: what `pick` leaves out ends without a value,
and so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["by_group", "pick"],
    group_name="by_group",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "by_group", "airflow/task_id": "pick"},
)
@branch(
    "weekday",
    "weekend.clean",
    "weekend.close",
    airflow="3",
    groups={"weekend": ["weekend.clean", "weekend.close"]},
)
def pick(context: dg.AssetExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return "weekend" if ds.endswith("6") else "weekday"


@dg.asset(
    key=["by_group", "weekend.close"],
    ins={"pick": dg.AssetIn(["by_group", "pick"])},
    group_name="by_group",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "by_group", "airflow/task_id": "weekend.close"},
)
@airflow_task()
@chosen("weekend.close", by="pick")
def weekend__close() -> None:
    pass


@dg.asset(
    key=["by_group", "weekend.clean"],
    ins={"pick": dg.AssetIn(["by_group", "pick"])},
    group_name="by_group",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "by_group", "airflow/task_id": "weekend.clean"},
)
@airflow_task()
@chosen("weekend.clean", by="pick")
def weekend__clean() -> None:
    pass


@dg.asset(
    key=["by_group", "weekend.end"],
    deps=[["by_group", "weekend.clean"], ["by_group", "weekend.close"]],
    group_name="by_group",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "by_group", "airflow/task_id": "weekend.end"},
)
def weekend__end() -> None:
    pass


@dg.asset(
    key=["by_group", "weekday"],
    ins={"pick": dg.AssetIn(["by_group", "pick"])},
    group_name="by_group",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=30),
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "by_group", "airflow/task_id": "weekday"},
)
@airflow_task()
@chosen("weekday", by="pick")
def weekday(pick: Any) -> str:
    picked = pick.get("return_value")
    return f"after {picked}"


job = dg.define_asset_job(
    "by_group", selection=dg.AssetSelection.groups("by_group"), tags={"airflow/dag_id": "by_group"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="by_group_schedule")
