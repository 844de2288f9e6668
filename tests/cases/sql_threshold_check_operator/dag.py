"""Airflow 3: a value between two bounds."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator, SQLThresholdCheckOperator
from airflow.sdk import DAG

with DAG("sql_threshold_check_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"conn_id": "warehouse"}):
    load = SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO orders SELECT * FROM staging_orders")
    load >> SQLThresholdCheckOperator(
        task_id="within_bounds",
        sql="SELECT AVG(amount) FROM orders",
        min_threshold=1,
        max_threshold="SELECT MAX(amount) FROM orders",
    )
