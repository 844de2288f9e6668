"""Airflow DAG `python_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
from pathlib import Path
from typing import Any

import dagster as dg

from ..resources import PythonOperatorParams

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def announce(text, *, channel):
    print(json.dumps({"text": text, "channel": channel}))
    return object()


@dg.asset(
    key=["python_operator", "list_files"],
    description="Name the day's files.",
    group_name="python_operator",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:data"],
    kinds={"python"},
    metadata={"airflow/dag_id": "python_operator", "airflow/task_id": "list_files"},
)
def list_files(context: dg.AssetExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    folder = "/landing"
    pattern = "orders-*.json"
    # Late files belong to the next day.
    return sorted(str(path) for path in Path(folder).glob(f"{ds}/{pattern}"))


@dg.asset(
    key=["python_operator", "load"],
    ins={"files": dg.AssetIn(["python_operator", "list_files"])},
    group_name="python_operator",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:data"],
    kinds={"python"},
    metadata={"airflow/dag_id": "python_operator", "airflow/task_id": "load"},
)
def load(context: dg.AssetExecutionContext, python_operator_params: PythonOperatorParams, files: Any) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    params = python_operator_params.model_dump()
    stores = ["berlin", "paris"]
    templates_dict = {"query": f"SELECT * FROM orders WHERE day = '{ds}'"}
    query = templates_dict["query"]
    return {"query": query, "files": len(files), "stores": stores, "limit": params["limit"]}


@dg.asset(
    key=["python_operator", "announce"],
    deps=[["python_operator", "load"]],
    group_name="python_operator",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=120),
    owners=["team:data"],
    kinds={"python"},
    metadata={"airflow/dag_id": "python_operator", "airflow/task_id": "announce"},
)
def announce_asset(context: dg.AssetExecutionContext) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    announce(f"Orders of {ds} are loaded", channel="#orders")


job = dg.define_asset_job(
    "python_operator",
    selection=dg.AssetSelection.groups("python_operator"),
    tags={"airflow/dag_id": "python_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="python_operator_schedule")
