"""Airflow DAG `mysql_operator` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ..resources import MySqlResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2023-06-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


@dg.asset(
    key=["mysql_operator", "expire"],
    group_name="mysql_operator",
    partitions_def=intervals,
    kinds={"mysql", "sql"},
    metadata={"airflow/dag_id": "mysql_operator", "airflow/task_id": "expire"},
)
def expire(context: dg.AssetExecutionContext, shop: MySqlResource) -> None:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    shop.run("UPDATE carts SET state = 'expired' WHERE changed < %s", parameters=[ds])


@dg.asset(
    key=["mysql_operator", "open_carts"],
    deps=[["mysql_operator", "expire"]],
    group_name="mysql_operator",
    partitions_def=intervals,
    kinds={"mysql", "sql"},
    metadata={"airflow/dag_id": "mysql_operator", "airflow/task_id": "open_carts"},
)
def open_carts(shop: MySqlResource) -> Any:
    return shop.using(database="reports").run("SELECT COUNT(*) FROM carts", handler=fetch_all)


job = dg.define_asset_job(
    "mysql_operator",
    selection=dg.AssetSelection.groups("mysql_operator"),
    tags={"airflow/dag_id": "mysql_operator"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="mysql_operator_schedule")
