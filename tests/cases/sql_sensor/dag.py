"""Airflow 3: waiting for a row, and for a number of them."""

from datetime import datetime

from airflow.providers.common.sql.sensors.sql import SqlSensor
from airflow.sdk import DAG

with DAG("sql_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    SqlSensor(
        task_id="published", conn_id="warehouse", sql="SELECT done FROM days WHERE day = '{{ ds }}'", timeout=3600
    ) >> SqlSensor(
        task_id="enough",
        conn_id="warehouse",
        sql="SELECT COUNT(*), MAX(day) FROM orders WHERE day = %s",
        parameters=["{{ ds }}"],
        success=lambda count: count >= 100,
        failure=lambda count: count > 1_000_000,
        selector=lambda row: row[0],
        fail_on_empty=True,
    )
