"""Airflow 3: a decorated function to wait for, whose finding is passed on."""

from datetime import datetime
from pathlib import Path

from airflow.sdk import DAG, PokeReturnValue, task

with DAG("task_sensor", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task.sensor(poke_interval=15, timeout=3600, never_fail=True)
    def arrived(folder: str) -> PokeReturnValue:
        files = sorted(str(path) for path in Path(folder).glob("*.csv"))
        return PokeReturnValue(is_done=bool(files), xcom_value=files)

    @task
    def load(files: list[str]) -> int:
        return len(files)

    load(arrived("/landing/orders"))
