"""Schedules that only some environments have: what decides is asked when the project is loaded, as in Airflow."""

import os
from datetime import datetime, timedelta

from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator

ENVIRONMENT = os.environ.get("ENVIRONMENT", "development")

with DAG(
    "in_production", schedule="0 5 * * *" if ENVIRONMENT == "production" else None, start_date=datetime(2026, 1, 1)
):
    BashOperator(task_id="load", bash_command="echo loaded")

with DAG(
    "with_dates",
    schedule=None if ENVIRONMENT != "production" else "@daily",
    start_date=datetime(2026, 1, 1),
    end_date=datetime(2026, 12, 31),
):
    BashOperator(task_id="load", bash_command="echo {{ ds }}")

with DAG(
    "catching_up",
    schedule=timedelta(hours=6) if os.getenv("CATCH_UP") else None,
    start_date=datetime(2026, 1, 1),
    catchup=True,
):
    BashOperator(task_id="load", bash_command="echo {{ ds }}")

with DAG("one_of_two", schedule="@daily" if ENVIRONMENT == "production" else "@weekly"):
    BashOperator(task_id="load", bash_command="echo loaded")

with DAG("by_variable", schedule="@daily" if Variable.get("nightly", default="no") == "yes" else None):
    BashOperator(task_id="load", bash_command="echo loaded")
