"""What only Airflow has: events of assets in the context, a file of commands that is not there, a choice of tasks."""

import os
from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, task


@task
def last_event(inlet_events=None):
    return str(inlet_events)


with DAG("airflow_only_context", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    clean = BashOperator(task_id="clean", bash_command="clean_up.sh")
    last_event() >> clean
    if os.environ.get("WITH_ARCHIVE"):
        clean >> EmptyOperator(task_id="archive")
    for name in os.environ.get("REGIONS", "").split(","):
        clean >> EmptyOperator(task_id="regions")
