"""Airflow 2: op_args, op_kwargs, templates_dict, the context and values that are not pushed."""

import json
from datetime import datetime, timedelta
from pathlib import Path

from airflow import DAG
from airflow.operators.python import PythonOperator

STORES = ["berlin", "paris"]


def list_files(folder, pattern="*.json", **context):
    """Name the day's files."""
    # Late files belong to the next day.
    return sorted(str(path) for path in Path(folder).glob(f"{context['ds']}/{pattern}"))


def load(ti, stores, templates_dict, params):
    files = ti.xcom_pull(task_ids="list_files")
    query = templates_dict["query"]
    return {"query": query, "files": len(files), "stores": stores, "limit": params["limit"]}


def announce(text, *, channel):
    print(json.dumps({"text": text, "channel": channel}))
    return object()


with DAG(
    "python_operator",
    schedule_interval="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    params={"limit": 10},
    default_args={"owner": "data", "retries": 1, "retry_delay": timedelta(minutes=2)},
):
    files = PythonOperator(
        task_id="list_files",
        python_callable=list_files,
        op_args=["/landing"],
        op_kwargs={"pattern": "orders-*.json"},
        show_return_value_in_logs=False,
    )
    loaded = PythonOperator(
        task_id="load",
        python_callable=load,
        op_kwargs={"stores": STORES},
        templates_dict={"query": "SELECT * FROM orders WHERE day = '{{ ds }}'"},
    )
    told = PythonOperator(
        task_id="announce",
        python_callable=announce,
        op_args=["Orders of {{ ds }} are loaded"],
        op_kwargs={"channel": "#orders"},
        do_xcom_push=False,
    )
    files >> loaded >> told
