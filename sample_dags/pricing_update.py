"""Reprices the catalogue with rules that category managers keep in Airflow Variables."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, BaseHook, Variable

MARKUP = float(Variable.get("price_markup", default="1.0"))
OWNER = Variable.get("pricing_owner", default="category-management")


def reprice(currency: str, **context) -> dict[str, float]:
    rules = Variable.get("pricing_rules", deserialize_json=True)
    hook = SqliteHook("warehouse")
    prices = {}
    for sku, category, list_price in hook.get_records("SELECT sku, category, list_price FROM products ORDER BY sku"):
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


def describe_target() -> dict[str, str | None]:
    """Which shop gets the prices; never log the password."""
    connection = BaseHook.get_connection("shop_api")
    return {"host": connection.host, "type": connection.conn_type, "login": connection.login}


with DAG(
    dag_id="pricing_update",
    schedule="0 2 * * 1,4",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"owner": OWNER},
    tags=["pricing"],
) as dag:
    new_prices = PythonOperator(
        task_id="reprice", python_callable=reprice, op_kwargs={"currency": "{{ var.value.report_currency }}"}
    )
    target = PythonOperator(task_id="describe_target", python_callable=describe_target)
    announce = BashOperator(
        task_id="announce",
        bash_command=(
            "echo {{ ti.xcom_pull(task_ids='reprice') | length }} prices in {{ var.value.report_currency }}, "
            "tea from {{ var.json.pricing_rules.floors.tea }}, "
            "contact {{ var.value.get('pricing_contact', 'nobody') }}, by {{ conn.shop_api.login }}"
        ),
    )
    new_prices >> target >> announce
