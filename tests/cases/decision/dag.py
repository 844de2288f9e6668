"""Airflow 3: tasks that decide what runs after them."""

from datetime import datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, ShortCircuitOperator
from airflow.sdk import DAG, task


def choose(logical_date):
    return "weekly" if logical_date.weekday() == 0 else "daily"


with DAG("decision", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    branch = BranchPythonOperator(task_id="branch", python_callable=choose)
    branch >> [EmptyOperator(task_id="weekly"), EmptyOperator(task_id="daily")]

    @task.short_circuit
    def has_rows() -> bool:
        return False

    has_rows() >> EmptyOperator(task_id="load")
    ShortCircuitOperator(task_id="open", python_callable=lambda: True) >> EmptyOperator(task_id="serve")
    LatestOnlyOperator(task_id="latest") >> EmptyOperator(task_id="refresh")
