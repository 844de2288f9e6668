"""Loyalty points follow the orders: the second DAG runs whenever the first has refreshed its table."""

from __future__ import annotations

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG, Asset

POINTS = Asset(name="loyalty_points", uri="sqlite://warehouse/loyalty_points")

with DAG(
    dag_id="loyalty_points_refresh",
    schedule="20 * * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    default_args={"owner": "crm", "conn_id": "warehouse"},
    tags=["crm"],
):
    SQLExecuteQueryOperator(
        task_id="refresh_points",
        sql="""
            DROP TABLE IF EXISTS loyalty_points;
            CREATE TABLE loyalty_points AS
            SELECT customer_id, CAST(SUM(amount) / 10 AS INTEGER) AS points
              FROM orders WHERE status = 'paid' GROUP BY customer_id;
        """,
        split_statements=True,
        outlets=[POINTS],
    )

with DAG(
    dag_id="loyalty_tiers",
    schedule=[POINTS],
    start_date=datetime(2024, 3, 1),
    default_args={"owner": "crm", "conn_id": "warehouse"},
    tags=["crm"],
):
    SQLExecuteQueryOperator(
        task_id="gold_customers",
        sql="SELECT customer_id FROM loyalty_points WHERE points >= 40 ORDER BY customer_id",
        inlets=[POINTS],
    )
