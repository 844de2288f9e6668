"""Airflow DAG `sql_check_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.task import airflow_task
from ..resources import SqlResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["sql_check_operator", "load"],
    group_name="sql_check_operator",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={
        "airflow/dag_id": "sql_check_operator",
        "airflow/task_id": "load",
        "dagster/table_name": "orders",
    },
)
def load(warehouse: SqlResource) -> Any:
    return warehouse.run("INSERT INTO orders SELECT * FROM staging_orders", handler=fetch_all)


@dg.asset_check(
    asset=["sql_check_operator", "load"],
    blocking=True,
    description="Airflow task `orders_present`.",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "sql_check_operator", "airflow/task_id": "orders_present"},
)
@airflow_task(retries=2, retry_delay=300)
def orders_present(context: dg.AssetCheckExecutionContext, warehouse: SqlResource) -> dg.AssetCheckResult:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    row = warehouse.get_first(f"SELECT COUNT(*) FROM orders WHERE day = '{ds}'")
    return dg.AssetCheckResult(passed=bool(row) and all(row), metadata={"first_row": str(row)})


job = dg.define_asset_job(
    "sql_check_operator",
    selection=dg.AssetSelection.groups("sql_check_operator"),
    tags={"airflow/dag_id": "sql_check_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="sql_check_operator_schedule")
