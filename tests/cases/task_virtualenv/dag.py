"""Airflow 3: a decorated function that wants packages of its own."""

from datetime import datetime

from airflow.sdk import DAG, task

with DAG("task_virtualenv", schedule=None, start_date=datetime(2024, 1, 1)):

    @task.virtualenv(requirements=["polars==1.9.0"], system_site_packages=False, serializer="cloudpickle")
    def count_rows(path: str) -> int:
        with open(path) as file:
            return sum(1 for _ in file)

    count_rows("/landing/orders.csv")
