"""SQL chain for the order mart, with data checks between the layers.

The statements live in `sql/order_mart`; a failing check stops the layers behind it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.common.sql.operators.sql import (
    SQLCheckOperator,
    SQLColumnCheckOperator,
    SQLExecuteQueryOperator,
    SQLTableCheckOperator,
    SQLThresholdCheckOperator,
    SQLValueCheckOperator,
)
from airflow.sdk import DAG

CONN_ID = "warehouse"

with DAG(
    dag_id="order_mart",
    schedule="15 3 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=True,
    template_searchpath=[str(Path(__file__).parent / "sql")],
    default_args={
        "owner": "analytics-engineering",
        "conn_id": CONN_ID,
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
    },
    tags=["mart", "sql"],
) as dag:
    create_layers = SQLExecuteQueryOperator(
        task_id="create_layers",
        sql="""
            CREATE TABLE IF NOT EXISTS stg_orders (
                order_id INTEGER, customer_id INTEGER, country TEXT, order_date TEXT, amount REAL);
            CREATE TABLE IF NOT EXISTS mart_orders_by_country (
                order_date TEXT, country TEXT, orders INTEGER, revenue REAL);
        """,
        split_statements=True,
    )
    source_has_orders = SQLCheckOperator(
        task_id="source_has_orders",
        sql="SELECT COUNT(*) FROM orders WHERE order_date = '{{ ds }}'",
    )
    clear_day = SQLExecuteQueryOperator(
        task_id="clear_day",
        sql="DELETE FROM stg_orders WHERE order_date = :day",
        parameters={"day": "{{ ds }}"},
    )
    stg_orders = SQLExecuteQueryOperator(
        task_id="stg_orders", sql="order_mart/stg_orders.sql", params={"statuses": ["paid", "shipped"]}
    )
    stg_columns = SQLColumnCheckOperator(
        task_id="stg_columns",
        table="stg_orders",
        column_mapping={
            "order_id": {"null_check": {"equal_to": 0}, "distinct_check": {"geq_to": 1}},
            "amount": {"min": {"greater_than": 0}, "max": {"leq_to": 1000, "tolerance": 0.1}},
        },
        partition_clause="order_date = '{{ ds }}'",
    )
    stg_table = SQLTableCheckOperator(
        task_id="stg_table",
        table="stg_orders",
        checks={
            "row_count_check": {"check_statement": "COUNT(*) >= 1"},
            "country_known": {"check_statement": "country IN ('DE', 'IT', 'JP')"},
        },
    )
    mart = SQLExecuteQueryOperator(
        task_id="mart_orders_by_country", sql="order_mart/mart_orders_by_country.sql", split_statements=True
    )
    revenue_matches = SQLValueCheckOperator(
        task_id="revenue_matches_source",
        sql="SELECT SUM(revenue) FROM mart_orders_by_country WHERE order_date = '{{ ds }}'",
        pass_value="{{ ti.xcom_pull(task_ids='source_revenue')[0][0] }}",
        tolerance=0.01,
    )
    source_revenue = SQLExecuteQueryOperator(
        task_id="source_revenue",
        sql="SELECT SUM(amount) FROM orders WHERE order_date = '{{ ds }}' AND status = 'paid'",
    )
    orders_plausible = SQLThresholdCheckOperator(
        task_id="orders_plausible",
        sql="SELECT SUM(orders) FROM mart_orders_by_country WHERE order_date = '{{ ds }}'",
        min_threshold=1,
        max_threshold=500,
    )

    create_layers >> source_has_orders >> clear_day >> stg_orders >> [stg_columns, stg_table] >> mart
    [mart, source_revenue] >> revenue_matches
    mart >> orders_plausible
