"""Airflow 3: a check of the first row."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.sdk import DAG

with DAG("sql_check_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"conn_id": "warehouse"}):
    load = SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO orders SELECT * FROM staging_orders")
    load >> SQLCheckOperator(
        task_id="orders_present", sql="SELECT COUNT(*) FROM orders WHERE day = '{{ ds }}'", retries=2
    )
