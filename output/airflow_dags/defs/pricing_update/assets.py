"""Airflow DAG `pricing_update` (pricing_update.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import json
import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.connections import get_connection
from ...airflow_compat.dag import AirflowDag
from ..resources import SqliteResource

MARKUP = float(os.environ.get("AIRFLOW_VAR_PRICE_MARKUP", "1.0"))

airflow_dag = AirflowDag(dag_id="pricing_update", airflow="3", cron="0 2 * * 1,4", data_intervals=False)


@dg.asset(
    key=["pricing_update", "reprice"],
    group_name="pricing_update",
    kinds={"python"},
    tags={"pricing": ""},
    metadata={"airflow/dag_id": "pricing_update", "airflow/task_id": "reprice"},
)
def reprice(warehouse: SqliteResource) -> dict:
    currency = os.environ["AIRFLOW_VAR_REPORT_CURRENCY"]
    rules = json.loads(os.environ["AIRFLOW_VAR_PRICING_RULES"])
    hook = warehouse
    prices = {}
    for sku, category, list_price in hook.get_records(
        "SELECT sku, category, list_price FROM products ORDER BY sku"
    ):
        if sku not in rules["excluded"]:
            price = max(list_price * MARKUP, rules["floors"].get(category, 0))
            prices[sku] = round(price, rules["rounding"])
    hook.run("CREATE TABLE IF NOT EXISTS prices (sku TEXT PRIMARY KEY, price REAL, currency TEXT)")
    hook.insert_rows(
        "prices",
        [(sku, price, currency) for sku, price in prices.items()],
        ["sku", "price", "currency"],
        replace=True,
    )
    return prices


@dg.asset(
    key=["pricing_update", "describe_target"],
    deps=[["pricing_update", "reprice"]],
    description="Which shop gets the prices; never log the password.",
    group_name="pricing_update",
    kinds={"python"},
    tags={"pricing": ""},
    metadata={"airflow/dag_id": "pricing_update", "airflow/task_id": "describe_target"},
)
def describe_target() -> dict:
    connection = get_connection("shop_api")
    return {"host": connection.host, "type": connection.conn_type, "login": connection.login}


@dg.asset(
    key=["pricing_update", "announce"],
    ins={"reprice": dg.AssetIn(["pricing_update", "reprice"])},
    deps=[["pricing_update", "describe_target"]],
    group_name="pricing_update",
    kinds={"bash"},
    tags={"pricing": ""},
    metadata={"airflow/dag_id": "pricing_update", "airflow/task_id": "announce"},
)
def announce(context: dg.AssetExecutionContext, reprice: Any) -> str:
    airflow = airflow_dag.context(context, task_id="announce", xcoms={"reprice": reprice})
    return run_bash(
        airflow.render(
            "echo {{ ti.xcom_pull(task_ids='reprice') | length }} prices in {{ var.value.report_currency }}, tea from {{ var.json.pricing_rules.floors.tea }}, contact {{ var.value.get('pricing_contact', 'nobody') }}, by {{ conn.shop_api.login }}"
        )
    )


job = dg.define_asset_job(
    "pricing_update",
    selection=dg.AssetSelection.groups("pricing_update"),
    tags={"airflow/dag_id": "pricing_update"},
)
schedule = dg.ScheduleDefinition(
    name="pricing_update_schedule", job=job, cron_schedule="0 2 * * 1,4", execution_timezone="UTC"
)
