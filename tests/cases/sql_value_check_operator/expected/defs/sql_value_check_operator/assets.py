"""Airflow DAG `sql_value_check_operator` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.sql import check_value
from ..resources import SqlResource, fetch_all


@dg.asset(
    key=["sql_value_check_operator", "load"],
    group_name="sql_value_check_operator",
    kinds={"sql"},
    metadata={
        "airflow/dag_id": "sql_value_check_operator",
        "airflow/task_id": "load",
        "dagster/table_name": "orders",
    },
)
def load(warehouse: SqlResource) -> Any:
    return warehouse.run("INSERT INTO orders SELECT * FROM staging_orders", handler=fetch_all)


@dg.asset_check(
    asset=["sql_value_check_operator", "load"],
    blocking=True,
    description="Airflow task `about_a_thousand`.",
    metadata={"airflow/dag_id": "sql_value_check_operator", "airflow/task_id": "about_a_thousand"},
)
def about_a_thousand(warehouse: SqlResource) -> dg.AssetCheckResult:
    return check_value(warehouse.get_first("SELECT COUNT(*) FROM orders"), 1000, tolerance=0.1).check_result()


job = dg.define_asset_job(
    "sql_value_check_operator",
    selection=dg.AssetSelection.groups("sql_value_check_operator"),
    tags={"airflow/dag_id": "sql_value_check_operator"},
)
schedule = dg.ScheduleDefinition(
    name="sql_value_check_operator_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
