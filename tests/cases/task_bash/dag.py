"""Airflow 3: functions that give the command."""

from datetime import datetime

from airflow.sdk import DAG, task

with DAG("task_bash", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):

    @task
    def tables() -> list[str]:
        return ["orders", "items"]

    @task.bash
    def dump(names: list[str], ds=None) -> str:
        return f"pg_dump {' '.join(f'-t {name}' for name in names)} -f dump-{ds}.sql"

    @task.bash(env={"KEEP": "7"}, append_env=True)
    def prune() -> str:
        return "find /dumps -mtime +$KEEP -name 'dump-{{ ds }}*' -delete"

    dump(tables()) >> prune()
