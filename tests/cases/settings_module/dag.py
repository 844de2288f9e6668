"""Settings that a module of one's own reads from Airflow: asked for when a task runs, not when the project loads."""

from datetime import datetime

from airflow.sdk import DAG, task
from shared.reports import Report, headline
from shared.settings import BUCKET, FOLDER, LIMIT, stage

with DAG("settings_module", schedule=None, start_date=datetime(2024, 1, 1)):

    @task
    def target() -> str:
        return f"{stage}: {BUCKET}/{FOLDER}"

    @task
    def limited(rows: list) -> list:
        return rows[:LIMIT]

    @task
    def title() -> str:
        return headline("orders")

    @task
    def report() -> str:
        return Report("orders").path()

    target() >> limited(["a", "b"]) >> [title(), report()]
