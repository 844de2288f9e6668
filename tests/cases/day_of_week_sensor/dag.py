"""Airflow 3: waiting for a day of the week, and asking the logical date for it."""

from datetime import datetime

from airflow.providers.standard.sensors.weekday import DayOfWeekSensor
from airflow.providers.standard.utils.weekday import WeekDay
from airflow.sdk import DAG

with DAG("day_of_week_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    DayOfWeekSensor(task_id="weekend", week_day={WeekDay.SATURDAY, WeekDay.SUNDAY}, poke_interval=3600) >> DayOfWeekSensor(
        task_id="monday", week_day="Monday", use_task_logical_date=True, timeout=0, soft_fail=True
    )
