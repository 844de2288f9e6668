"""The same in Airflow 3."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG


def late(*arguments):
    print(arguments)


with DAG("no_service_levels", schedule="@daily", start_date=datetime(2024, 1, 1), sla_miss_callback=late):
    BashOperator(task_id="first", bash_command="true", sla=timedelta(hours=2))
