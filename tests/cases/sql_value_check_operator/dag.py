"""Airflow 3: a check against a value."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator, SQLValueCheckOperator
from airflow.sdk import DAG

with DAG("sql_value_check_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"conn_id": "warehouse"}):
    load = SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO orders SELECT * FROM staging_orders")
    load >> SQLValueCheckOperator(
        task_id="about_a_thousand", sql="SELECT COUNT(*) FROM orders", pass_value=1000, tolerance=0.1
    )
