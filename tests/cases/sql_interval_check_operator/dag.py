"""Airflow 3: a comparison with the day before."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator, SQLIntervalCheckOperator
from airflow.sdk import DAG

with DAG("sql_interval_check_operator", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False, default_args={"conn_id": "warehouse"}):
    load = SQLExecuteQueryOperator(task_id="load", sql="INSERT INTO orders SELECT * FROM staging_orders")
    load >> SQLIntervalCheckOperator(
        task_id="as_the_day_before",
        table="orders",
        metrics_thresholds={"COUNT(*)": 1.5, "SUM(amount)": 2},
        date_filter_column="day",
        days_back=1,
        ratio_formula="max_over_min",
        ignore_zero=False,
    )
