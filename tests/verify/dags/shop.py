"""Rows and files, and values that one task gives another."""

import os
from datetime import datetime
from pathlib import Path

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG, task

with DAG("shop", schedule="@daily", start_date=datetime(2024, 1, 30), catchup=False):
    create = SQLExecuteQueryOperator(
        task_id="create", conn_id="shop", sql="CREATE TABLE IF NOT EXISTS orders (day TEXT, amount INTEGER)"
    )
    insert = SQLExecuteQueryOperator(
        task_id="insert",
        conn_id="shop",
        sql="INSERT INTO orders VALUES ('{{ ds }}', 1), ('{{ macros.ds_add(ds, 1) }}', 2)",
    )

    @task
    def count(ds: str) -> dict[str, int]:
        return {"days": len(ds), "half": 5 / 2}

    @task
    def report(found: dict[str, int], ds: str) -> int:
        Path(os.environ["REPORTS"], f"{ds}.txt").write_text(f"{ds}: {found['days']}\n")
        return found["days"] + 1

    create >> insert >> report(count())
