"""Airflow 2: a function that another interpreter runs."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python import ExternalPythonOperator


def score(model):
    return {"model": model, "score": 0.5}


with DAG("external_python_operator", schedule=None, start_date=datetime(2024, 1, 1)):
    ExternalPythonOperator(
        task_id="score", python="/opt/models/bin/python", python_callable=score, op_args=["churn"], expect_airflow=False
    )
