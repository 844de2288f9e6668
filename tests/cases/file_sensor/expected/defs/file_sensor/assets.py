"""Airflow DAG `file_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.sensors import file_exists, poke_until
from ...airflow_compat.task import airflow_task
from ..resources import FileSystemResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["file_sensor", "orders"],
    group_name="file_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "file_sensor", "airflow/task_id": "orders"},
)
def orders(context: dg.AssetExecutionContext, landing: FileSystemResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    poke_until(
        lambda: landing.exists(f"orders/{ds}/*.csv"),
        poke_interval=30,
        timeout=7200,
        exponential_backoff=True,
        max_wait=300,
    )


@dg.asset(
    key=["file_sensor", "done"],
    deps=[["file_sensor", "orders"]],
    group_name="file_sensor",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "file_sensor", "airflow/task_id": "done"},
)
@airflow_task()
def done(context: dg.AssetExecutionContext) -> None:
    ds_nodash = context.partition_time_window.start.strftime("%Y%m%d")
    poke_until(lambda: file_exists(f"/data/landing/{ds_nodash}.done"), soft_fail=True)


job = dg.define_asset_job(
    "file_sensor", selection=dg.AssetSelection.groups("file_sensor"), tags={"airflow/dag_id": "file_sensor"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="file_sensor_schedule")
