"""Airflow 3: waiting for a moment, by a template and by a date."""

from datetime import datetime, timezone

from airflow.providers.standard.sensors.date_time import DateTimeSensor
from airflow.sdk import DAG

with DAG("date_time_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    DateTimeSensor(
        task_id="an_hour_later", target_time="{{ data_interval_end.add(hours=1).isoformat() }}"
    ) >> DateTimeSensor(task_id="opening", target_time=datetime(2024, 2, 1, 9, tzinfo=timezone.utc), timeout=60)
