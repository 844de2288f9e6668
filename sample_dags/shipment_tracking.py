"""Asks every carrier for its open shipments, one mapped task per carrier, and adds the answers up."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag, task


@dag(
    schedule="0 */4 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "logistics"},
    tags=["logistics", "mapping"],
)
def shipment_tracking():
    @task
    def carriers() -> list[str]:
        rows = SqliteHook("warehouse").get_records("SELECT DISTINCT carrier FROM shipments ORDER BY carrier")
        return [carrier for (carrier,) in rows]

    @task(max_active_tis_per_dagrun=2)
    def open_shipments(since: str, carrier: str) -> dict[str, object]:
        (count,) = SqliteHook("warehouse").get_first(
            "SELECT COUNT(*) FROM shipments WHERE carrier = ? AND shipped_on >= ? AND delivered_on IS NULL",
            parameters=(carrier, since),
        )
        return {"carrier": carrier, "open": count}

    @task
    def total(answers: list[dict[str, object]]) -> int:
        return sum(answer["open"] for answer in answers)

    @task
    def label_command(answer: dict[str, object]) -> str:
        return f"echo {answer['carrier']}={answer['open']}"

    answers = open_shipments.partial(since="2024-03-01").expand(carrier=carriers())
    total(answers)
    BashOperator.partial(task_id="print_label").expand(bash_command=label_command.expand(answer=answers))


shipment_tracking()
