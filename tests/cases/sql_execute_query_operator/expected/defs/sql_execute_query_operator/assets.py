"""Airflow DAG `sql_execute_query_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ..resources import SqlResource, fetch_all, fetch_one

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


@dg.asset(
    key=["sql_execute_query_operator", "fill"],
    group_name="sql_execute_query_operator",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={
        "airflow/dag_id": "sql_execute_query_operator",
        "airflow/task_id": "fill",
        "dagster/table_name": "mart.daily_orders",
    },
)
def fill(context: dg.AssetExecutionContext, warehouse: SqlResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        f"""
            DELETE FROM mart.daily_orders WHERE day = '{ds}';
            INSERT INTO mart.daily_orders SELECT day, COUNT(*) FROM orders WHERE day = '{ds}' GROUP BY day;
        """,
        split_statements=True,
        return_last=False,
        handler=fetch_all,
    )


@dg.asset(
    key=["sql_execute_query_operator", "count"],
    deps=[["sql_execute_query_operator", "fill"]],
    group_name="sql_execute_query_operator",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={"airflow/dag_id": "sql_execute_query_operator", "airflow/task_id": "count"},
)
def count(context: dg.AssetExecutionContext, warehouse: SqlResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        "SELECT COUNT(*) FROM mart.daily_orders WHERE day = %(day)s",
        parameters={"day": ds},
        handler=fetch_one,
    )


@dg.asset(
    key=["sql_execute_query_operator", "index"],
    deps=[["sql_execute_query_operator", "count"]],
    group_name="sql_execute_query_operator",
    partitions_def=intervals,
    kinds={"sql"},
    metadata={"airflow/dag_id": "sql_execute_query_operator", "airflow/task_id": "index"},
)
def index(warehouse: SqlResource) -> None:
    warehouse.run(
        ["CREATE INDEX IF NOT EXISTS by_day ON mart.daily_orders (day)", "ANALYZE mart.daily_orders"],
        autocommit=True,
    )


job = dg.define_asset_job(
    "sql_execute_query_operator",
    selection=dg.AssetSelection.groups("sql_execute_query_operator"),
    tags={"airflow/dag_id": "sql_execute_query_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="sql_execute_query_operator_schedule")
