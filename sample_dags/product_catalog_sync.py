"""Synchronises the web shop's catalogue with the warehouse over the shop's HTTP API."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from airflow.providers.http.hooks.http import HttpHook
from airflow.providers.http.operators.http import HttpOperator
from airflow.providers.http.sensors.http import HttpSensor
from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.sdk import DAG, task


def shop_is_green(response) -> bool:
    return response.json()["status"] == "green"


with DAG(
    dag_id="product_catalog_sync",
    schedule="@hourly",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "ecommerce", "retries": 2, "retry_delay": timedelta(seconds=20)},
    tags=["ecommerce", "api"],
) as dag:
    shop_up = HttpSensor(
        task_id="shop_up",
        http_conn_id="shop_api",
        endpoint="status",
        response_check=shop_is_green,
        poke_interval=10,
        timeout=300,
    )
    first_page = HttpOperator(
        task_id="first_page",
        http_conn_id="shop_api",
        method="GET",
        endpoint="products",
        data={"page": 1},
        headers={"Accept": "application/json"},
        response_filter=lambda response: [item["sku"] for item in response.json()["items"]],
        log_response=True,
    )

    @task
    def all_active_skus() -> list[str]:
        """Follow the pages to the end."""
        hook, page, skus = HttpHook(method="GET", http_conn_id="shop_api"), 1, []
        while page:
            body = hook.run("/products", data={"page": page}).json()
            skus += [item["sku"] for item in body["items"] if item["active"]]
            page = body["next_page"]
        return sorted(skus)

    @task
    def missing_in_shop(active: list[str]) -> list[str]:
        known = [sku for (sku,) in SqliteHook("warehouse").get_records("SELECT sku FROM products ORDER BY sku")]
        return [sku for sku in known if sku not in active]

    missing = missing_in_shop(all_active_skus())
    publish = HttpOperator(
        task_id="publish_missing",
        http_conn_id="shop_api",
        method="POST",
        endpoint="/activations",
        data="{{ ti.xcom_pull(task_ids='missing_in_shop') | tojson }}",
        headers={"Content-Type": "application/json"},
        response_check=lambda response: response.status_code == 201,
        response_filter=lambda response: json.loads(response.text)["accepted"],
    )
    shop_up >> first_page >> missing >> publish
