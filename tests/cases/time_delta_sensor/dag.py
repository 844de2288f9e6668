"""Airflow 2: waiting for some time after the data interval."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.sensors.time_delta import TimeDeltaSensor, TimeDeltaSensorAsync

with DAG("time_delta_sensor", schedule_interval="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    TimeDeltaSensor(task_id="settle", delta=timedelta(minutes=45), poke_interval=120)
    TimeDeltaSensorAsync(task_id="settle_elsewhere", delta=timedelta(minutes=5))
