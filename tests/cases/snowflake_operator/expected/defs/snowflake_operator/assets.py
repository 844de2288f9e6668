"""Airflow DAG `snowflake_operator` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ..resources import SnowflakeDatabase, fetch_dicts


@dg.asset(
    key=["snowflake_operator", "merge_orders"],
    group_name="snowflake_operator",
    kinds={"snowflake", "sql"},
    metadata={
        "airflow/dag_id": "snowflake_operator",
        "airflow/task_id": "merge_orders",
        "dagster/table_name": "analytics.orders",
    },
)
def merge_orders(snow: SnowflakeDatabase) -> Any:
    return snow.using(warehouse="LOADING", role="LOADER").run(
        """
            MERGE INTO analytics.orders AS target
            USING staging.orders AS source ON target.id = source.id
            WHEN MATCHED THEN UPDATE SET target.state = source.state
            WHEN NOT MATCHED THEN INSERT (id, state) VALUES (source.id, source.state);
        """,
        autocommit=True,
        split_statements=True,
        handler=fetch_dicts,
    )


@dg.asset(
    key=["snowflake_operator", "count"],
    deps=[["snowflake_operator", "merge_orders"]],
    group_name="snowflake_operator",
    kinds={"snowflake", "sql"},
    metadata={"airflow/dag_id": "snowflake_operator", "airflow/task_id": "count"},
)
def count(snow: SnowflakeDatabase) -> Any:
    return snow.run(
        "SELECT COUNT(*) FROM analytics.orders", autocommit=True, split_statements=True, handler=fetch_dicts
    )


job = dg.define_asset_job(
    "snowflake_operator",
    selection=dg.AssetSelection.groups("snowflake_operator"),
    tags={"airflow/dag_id": "snowflake_operator"},
)
schedule = dg.ScheduleDefinition(
    name="snowflake_operator_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
