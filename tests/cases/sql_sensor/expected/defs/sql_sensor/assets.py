"""Airflow DAG `sql_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.sensors import poke_until, rows_ready
from ..resources import SqlResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["sql_sensor", "published"],
    group_name="sql_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "sql_sensor", "airflow/task_id": "published"},
)
def published(context: dg.AssetExecutionContext, warehouse: SqlResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    poke_until(
        lambda: rows_ready(warehouse.get_records(f"SELECT done FROM days WHERE day = '{ds}'")), timeout=3600
    )


@dg.asset(
    key=["sql_sensor", "enough"],
    deps=[["sql_sensor", "published"]],
    group_name="sql_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "sql_sensor", "airflow/task_id": "enough"},
)
def enough(context: dg.AssetExecutionContext, warehouse: SqlResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    poke_until(
        lambda: rows_ready(
            warehouse.get_records("SELECT COUNT(*), MAX(day) FROM orders WHERE day = %s", [ds]),
            success=(lambda count: count >= 100),
            failure=(lambda count: count > 1_000_000),
            selector=(lambda row: row[0]),
            fail_on_empty=True,
        )
    )


job = dg.define_asset_job(
    "sql_sensor", selection=dg.AssetSelection.groups("sql_sensor"), tags={"airflow/dag_id": "sql_sensor"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="sql_sensor_schedule")
