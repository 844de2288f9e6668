"""What Airflow 2 tells people who wait for a task, and Airflow 3 ignores."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator


def late(dag, task_list, blocking_task_list, slas, blocking_tis):
    print(task_list)


with DAG(
    "service_levels",
    schedule_interval="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    sla_miss_callback=late,
):
    BashOperator(task_id="first", bash_command="true", sla=timedelta(hours=2))
