"""Airflow 3: a request, one with check and filter, and one that posts."""

import json
from datetime import datetime

from airflow.providers.http.operators.http import HttpOperator
from airflow.sdk import DAG


def newest(response):
    return max(row["day"] for row in response.json())


with DAG("http_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    rates = HttpOperator(task_id="rates", http_conn_id="rates_api", endpoint="rates/{{ ds }}", method="GET")
    days = HttpOperator(
        task_id="days",
        http_conn_id="rates_api",
        endpoint="days",
        method="GET",
        data={"until": "{{ ds }}"},
        headers={"Accept": "application/json"},
        response_check=lambda response: bool(response.json()),
        response_filter=newest,
        log_response=True,
        extra_options={"timeout": 30},
    )
    post = HttpOperator(
        task_id="post",
        http_conn_id="rates_api",
        endpoint="loaded",
        data=json.dumps({"source": "airflow"}),
        headers={"Content-Type": "application/json"},
    )
    rates >> days >> post
