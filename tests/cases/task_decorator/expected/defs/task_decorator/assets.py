"""Airflow DAG `task_decorator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import asyncio
from typing import Any

import dagster as dg

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 5 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


async def _ping(text: str) -> str:
    await asyncio.sleep(0)
    return text.upper()


@dg.asset(
    key=["task_decorator", "extract"],
    description="Read one day's amounts.",
    group_name="task_decorator",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "task_decorator", "airflow/task_id": "extract"},
)
def extract(context: dg.AssetExecutionContext) -> list:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    day = ds
    return [len(day), 2, 3]


@dg.asset(
    key=["task_decorator", "summarise"],
    ins={"amounts": dg.AssetIn(["task_decorator", "extract"])},
    group_name="task_decorator",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    kinds={"python"},
    metadata={"airflow/dag_id": "task_decorator", "airflow/task_id": "summarise"},
)
def summarise(amounts: Any) -> dict:
    return {"total": sum(amounts), "count": len(amounts)}


@dg.asset(
    key=["task_decorator", "report"],
    ins={"summarise": dg.AssetIn(["task_decorator", "summarise"])},
    group_name="task_decorator",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "task_decorator", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext, summarise: Any) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    total = summarise["total"]
    count = summarise["count"]
    prefix = "day"
    # The average of nothing is nothing.
    average = total / count if count else 0
    return f"{prefix} {ds}: {average}"


@dg.asset(
    key=["task_decorator", "ping"],
    ins={"report": dg.AssetIn(["task_decorator", "report"])},
    group_name="task_decorator",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "task_decorator", "airflow/task_id": "ping"},
)
def ping(report: Any) -> Any:
    return asyncio.run(_ping(report))


job = dg.define_asset_job(
    "task_decorator",
    selection=dg.AssetSelection.groups("task_decorator"),
    tags={"airflow/dag_id": "task_decorator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="task_decorator_schedule")
