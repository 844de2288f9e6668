"""Airflow DAG `daily_sales_etl` (daily_sales_etl.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.

Daily point-of-sale load: store files -> staging -> fact table -> export for the planning team.

Stores upload one CSV per day to the landing zone. Every day is loaded on its own, so history can be
backfilled and a day can be loaded again without duplicates.
"""

import csv
import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.macros import ds_add
from ...airflow_compat.schedules import request_due
from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 6 * * *",
    start="2024-03-01T00:00:00+0000",
    end="2024-12-31T06:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="daily_sales_etl", airflow="3", cron="0 6 * * *", data_intervals=False)


@dg.asset(
    key=["daily_sales_etl", "create_tables"],
    group_name="daily_sales_etl",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    owners=["team:retail_analytics"],
    kinds={"sql"},
    tags={"retail": "", "sales": ""},
    metadata={"airflow/dag_id": "daily_sales_etl", "airflow/task_id": "create_tables"},
)
def create_tables(warehouse: SqliteResource) -> Any:
    return warehouse.run(
        [
            """CREATE TABLE IF NOT EXISTS stg_sales (
                   sales_date TEXT, order_id TEXT, sku TEXT, quantity INTEGER, unit_price REAL)""",
            """CREATE TABLE IF NOT EXISTS fct_daily_sales (
                   sales_date TEXT, sku TEXT, units INTEGER, revenue REAL, revenue_day_before REAL,
                   PRIMARY KEY (sales_date, sku))""",
        ],
        handler=fetch_all,
    )


@dg.asset(
    key=["daily_sales_etl", "merge_store_files"],
    group_name="daily_sales_etl",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    output_required=False,
    owners=["team:retail_analytics"],
    kinds={"bash"},
    tags={"retail": "", "sales": ""},
    metadata={"airflow/dag_id": "daily_sales_etl", "airflow/task_id": "merge_store_files"},
)
@airflow_task()
def merge_store_files(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="merge_store_files",
        params={"landing_dir": os.environ["LANDING_DIR"], "export_dir": os.environ["EXPORT_DIR"]},
    )
    return run_bash(
        airflow.render(
            "set -e; mkdir -p {{ params.export_dir }}/staging; awk 'FNR > 1 || NR == 1' {{ params.landing_dir }}/sales/{{ ds }}/store_*.csv > {{ params.export_dir }}/staging/sales_{{ ds_nodash }}.csv; echo {{ params.export_dir }}/staging/sales_{{ ds_nodash }}.csv | xargs basename"
        )
    )


@dg.asset(
    key=["daily_sales_etl", "load_staging"],
    deps=[["daily_sales_etl", "create_tables"], ["daily_sales_etl", "merge_store_files"]],
    description="Replace the staging rows of one day; returns how many lines were loaded.",
    group_name="daily_sales_etl",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    owners=["team:retail_analytics"],
    kinds={"python"},
    tags={"retail": "", "sales": ""},
    metadata={"airflow/dag_id": "daily_sales_etl", "airflow/task_id": "load_staging"},
)
def load_staging(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> int:
    airflow = airflow_dag.context(context, task_id="load_staging")
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    sales_date = ds
    templates_dict = {
        "merged_file": airflow.render(os.environ["EXPORT_DIR"] + "/staging/sales_{{ ds_nodash }}.csv")
    }
    rows = []
    with open(templates_dict["merged_file"], newline="") as merged:
        for line in csv.DictReader(merged):
            rows.append(
                (sales_date, line["order_id"], line["sku"], int(line["quantity"]), float(line["unit_price"]))
            )
    hook = warehouse
    hook.run("DELETE FROM stg_sales WHERE sales_date = ?", parameters=(sales_date,))
    hook.insert_rows(
        "stg_sales", rows, target_fields=["sales_date", "order_id", "sku", "quantity", "unit_price"]
    )
    return len(rows)


@dg.asset(
    key=["daily_sales_etl", "build_fact"],
    deps=[["daily_sales_etl", "load_staging"]],
    group_name="daily_sales_etl",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    owners=["team:retail_analytics"],
    kinds={"sql"},
    tags={"retail": "", "sales": ""},
    metadata={
        "airflow/dag_id": "daily_sales_etl",
        "airflow/task_id": "build_fact",
        "dagster/table_name": "fct_daily_sales",
    },
)
def build_fact(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        f"""
            INSERT OR REPLACE INTO fct_daily_sales
            SELECT s.sales_date, s.sku, SUM(s.quantity), SUM(s.quantity * s.unit_price),
                   (SELECT SUM(quantity * unit_price) FROM stg_sales
                     WHERE sales_date = '{ds_add(ds, -1)}' AND sku = s.sku)
              FROM stg_sales s
             WHERE s.sales_date = '{ds}'
             GROUP BY s.sales_date, s.sku
        """,
        handler=fetch_all,
    )


@dg.asset(
    key=["daily_sales_etl", "export_summary"],
    ins={"load_staging": dg.AssetIn(["daily_sales_etl", "load_staging"])},
    deps=[["daily_sales_etl", "build_fact"]],
    group_name="daily_sales_etl",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    output_required=False,
    owners=["team:retail_analytics"],
    kinds={"bash"},
    tags={"retail": "", "sales": ""},
    metadata={"airflow/dag_id": "daily_sales_etl", "airflow/task_id": "export_summary"},
)
@airflow_task()
def export_summary(context: dg.AssetExecutionContext, load_staging: Any) -> None:
    airflow = airflow_dag.context(context, task_id="export_summary", xcoms={"load_staging": load_staging})
    run_bash(
        airflow.render(
            "echo 'sales of {{ ds }}, window {{ data_interval_start }}, {{ ti.xcom_pull(task_ids='load_staging') }} lines' > "
            + os.environ["EXPORT_DIR"]
            + "/sales_summary_{{ ds }}.txt"
        )
    )


job = dg.define_asset_job(
    "daily_sales_etl",
    selection=dg.AssetSelection.groups("daily_sales_etl"),
    description="Store sales files to fct_daily_sales",
    tags={"airflow/dag_id": "daily_sales_etl"},
)


@dg.sensor(job=job)
def daily_sales_etl_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
