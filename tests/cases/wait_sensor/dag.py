"""Airflow 3: a pause."""

from datetime import datetime, timedelta

from airflow.providers.standard.sensors.time_delta import WaitSensor
from airflow.sdk import DAG

with DAG("wait_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    WaitSensor(task_id="pause", time_to_wait=timedelta(seconds=90)) >> WaitSensor(task_id="minutes", time_to_wait=2)
