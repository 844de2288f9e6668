"""Builds the invoice DAG of one carrier: the carriers differ in data, not in steps."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

from common.carriers import Carrier, read_invoice, total_charge


def summarise_invoice(path: str, delimiter: str, surcharge: float) -> dict[str, float]:
    lines = read_invoice(path, delimiter)
    return {"parcels": len(lines), "total": total_charge(lines, surcharge)}


def build_invoice_dag(carrier: Carrier, **overrides) -> DAG:
    """One DAG per carrier; `overrides` go to the DAG as they are."""
    arguments = {
        "schedule": carrier.schedule,
        "start_date": datetime(2024, 1, 1),
        "catchup": False,
        "default_args": {"owner": carrier.owner, "retries": 1, "retry_delay": timedelta(minutes=10)},
        "tags": ["logistics", carrier.code],
    } | overrides
    with DAG(dag_id=f"carrier_invoices_{carrier.code}", **arguments) as dag:
        summary = PythonOperator(
            task_id="summarise_invoice",
            python_callable=summarise_invoice,
            op_kwargs={
                "path": os.path.join(os.environ["LANDING_DIR"], "carriers", carrier.code + "_{{ ds }}.csv"),
                "delimiter": carrier.delimiter,
                "surcharge": carrier.surcharge,
            },
        )
        create = SQLExecuteQueryOperator(
            task_id="create_table",
            conn_id="warehouse",
            sql="""
                CREATE TABLE IF NOT EXISTS carrier_costs (carrier TEXT, day TEXT, parcels INTEGER, total REAL)
            """,
        )
        book = SQLExecuteQueryOperator(
            task_id="book_costs",
            conn_id="warehouse",
            sql="""
                INSERT INTO carrier_costs VALUES (
                    '{{ params.carrier }}', '{{ ds }}',
                    {{ ti.xcom_pull(task_ids='summarise_invoice')['parcels'] }},
                    {{ ti.xcom_pull(task_ids='summarise_invoice')['total'] }})
            """,
            params={"carrier": carrier.code},
        )
        [summary, create] >> book
    return dag
