"""Airflow DAG `product_catalog_sync` (product_catalog_sync.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
from typing import Any

import dagster as dg

from ...airflow_compat.bridge import airflow_function
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import http_ready, poke_until
from ...airflow_compat.task import airflow_task
from ..resources import HttpResource, SqliteResource


def shop_is_green(response) -> bool:
    return response.json()["status"] == "green"


airflow_dag = AirflowDag(dag_id="product_catalog_sync", airflow="3", cron="0 * * * *", data_intervals=False)


@dg.asset(
    key=["product_catalog_sync", "shop_up"],
    group_name="product_catalog_sync",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=20),
    owners=["team:ecommerce"],
    kinds={"http"},
    tags={"ecommerce": "", "api": ""},
    metadata={"airflow/dag_id": "product_catalog_sync", "airflow/task_id": "shop_up"},
)
@airflow_task()
def shop_up(shop_api: HttpResource) -> Any:
    return poke_until(
        lambda: http_ready(
            lambda: shop_api.run("status", method="GET"),
            response_check=lambda response: shop_is_green(response),
        ),
        poke_interval=10,
        timeout=300,
    )


@dg.asset(
    key=["product_catalog_sync", "first_page"],
    deps=[["product_catalog_sync", "shop_up"]],
    group_name="product_catalog_sync",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=20),
    owners=["team:ecommerce"],
    kinds={"http"},
    tags={"ecommerce": "", "api": ""},
    metadata={"airflow/dag_id": "product_catalog_sync", "airflow/task_id": "first_page"},
)
def first_page(context: dg.AssetExecutionContext, shop_api: HttpResource) -> Any:
    response = shop_api.run(
        "products", method="GET", data={"page": 1}, headers={"Accept": "application/json"}
    )
    context.log.info(response.text)
    return [item["sku"] for item in response.json()["items"]]


@dg.asset(
    key=["product_catalog_sync", "all_active_skus"],
    description="Follow the pages to the end.",
    group_name="product_catalog_sync",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=20),
    owners=["team:ecommerce"],
    kinds={"python"},
    tags={"ecommerce": "", "api": ""},
    metadata={"airflow/dag_id": "product_catalog_sync", "airflow/task_id": "all_active_skus"},
)
def all_active_skus() -> list:
    from ...lib.product_catalog_sync_airflow import all_active_skus

    return airflow_function(all_active_skus)()


@dg.asset(
    key=["product_catalog_sync", "missing_in_shop"],
    ins={"active": dg.AssetIn(["product_catalog_sync", "all_active_skus"])},
    deps=[["product_catalog_sync", "first_page"]],
    group_name="product_catalog_sync",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=20),
    owners=["team:ecommerce"],
    kinds={"python"},
    tags={"ecommerce": "", "api": ""},
    metadata={"airflow/dag_id": "product_catalog_sync", "airflow/task_id": "missing_in_shop"},
)
def missing_in_shop(warehouse: SqliteResource, active: Any) -> list:
    known = [sku for (sku,) in warehouse.get_records("SELECT sku FROM products ORDER BY sku")]
    return [sku for sku in known if sku not in active]


@dg.asset(
    key=["product_catalog_sync", "publish_missing"],
    ins={"missing_in_shop": dg.AssetIn(["product_catalog_sync", "missing_in_shop"])},
    group_name="product_catalog_sync",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=20),
    owners=["team:ecommerce"],
    kinds={"http"},
    tags={"ecommerce": "", "api": ""},
    metadata={"airflow/dag_id": "product_catalog_sync", "airflow/task_id": "publish_missing"},
)
def publish_missing(context: dg.AssetExecutionContext, shop_api: HttpResource, missing_in_shop: Any) -> Any:
    airflow = airflow_dag.context(
        context, task_id="publish_missing", xcoms={"missing_in_shop": missing_in_shop}
    )
    response = shop_api.run(
        "/activations",
        method="POST",
        data=airflow.render("{{ ti.xcom_pull(task_ids='missing_in_shop') | tojson }}"),
        headers={"Content-Type": "application/json"},
    )
    if not (response.status_code == 201):
        raise dg.Failure("Response check returned False.")
    return json.loads(response.text)["accepted"]


job = dg.define_asset_job(
    "product_catalog_sync",
    selection=dg.AssetSelection.groups("product_catalog_sync"),
    tags={"airflow/dag_id": "product_catalog_sync"},
)
schedule = dg.ScheduleDefinition(
    name="product_catalog_sync_schedule", job=job, cron_schedule="0 * * * *", execution_timezone="UTC"
)
