"""Airflow DAG `inventory_load` (inventory_load.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource, fetch_all

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="45 5 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="inventory_load",
    airflow="3",
    cron="45 5 * * *",
    data_intervals=False,
    template_searchpath=(str(Path(__file__).parent),),
)


@dg.asset(
    key=["inventory_load", "load_stock"],
    group_name="inventory_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    output_required=False,
    owners=["team:inventory"],
    kinds={"airflow"},
    tags={"logistics": ""},
    metadata={"airflow/dag_id": "inventory_load", "airflow/task_id": "load_stock"},
)
@airflow_task()
def load_stock(context: dg.AssetExecutionContext) -> Any:
    from ...lib.common.operators import StockCountOperator

    airflow = airflow_dag.context(context, task_id="load_stock")
    operator = StockCountOperator(task_id="load_stock", landing_dir=os.environ["LANDING_DIR"])
    return execute_operator(operator, airflow)


@dg.asset(
    key=["inventory_load", "load_supplier_list"],
    group_name="inventory_load",
    partitions_def=intervals,
    output_required=False,
    owners=["team:inventory"],
    kinds={"airflow"},
    tags={"logistics": ""},
    metadata={"airflow/dag_id": "inventory_load", "airflow/task_id": "load_supplier_list"},
)
@airflow_task()
def load_supplier_list(context: dg.AssetExecutionContext) -> Any:
    from ...lib.operators.csv_to_warehouse import CsvToWarehouseOperator

    airflow = airflow_dag.context(context, task_id="load_supplier_list")
    operator = CsvToWarehouseOperator(
        task_id="load_supplier_list",
        path=os.environ["LANDING_DIR"] + "/suppliers/availability_{{ ds_nodash }}.csv",
        table="supplier_list",
        load_id="suppliers-{{ ds }}",
        after="sql/supplier_count.hql",
    )
    return execute_operator(operator, airflow)


@dg.asset(
    key=["inventory_load", "reorder_candidates"],
    deps=[["inventory_load", "load_stock"], ["inventory_load", "load_supplier_list"]],
    group_name="inventory_load",
    partitions_def=intervals,
    owners=["team:inventory"],
    kinds={"sql"},
    tags={"logistics": ""},
    metadata={"airflow/dag_id": "inventory_load", "airflow/task_id": "reorder_candidates"},
)
def reorder_candidates(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return warehouse.run(
        f"""
            SELECT s.store_id, s.sku, l.supplier
              FROM stock s JOIN supplier_list l USING (sku)
             WHERE CAST(s.on_hand AS INTEGER) < 10 AND s.load_id = '{ds}'
             ORDER BY 1, 2
        """,
        handler=fetch_all,
    )


job = dg.define_asset_job(
    "inventory_load",
    selection=dg.AssetSelection.groups("inventory_load"),
    tags={"airflow/dag_id": "inventory_load"},
    executor_def=dg.multiprocess_executor.configured({"max_concurrent": 2}),
)
schedule = dg.build_schedule_from_partitioned_job(job, name="inventory_load_schedule")
