"""Airflow DAG `http_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
from typing import Any

import dagster as dg

from ..resources import HttpResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def newest(response):
    return max(row["day"] for row in response.json())


@dg.asset(
    key=["http_operator", "rates"],
    group_name="http_operator",
    partitions_def=intervals,
    kinds={"http"},
    metadata={"airflow/dag_id": "http_operator", "airflow/task_id": "rates"},
)
def rates(context: dg.AssetExecutionContext, rates_api: HttpResource) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return rates_api.run(f"rates/{ds}", method="GET").text


@dg.asset(
    key=["http_operator", "days"],
    deps=[["http_operator", "rates"]],
    group_name="http_operator",
    partitions_def=intervals,
    kinds={"http"},
    metadata={"airflow/dag_id": "http_operator", "airflow/task_id": "days"},
)
def days(context: dg.AssetExecutionContext, rates_api: HttpResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    response = rates_api.run(
        "days",
        method="GET",
        data={"until": ds},
        headers={"Accept": "application/json"},
        extra_options={"timeout": 30},
    )
    context.log.info(response.text)
    if not bool(response.json()):
        raise dg.Failure("Response check returned False.")
    return newest(response)


@dg.asset(
    key=["http_operator", "post"],
    deps=[["http_operator", "days"]],
    group_name="http_operator",
    partitions_def=intervals,
    kinds={"http"},
    metadata={"airflow/dag_id": "http_operator", "airflow/task_id": "post"},
)
def post(rates_api: HttpResource) -> str:
    return rates_api.run(
        "loaded",
        method="POST",
        data=json.dumps({"source": "airflow"}),
        headers={"Content-Type": "application/json"},
    ).text


job = dg.define_asset_job(
    "http_operator",
    selection=dg.AssetSelection.groups("http_operator"),
    tags={"airflow/dag_id": "http_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="http_operator_schedule")
