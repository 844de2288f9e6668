"""Airflow 2: statements on Postgres, with parameters, and on another database of the same server."""

from datetime import datetime

from airflow import DAG
from airflow.providers.postgres.operators.postgres import PostgresOperator

with DAG(
    "postgres_operator",
    schedule_interval="0 3 * * *",
    start_date=datetime(2023, 6, 1),
    catchup=False,
    default_args={"postgres_conn_id": "pg_sales", "owner": "sales"},
):
    create = PostgresOperator(
        task_id="create",
        sql="CREATE TABLE IF NOT EXISTS mart.customers (id int PRIMARY KEY, name text, changed date)",
    )
    upsert = PostgresOperator(
        task_id="upsert",
        sql="""
            INSERT INTO mart.customers
            SELECT id, name, changed FROM staging.customers WHERE changed >= %(since)s
            ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, changed = EXCLUDED.changed
        """,
        parameters={"since": "2023-01-01"},
    )
    vacuum = PostgresOperator(task_id="vacuum", sql="VACUUM mart.customers", autocommit=True)
    archive = PostgresOperator(
        task_id="archive", sql="INSERT INTO customers_history SELECT now(), count(*) FROM customers", database="archive"
    )
    create >> upsert >> [vacuum, archive]
