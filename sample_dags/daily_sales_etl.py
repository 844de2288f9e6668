"""Daily point-of-sale load: store files -> staging -> fact table -> export for the planning team.

Stores upload one CSV per day to the landing zone. Every day is loaded on its own, so history can be
backfilled and a day can be loaded again without duplicates.
"""

from __future__ import annotations

import csv
import os
from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

LANDING_DIR = os.environ["LANDING_DIR"]
EXPORT_DIR = os.environ["EXPORT_DIR"]

default_args = {
    "owner": "retail-analytics",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "conn_id": "warehouse",
}


def load_staging(sales_date: str, templates_dict: dict[str, str], **context) -> int:
    """Replace the staging rows of one day; returns how many lines were loaded."""
    rows = []
    with open(templates_dict["merged_file"], newline="") as merged:
        for line in csv.DictReader(merged):
            rows.append((sales_date, line["order_id"], line["sku"], int(line["quantity"]), float(line["unit_price"])))
    hook = SqliteHook(sqlite_conn_id="warehouse")
    hook.run("DELETE FROM stg_sales WHERE sales_date = ?", parameters=(sales_date,))
    hook.insert_rows("stg_sales", rows, target_fields=["sales_date", "order_id", "sku", "quantity", "unit_price"])
    return len(rows)


with DAG(
    dag_id="daily_sales_etl",
    description="Store sales files to fct_daily_sales",
    schedule="0 6 * * *",
    start_date=datetime(2024, 3, 1),
    end_date=datetime(2024, 12, 31),
    catchup=True,
    max_active_runs=1,
    default_args=default_args,
    tags=["retail", "sales"],
    doc_md=__doc__,
) as dag:
    create_tables = SQLExecuteQueryOperator(
        task_id="create_tables",
        sql=[
            """CREATE TABLE IF NOT EXISTS stg_sales (
                   sales_date TEXT, order_id TEXT, sku TEXT, quantity INTEGER, unit_price REAL)""",
            """CREATE TABLE IF NOT EXISTS fct_daily_sales (
                   sales_date TEXT, sku TEXT, units INTEGER, revenue REAL, revenue_day_before REAL,
                   PRIMARY KEY (sales_date, sku))""",
        ],
    )

    # One file per store: keep the header of the first only.
    merge_store_files = BashOperator(
        task_id="merge_store_files",
        bash_command=(
            "set -e; mkdir -p {{ params.export_dir }}/staging; "
            "awk 'FNR > 1 || NR == 1' {{ params.landing_dir }}/sales/{{ ds }}/store_*.csv "
            "> {{ params.export_dir }}/staging/sales_{{ ds_nodash }}.csv; "
            "echo {{ params.export_dir }}/staging/sales_{{ ds_nodash }}.csv | xargs basename"
        ),
        params={"landing_dir": LANDING_DIR, "export_dir": EXPORT_DIR},
    )

    load = PythonOperator(
        task_id="load_staging",
        python_callable=load_staging,
        op_kwargs={"sales_date": "{{ ds }}"},
        templates_dict={"merged_file": EXPORT_DIR + "/staging/sales_{{ ds_nodash }}.csv"},
    )

    build_fact = SQLExecuteQueryOperator(
        task_id="build_fact",
        sql="""
            INSERT OR REPLACE INTO fct_daily_sales
            SELECT s.sales_date, s.sku, SUM(s.quantity), SUM(s.quantity * s.unit_price),
                   (SELECT SUM(quantity * unit_price) FROM stg_sales
                     WHERE sales_date = '{{ macros.ds_add(ds, -1) }}' AND sku = s.sku)
              FROM stg_sales s
             WHERE s.sales_date = '{{ ds }}'
             GROUP BY s.sales_date, s.sku
        """,
    )

    export_summary = BashOperator(
        task_id="export_summary",
        bash_command=(
            f"echo 'sales of {{{{ ds }}}}, window {{{{ data_interval_start }}}}, "
            f"{{{{ ti.xcom_pull(task_ids='load_staging') }}}} lines' "
            f"> {EXPORT_DIR}/sales_summary_{{{{ ds }}}}.txt"
        ),
        do_xcom_push=False,
    )

    [create_tables, merge_store_files] >> load >> build_fact >> export_summary
