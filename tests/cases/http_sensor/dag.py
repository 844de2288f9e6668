"""Airflow 3: waiting for a service, and for what it answers."""

from datetime import datetime

from airflow.providers.http.sensors.http import HttpSensor
from airflow.sdk import DAG

with DAG("http_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    HttpSensor(task_id="up", http_conn_id="rates_api", endpoint="status", poke_interval=5, timeout=60) >> HttpSensor(
        task_id="published",
        http_conn_id="rates_api",
        endpoint="rates",
        request_params={"day": "{{ ds }}"},
        response_check=lambda response: response.json()["published"],
        response_error_codes_allowlist=["404", "503"],
        mode="reschedule",
        soft_fail=True,
    )
