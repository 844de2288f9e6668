"""Airflow DAG `http_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.sensors import http_ready, poke_until
from ...airflow_compat.task import airflow_task
from ..resources import HttpResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["http_sensor", "up"],
    group_name="http_sensor",
    partitions_def=intervals,
    kinds={"http"},
    metadata={"airflow/dag_id": "http_sensor", "airflow/task_id": "up"},
)
def up(rates_api: HttpResource) -> None:
    poke_until(lambda: http_ready(lambda: rates_api.run("status", method="GET")), poke_interval=5, timeout=60)


@dg.asset(
    key=["http_sensor", "published"],
    deps=[["http_sensor", "up"]],
    group_name="http_sensor",
    partitions_def=intervals,
    output_required=False,
    kinds={"http"},
    metadata={"airflow/dag_id": "http_sensor", "airflow/task_id": "published"},
)
@airflow_task()
def published(context: dg.AssetExecutionContext, rates_api: HttpResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return poke_until(
        lambda: http_ready(
            lambda: rates_api.run("rates", method="GET", data={"day": ds}),
            response_check=lambda response: response.json()["published"],
            response_error_codes_allowlist=["404", "503"],
        ),
        soft_fail=True,
    )


job = dg.define_asset_job(
    "http_sensor", selection=dg.AssetSelection.groups("http_sensor"), tags={"airflow/dag_id": "http_sensor"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="http_sensor_schedule")
