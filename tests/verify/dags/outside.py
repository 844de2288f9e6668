"""Operators that reach outside, and are not executed."""

from datetime import datetime

from airflow.providers.http.operators.http import HttpOperator
from airflow.sdk import DAG, task

with DAG("outside", schedule="@hourly", start_date=datetime(2024, 3, 1), end_date=datetime(2024, 3, 2), catchup=False):
    fetch = HttpOperator(task_id="fetch", http_conn_id="api", endpoint="orders/{{ ds }}", method="GET")

    @task
    def done() -> str:
        return "done"

    fetch >> done()
