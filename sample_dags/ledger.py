"""The ledger's postings, the audit that waits for them, and the statement they start."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskMarker, ExternalTaskSensor
from airflow.sdk import DAG

DEFAULT_ARGS = {"owner": "finance-data", "conn_id": "warehouse"}

with DAG(
    dag_id="ledger_postings",
    schedule="0 20 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args=DEFAULT_ARGS,
    tags=["finance"],
):
    post = SQLExecuteQueryOperator(
        task_id="post_day",
        sql=[
            "CREATE TABLE IF NOT EXISTS postings (day TEXT PRIMARY KEY, debit REAL, credit REAL)",
            """INSERT OR REPLACE INTO postings
               SELECT booked_on, SUM(debit), SUM(credit) FROM ledger_entries
                WHERE booked_on = '{{ ds }}' GROUP BY booked_on""",
        ],
    )
    statement = TriggerDagRunOperator(
        task_id="start_statement",
        trigger_dag_id="ledger_statement",
        trigger_run_id="statement_{{ ds_nodash }}",
        logical_date="{{ logical_date }}",
        conf={"day": "{{ ds }}", "detail": True},
    )
    audit_marker = ExternalTaskMarker(
        task_id="audit_marker", external_dag_id="ledger_audit", external_task_id="wait_for_postings"
    )
    post >> [statement, audit_marker]

with DAG(
    dag_id="ledger_statement",
    schedule=None,
    start_date=datetime(2024, 3, 1),
    params={"detail": False},
    default_args=DEFAULT_ARGS,
    tags=["finance"],
):
    PythonOperator(
        task_id="write_statement",
        python_callable=lambda dag_run, params: {"day": dag_run.conf.get("day"), "detail": params["detail"]},
    )

with DAG(
    dag_id="ledger_audit",
    schedule="0 21 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args=DEFAULT_ARGS,
    tags=["finance", "audit"],
):
    wait = ExternalTaskSensor(
        task_id="wait_for_postings",
        external_dag_id="ledger_postings",
        external_task_id="post_day",
        execution_delta=timedelta(hours=1),
        allowed_states=["success"],
        failed_states=["failed", "upstream_failed"],
        mode="reschedule",
        poke_interval=60,
        timeout=3600,
    )
    difference = SQLExecuteQueryOperator(
        task_id="difference", sql="SELECT ROUND(debit - credit, 2) FROM postings WHERE day = '{{ ds }}'"
    )
    wait >> difference
