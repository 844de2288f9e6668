"""Airflow 3: waiting for a command."""

from datetime import datetime

from airflow.providers.standard.sensors.bash import BashSensor
from airflow.sdk import DAG

with DAG("bash_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    BashSensor(task_id="mounted", bash_command="test -d /landing/{{ ds }}", retry_exit_code=1, poke_interval=20)
