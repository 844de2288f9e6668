"""Airflow 2: statements on Snowflake, in a warehouse and role of their own."""

from datetime import datetime

from airflow import DAG
from airflow.providers.snowflake.operators.snowflake import SnowflakeOperator

with DAG("snowflake_operator", schedule_interval="@daily", start_date=datetime(2023, 6, 1), catchup=False):
    SnowflakeOperator(
        task_id="merge_orders",
        snowflake_conn_id="snow",
        warehouse="LOADING",
        role="LOADER",
        sql="""
            MERGE INTO analytics.orders AS target
            USING staging.orders AS source ON target.id = source.id
            WHEN MATCHED THEN UPDATE SET target.state = source.state
            WHEN NOT MATCHED THEN INSERT (id, state) VALUES (source.id, source.state);
        """,
    ) >> SnowflakeOperator(task_id="count", snowflake_conn_id="snow", sql="SELECT COUNT(*) FROM analytics.orders")
