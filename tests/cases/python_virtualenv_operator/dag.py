"""Airflow 2: a function that wants packages of its own."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonVirtualenvOperator


def forecast(days):
    import statistics

    return statistics.mean(range(days))


with DAG("python_virtualenv_operator", schedule=None, start_date=datetime(2024, 1, 1)):
    PythonVirtualenvOperator(
        task_id="forecast",
        python_callable=forecast,
        op_kwargs={"days": 14},
        requirements=["numpy==1.26.4", "scikit-learn"],
        system_site_packages=False,
        python_version="3.11",
    )
