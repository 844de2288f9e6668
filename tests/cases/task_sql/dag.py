"""Airflow 3: a function that gives the statement."""

from datetime import datetime

from airflow.sdk import DAG, task

with DAG("task_sql", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task.sql(conn_id="warehouse")
    def newest(table: str) -> str:
        return f"SELECT MAX(day) FROM {table} WHERE day <= '{{{{ ds }}}}'"

    newest("orders")
