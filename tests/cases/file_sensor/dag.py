"""Airflow 3: waiting for files, in a connection's folder and anywhere."""

from datetime import datetime, timedelta

from airflow.providers.standard.sensors.filesystem import FileSensor
from airflow.sdk import DAG

with DAG("file_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    FileSensor(
        task_id="orders",
        fs_conn_id="landing",
        filepath="orders/{{ ds }}/*.csv",
        poke_interval=timedelta(seconds=30),
        timeout=timedelta(hours=2),
        exponential_backoff=True,
        max_wait=300,
    ) >> FileSensor(task_id="done", filepath="/data/landing/{{ ds_nodash }}.done", soft_fail=True, deferrable=True)
