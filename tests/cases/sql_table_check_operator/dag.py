"""Airflow 3: conditions on a table."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator, SQLTableCheckOperator
from airflow.sdk import DAG

with DAG("sql_table_check_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"conn_id": "warehouse"}):
    load = SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO orders SELECT * FROM staging_orders")
    load >> SQLTableCheckOperator(
        task_id="table",
        table="orders",
        checks={
            "row_count": {"check_statement": "COUNT(*) >= 3"},
            "paid": {"check_statement": "amount > 0", "partition_clause": "state = 'paid'"},
        },
        retry_on_failure=False,
    )
