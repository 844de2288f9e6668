"""Airflow DAG `erp_nightly_load` (legacy/erp_nightly_load.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import os
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_due
from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource

ENTITIES = ["customers", "products"]

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 1 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)


def extract(entity, *, warehouse, **kwargs):
    """Copy one entity to a table that carries the day it was taken."""
    day = kwargs["execution_date"].strftime("%Y-%m-%d")
    hook = warehouse
    hook.run(f"CREATE TABLE IF NOT EXISTS erp_{entity} AS SELECT '' AS day, * FROM {entity} WHERE 0")
    hook.run(f"DELETE FROM erp_{entity} WHERE day = ?", parameters=(day,))
    hook.run(f"INSERT INTO erp_{entity} SELECT ?, * FROM {entity}", parameters=(day,))
    count = hook.get_first(f"SELECT COUNT(*) FROM erp_{entity} WHERE day = ?", parameters=(day,))[0]
    kwargs["ti"].xcom_push(key="row_count", value=count)


airflow_dag = AirflowDag(dag_id="erp_nightly_load", airflow="2", cron="0 1 * * *")


@dg.asset(
    key=["erp_nightly_load", "start"],
    group_name="erp_nightly_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    io_manager_key="xcom_airflow_2",
    owners=["team:erp"],
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "start"},
)
def start() -> None:
    pass


@dg.asset(
    key=["erp_nightly_load", "extract_customers"],
    deps=[["erp_nightly_load", "start"]],
    description="Copy one entity to a table that carries the day it was taken.",
    group_name="erp_nightly_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    io_manager_key="xcom_airflow_2",
    owners=["team:erp"],
    kinds={"python"},
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "extract_customers"},
)
def extract_customers(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="extract_customers")
    return airflow.keyed(extract(entity="customers", **airflow.as_kwargs(), warehouse=warehouse))


@dg.asset(
    key=["erp_nightly_load", "extract_products"],
    deps=[["erp_nightly_load", "start"]],
    description="Copy one entity to a table that carries the day it was taken.",
    group_name="erp_nightly_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    io_manager_key="xcom_airflow_2",
    owners=["team:erp"],
    kinds={"python"},
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "extract_products"},
)
def extract_products(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> dict[str, Any]:
    airflow = airflow_dag.context(context, task_id="extract_products")
    return airflow.keyed(extract(entity="products", **airflow.as_kwargs(), warehouse=warehouse))


@dg.asset(
    key=["erp_nightly_load", "publish"],
    ins={
        "extract_customers": dg.AssetIn(["erp_nightly_load", "extract_customers"]),
        "extract_products": dg.AssetIn(["erp_nightly_load", "extract_products"]),
    },
    group_name="erp_nightly_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    io_manager_key="xcom_airflow_2",
    owners=["team:erp"],
    kinds={"python"},
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "publish"},
)
def publish(context: dg.AssetExecutionContext, extract_customers: Any, extract_products: Any) -> Any:
    airflow = airflow_dag.context(context, task_id="publish")
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    next_ds = airflow["next_ds"]
    counts = [
        value
        for value in (extract_customers.get("row_count"), extract_products.get("row_count"))
        if value is not None
    ]
    return {"day": ds, "next": str(next_ds), "rows": sum(counts)}


@dg.asset(
    key=["erp_nightly_load", "write_marker"],
    deps=[["erp_nightly_load", "publish"]],
    group_name="erp_nightly_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    io_manager_key="xcom_airflow_2",
    owners=["team:erp"],
    kinds={"bash"},
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "write_marker"},
)
def write_marker(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(
        context,
        task_id="write_marker",
        params={"folder": os.environ.get("AIRFLOW_VAR_EXPORT_DIR", "/var/exports")},
    )
    return run_bash(
        airflow.render(
            "echo {{ execution_date }} {{ next_ds }} > {{ params.folder }}/erp_{{ ds_nodash }}.done"
        )
    )


@dg.asset(
    key=["erp_nightly_load", "end"],
    deps=[["erp_nightly_load", "write_marker"]],
    group_name="erp_nightly_load",
    partitions_def=intervals,
    retry_policy=dg.RetryPolicy(max_retries=1, delay=300),
    io_manager_key="xcom_airflow_2",
    owners=["team:erp"],
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "end"},
)
def end() -> None:
    pass


@dg.asset_check(
    asset=["erp_nightly_load", "extract_customers"],
    blocking=True,
    description="Airflow task `check_customers`.",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "check_customers"},
)
@airflow_task(retries=1, retry_delay=300)
def check_customers(context: dg.AssetCheckExecutionContext, warehouse: SqliteResource) -> dg.AssetCheckResult:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    row = warehouse.get_first(f"SELECT COUNT(*) FROM erp_customers WHERE day = '{ds}'")
    return dg.AssetCheckResult(passed=bool(row) and all(row), metadata={"first_row": str(row)})


@dg.asset_check(
    asset=["erp_nightly_load", "extract_products"],
    blocking=True,
    description="Airflow task `check_products`.",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "erp_nightly_load", "airflow/task_id": "check_products"},
)
@airflow_task(retries=1, retry_delay=300)
def check_products(context: dg.AssetCheckExecutionContext, warehouse: SqliteResource) -> dg.AssetCheckResult:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    row = warehouse.get_first(f"SELECT COUNT(*) FROM erp_products WHERE day = '{ds}'")
    return dg.AssetCheckResult(passed=bool(row) and all(row), metadata={"first_row": str(row)})


job = dg.define_asset_job(
    "erp_nightly_load",
    selection=dg.AssetSelection.groups("erp_nightly_load"),
    tags={"airflow/dag_id": "erp_nightly_load"},
)


@dg.sensor(job=job)
def erp_nightly_load_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(context, intervals, cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value())
