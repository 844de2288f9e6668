"""Airflow 2: waiting for a time of day, in the DAG's time zone."""

from datetime import time

import pendulum
from airflow import DAG
from airflow.sensors.time_sensor import TimeSensor, TimeSensorAsync

with DAG(
    "time_sensor",
    schedule_interval="@daily",
    start_date=pendulum.datetime(2024, 1, 1, tz="Europe/Berlin"),
    catchup=False,
):
    TimeSensor(task_id="office_hours", target_time=time(8, 30)) >> TimeSensorAsync(
        task_id="noon", target_time=time(12)
    )
