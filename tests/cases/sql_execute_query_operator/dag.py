"""Airflow 3: a statement that fills a table, a query, several statements, and a list of them."""

from datetime import datetime

from airflow.providers.common.sql.hooks.handlers import fetch_one_handler
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG

with DAG(
    "sql_execute_query_operator",
    schedule="@daily",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    default_args={"conn_id": "warehouse"},
):
    fill = SQLExecuteQueryOperator(
        task_id="fill",
        sql="""
            DELETE FROM mart.daily_orders WHERE day = '{{ ds }}';
            INSERT INTO mart.daily_orders SELECT day, COUNT(*) FROM orders WHERE day = '{{ ds }}' GROUP BY day;
        """,
        split_statements=True,
        return_last=False,
    )
    count = SQLExecuteQueryOperator(
        task_id="count",
        sql="SELECT COUNT(*) FROM mart.daily_orders WHERE day = %(day)s",
        parameters={"day": "{{ ds }}"},
        handler=fetch_one_handler,
        show_return_value_in_logs=True,
    )
    index = SQLExecuteQueryOperator(
        task_id="index",
        sql=["CREATE INDEX IF NOT EXISTS by_day ON mart.daily_orders (day)", "ANALYZE mart.daily_orders"],
        autocommit=True,
        do_xcom_push=False,
    )
    fill >> count >> index
