"""Month-end close: whatever happens, the lock on the ledger is released, and trouble is reported once."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

LOCK = Path(os.environ["EXPORT_DIR"], "ledger.lock")


def check_balance(booked_on: str) -> float:
    (difference,) = SqliteHook("warehouse").get_first(
        "SELECT ROUND(SUM(debit) - SUM(credit), 2) FROM ledger_entries WHERE booked_on = ?",
        parameters=(booked_on,),
    )
    if difference:
        raise ValueError(f"the ledger is off by {difference} on {booked_on}")
    return difference


with DAG(
    dag_id="month_end_close",
    schedule="0 1 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "controlling"},
    tags=["finance"],
) as dag:
    take_lock = BashOperator(task_id="take_lock", bash_command=f"touch {LOCK}")
    balance = PythonOperator(task_id="check_balance", python_callable=check_balance, op_args=["{{ ds }}"])
    receivables = BashOperator(task_id="age_receivables", bash_command="echo aged {{ ds }}")
    publish = BashOperator(task_id="publish_figures", bash_command="echo published {{ ds }}")
    trouble = BashOperator(
        task_id="report_trouble",
        bash_command="echo trouble on {{ ds }} | tee -a {{ params.folder }}/trouble.txt",
        params={"folder": os.environ["EXPORT_DIR"]},
        trigger_rule="one_failed",
    )
    release_lock = BashOperator(
        task_id="release_lock", bash_command=f"rm -f {LOCK} && echo open", trigger_rule="all_done"
    )
    closed = EmptyOperator(task_id="closed", trigger_rule="none_failed")

    take_lock >> [balance, receivables] >> publish >> [release_lock, closed]
    [balance, receivables] >> trouble >> release_lock
