"""Airflow DAG `sql_threshold_check_operator` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.sql import check_threshold
from ..resources import SqlResource, fetch_all


@dg.asset(
    key=["sql_threshold_check_operator", "load"],
    group_name="sql_threshold_check_operator",
    kinds={"sql"},
    metadata={
        "airflow/dag_id": "sql_threshold_check_operator",
        "airflow/task_id": "load",
        "dagster/table_name": "orders",
    },
)
def load(warehouse: SqlResource) -> Any:
    return warehouse.run("INSERT INTO orders SELECT * FROM staging_orders", handler=fetch_all)


@dg.asset_check(
    asset=["sql_threshold_check_operator", "load"],
    blocking=True,
    description="Airflow task `within_bounds`.",
    metadata={"airflow/dag_id": "sql_threshold_check_operator", "airflow/task_id": "within_bounds"},
)
def within_bounds(warehouse: SqlResource) -> dg.AssetCheckResult:
    return check_threshold(
        warehouse, "SELECT AVG(amount) FROM orders", 1, "SELECT MAX(amount) FROM orders"
    ).check_result()


job = dg.define_asset_job(
    "sql_threshold_check_operator",
    selection=dg.AssetSelection.groups("sql_threshold_check_operator"),
    tags={"airflow/dag_id": "sql_threshold_check_operator"},
)
schedule = dg.ScheduleDefinition(
    name="sql_threshold_check_operator_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
