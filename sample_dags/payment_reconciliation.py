"""Matches the payment provider's settlement file with its payout API.

The provider's API is known to refuse the first call after a quiet night, so the fetch is retried. A missing
settlement file is an incident: the failure callback leaves a note for the on-call rota.
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowFailException

EXPORT_DIR = Path(os.environ["EXPORT_DIR"])


def note(kind: str, context) -> None:
    ti = context["ti"]
    with (EXPORT_DIR / "incidents.log").open("a") as log:
        log.write(f"{kind} {ti.dag_id}.{ti.task_id} {context['ds']} try {ti.try_number}\n")


def open_incident(context) -> None:
    note("failure", context)


def note_retry(context) -> None:
    note("retry", context)


def read_settlement(ds: str, **_) -> dict[str, float]:
    file = Path(os.environ["LANDING_DIR"], "settlements", f"{ds}.json")
    if not file.exists():
        raise AirflowFailException(f"no settlement for {ds}")
    return {batch["id"]: batch["gross"] - batch["fee"] for batch in json.loads(file.read_text())["batches"]}


def fetch_payouts() -> dict[str, float]:
    """Raises for every status but 2xx; the task's retries deal with it."""
    response = HttpHook(method="GET", http_conn_id="shop_api").run("/flaky/payouts")
    return {payout["batch"]: payout["net"] for payout in response.json()["payouts"]}


def compare(settled: dict[str, float], paid: dict[str, float]) -> list[str]:
    return sorted(batch for batch in settled.keys() | paid.keys() if settled.get(batch) != paid.get(batch))


with DAG(
    dag_id="payment_reconciliation",
    schedule="0 7 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={
        "owner": "payments",
        "retries": 3,
        "retry_delay": timedelta(minutes=10),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(hours=1),
        "on_failure_callback": open_incident,
        "on_retry_callback": note_retry,
        "execution_timeout": timedelta(minutes=15),
    },
    tags=["payments", "critical"],
) as dag:
    settlement = PythonOperator(task_id="read_settlement", python_callable=read_settlement)
    payouts = PythonOperator(task_id="fetch_payouts", python_callable=fetch_payouts)
    reconcile = PythonOperator(
        task_id="reconcile",
        python_callable=compare,
        op_kwargs={"settled": settlement.output, "paid": payouts.output},
    )
