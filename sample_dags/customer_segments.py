"""Scores customers by lifetime value and hands the counts on by XCom key, as the CRM import expects them."""

from __future__ import annotations

import os
from datetime import datetime

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

THRESHOLDS = {"vip": 1000, "regular": 100}


def segment_of(lifetime_value: float) -> str:
    for segment, least in THRESHOLDS.items():
        if lifetime_value >= least:
            return segment
    return "new"


def score_customers(ti, country=None, **_):
    """Push one list per segment; the return value is the total."""
    query, parameters = "SELECT name, lifetime_value FROM customers", ()
    if country:
        query, parameters = query + " WHERE country = ?", (country,)
    segments: dict[str, list[str]] = {"vip": [], "regular": [], "new": []}
    for name, value in SqliteHook("warehouse").get_records(query + " ORDER BY name", parameters=parameters):
        segments[segment_of(value)].append(name)
    for segment, names in segments.items():
        ti.xcom_push(key=f"{segment}_customers", value=names)
    ti.xcom_push(key="vip_count", value=len(segments["vip"]))
    return sum(len(names) for names in segments.values())


def compare_with_total(**context):
    ti = context["ti"]
    total = ti.xcom_pull(task_ids="score_customers")
    vips = ti.xcom_pull(task_ids="score_customers", key="vip_customers")
    germans = ti.xcom_pull(task_ids="score_german_customers", key="vip_customers")
    return {"total": total, "vips": vips, "vip_share": round(len(vips) / total, 3), "german_vips": germans}


with DAG(
    "customer_segments",
    schedule="30 4 * * 1",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"owner": "crm"},
    tags=["crm"],
) as dag:
    start = EmptyOperator(task_id="start")

    score_all = PythonOperator(task_id="score_customers", python_callable=score_customers)
    score_german = PythonOperator(
        task_id="score_german_customers",
        python_callable=score_customers,
        op_args=[],
        op_kwargs={"country": "DE"},
    )
    compare = PythonOperator(task_id="compare_with_total", python_callable=compare_with_total)

    write_crm_file = BashOperator(
        task_id="write_crm_file",
        bash_command=(
            'echo "$TOTAL customers, $VIPS vip: '
            "{{ ti.xcom_pull(task_ids='score_customers', key='vip_customers') | join('+') }}\" "
            "| tee $EXPORT_DIR/crm_segments.txt"
        ),
        env={
            "TOTAL": "{{ ti.xcom_pull(task_ids='score_customers') }}",
            "VIPS": "{{ ti.xcom_pull(task_ids='score_customers', key='vip_count') }}",
            "EXPORT_DIR": os.environ["EXPORT_DIR"],
        },
    )

    start >> [score_all, score_german] >> compare >> write_crm_file
