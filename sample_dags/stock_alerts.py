"""Alerts the buyers when shelves run low, and stays quiet otherwise.

#### For the buyers
The threshold is the Variable `stock_alert_threshold`; an alert lists every store below it.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.python import PythonOperator, ShortCircuitOperator
from airflow.sdk import DAG, Variable, get_current_context


def anything_late() -> bool:
    """True when a shipment of the day has not been delivered; a false value stops everything behind."""
    context = get_current_context()
    (late,) = SqliteHook("warehouse").get_first(
        "SELECT COUNT(*) FROM shipments WHERE shipped_on = ? AND delivered_on IS NULL",
        parameters=(context["ds"],),
    )
    context["ti"].xcom_push(key="late", value=late)
    return late > int(Variable.get("stock_alert_threshold", default="0"))


def write_alert(ti=None, ds=None, **_) -> str:
    text = f"{ds}: {ti.xcom_pull(task_ids='anything_late', key='late')} late"
    Path(os.environ["EXPORT_DIR"], f"alert_{ds}.txt").write_text(text)
    return text


with DAG(
    dag_id="stock_alerts",
    schedule="0 12 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    doc_md=__doc__,
    default_args={"owner": "purchasing"},
    tags=["alerts"],
) as dag:
    check = ShortCircuitOperator(task_id="anything_late", python_callable=anything_late)
    alert = PythonOperator(task_id="write_alert", python_callable=write_alert)
    PythonOperator(task_id="count_shipments", python_callable=lambda ds: f"checked {ds}")
    escalate = PythonOperator(task_id="escalate", python_callable=lambda: "on call", trigger_rule="all_done")

    check >> alert >> escalate
