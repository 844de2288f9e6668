"""Loads stock counts and price lists with the operators of this repository."""

from __future__ import annotations

import os
from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.sdk import DAG
from common.operators import StockCountOperator
from operators.csv_to_warehouse import CsvToWarehouseOperator

LANDING_DIR = os.environ["LANDING_DIR"]

with DAG(
    dag_id="inventory_load",
    schedule="45 5 * * *",
    start_date=datetime(2024, 3, 1),
    catchup=False,
    max_active_tasks=2,
    default_args={"owner": "inventory"},
    tags=["logistics"],
) as dag:
    stock = StockCountOperator(task_id="load_stock", landing_dir=LANDING_DIR)
    suppliers = CsvToWarehouseOperator(
        task_id="load_supplier_list",
        path=LANDING_DIR + "/suppliers/availability_{{ ds_nodash }}.csv",
        table="supplier_list",
        load_id="suppliers-{{ ds }}",
        after="sql/supplier_count.hql",
    )
    reorder = SQLExecuteQueryOperator(
        task_id="reorder_candidates",
        conn_id="warehouse",
        sql="""
            SELECT s.store_id, s.sku, l.supplier
              FROM stock s JOIN supplier_list l USING (sku)
             WHERE CAST(s.on_hand AS INTEGER) < 10 AND s.load_id = '{{ ds }}'
             ORDER BY 1, 2
        """,
    )
    [stock, suppliers] >> reorder
