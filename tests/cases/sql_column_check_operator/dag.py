"""Airflow 3: checks of columns."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLColumnCheckOperator, SQLExecuteQueryOperator
from airflow.sdk import DAG

with DAG("sql_column_check_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"conn_id": "warehouse"}):
    load = SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO orders SELECT * FROM staging_orders")
    load >> SQLColumnCheckOperator(
        task_id="columns",
        table="orders",
        column_mapping={
            "id": {"null_check": {"equal_to": 0}, "unique_check": {"equal_to": 0}},
            "amount": {"min": {"geq_to": 0}, "max": {"less_than": 10_000, "tolerance": 0.2}},
        },
        partition_clause="day = '{{ ds }}'",
        accept_none=False,
    )
