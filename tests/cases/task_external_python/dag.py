"""Airflow 3: a decorated function that another interpreter runs."""

from datetime import datetime

from airflow.sdk import DAG, task

with DAG("task_external_python", schedule=None, start_date=datetime(2024, 1, 1)):

    @task.external_python(python="/opt/legacy/bin/python", expect_airflow=False)
    def convert(value: int) -> str:
        return hex(value)

    convert(255)
