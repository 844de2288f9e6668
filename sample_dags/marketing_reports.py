"""Marketing's two reports. They share queries but not their rhythm, so they are two DAGs in one file."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.latest_only import LatestOnlyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, dag, task

DEFAULT_ARGS = {"owner": "marketing", "depends_on_past": False}


def spend_of(day: str) -> float:
    (total,) = SqliteHook("warehouse").get_first(
        "SELECT COALESCE(SUM(amount), 0) FROM marketing_spend WHERE spend_date = ?", parameters=(day,)
    )
    return total


with DAG(
    "marketing_spend_daily",
    schedule="@daily",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args=DEFAULT_ARGS,
    tags=["marketing"],
):
    create = SQLExecuteQueryOperator(
        task_id="create_report",
        conn_id="warehouse",
        sql="CREATE TABLE IF NOT EXISTS spend_report (day TEXT PRIMARY KEY, spend REAL)",
    )
    spend = PythonOperator(task_id="sum_spend", python_callable=spend_of, op_args=["{{ ds }}"])
    store = SQLExecuteQueryOperator(
        task_id="store_report",
        conn_id="warehouse",
        sql="REPLACE INTO spend_report VALUES ('{{ ds }}', {{ ti.xcom_pull(task_ids='sum_spend') }})",
    )
    create >> spend >> store


@dag(
    schedule="@weekly",
    start_date=datetime(2024, 2, 25),
    catchup=True,
    default_args=DEFAULT_ARGS,
    tags=["marketing", "weekly"],
)
def marketing_attribution_weekly():
    latest_only = LatestOnlyOperator(task_id="latest_only")

    @task
    def week_spend(ds: str | None = None) -> dict[str, float]:
        rows = SqliteHook("warehouse").get_records(
            """SELECT channel, SUM(amount) FROM marketing_spend
                WHERE spend_date BETWEEN ? AND date(?, '+6 days') GROUP BY channel ORDER BY channel""",
            parameters=(ds, ds),
        )
        return dict(rows)

    @task
    def shares(spend: dict[str, float]) -> dict[str, float]:
        total = sum(spend.values())
        return {channel: round(amount / total, 3) for channel, amount in spend.items()}

    @task
    def refresh_dashboard() -> str:
        return "refreshed"

    shares(week_spend())
    latest_only >> refresh_dashboard()


marketing_attribution_weekly()
