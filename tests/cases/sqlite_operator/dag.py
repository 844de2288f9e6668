"""Airflow 2: statements on SQLite."""

from datetime import datetime

from airflow import DAG
from airflow.providers.sqlite.operators.sqlite import SqliteOperator

with DAG("sqlite_operator", schedule_interval=None, start_date=datetime(2023, 6, 1)):
    create = SqliteOperator(task_id="create", sql="CREATE TABLE IF NOT EXISTS visits (day TEXT, visitors INTEGER)")
    fill = SqliteOperator(task_id="fill", sql="INSERT INTO visits VALUES (?, ?)", parameters=["2023-06-01", 12])
    read = SqliteOperator(task_id="read", sql="SELECT * FROM visits", sqlite_conn_id="sqlite_default")
    create >> fill >> read
