"""Airflow 2: waiting for what a function says."""

from datetime import datetime
from pathlib import Path

from airflow import DAG
from airflow.sensors.python import PythonSensor


def enough(folder, least, **context):
    return len(list(Path(folder, context["ds"]).glob("*"))) >= least


with DAG("python_sensor", schedule_interval="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    PythonSensor(
        task_id="enough_files",
        python_callable=enough,
        op_args=["/landing"],
        op_kwargs={"least": 3},
        poke_interval=10,
        timeout=600,
        mode="reschedule",
    )
