"""Airflow DAG `airflow_in_functions` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import airflow_function
from ...airflow_compat.connections import get_connection
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.macros import ds_add
from ...airflow_compat.task import airflow_task
from ...airflow_compat.variables import get_variable
from ..resources import SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def since(context) -> str:
    return context["ds"]


airflow_dag = AirflowDag(dag_id="airflow_in_functions", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["airflow_in_functions", "served"],
    group_name="airflow_in_functions",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "served"},
)
def served(context: dg.AssetExecutionContext, warehouse: SqliteResource) -> Any:
    airflow = airflow_dag.context(context, task_id="served")
    hook = warehouse
    limit = get_variable("limit", default=10)
    return hook.get_records("SELECT * FROM orders WHERE day >= ? LIMIT ?", (since(airflow), limit))


@dg.asset(
    key=["airflow_in_functions", "remember"],
    ins={"served": dg.AssetIn(["airflow_in_functions", "served"])},
    group_name="airflow_in_functions",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "remember"},
)
def remember(served: Any) -> None:
    from ...lib.dag_airflow import remember

    return airflow_function(remember)(rows=served)


@dg.asset(
    key=["airflow_in_functions", "connection"],
    deps=[["airflow_in_functions", "served"]],
    group_name="airflow_in_functions",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "connection"},
)
def connection() -> Any:
    return get_connection("shop").host


@dg.asset(
    key=["airflow_in_functions", "bucket"],
    deps=[["airflow_in_functions", "served"]],
    group_name="airflow_in_functions",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "bucket"},
)
def bucket() -> Any:
    from ...lib.dag_airflow import bucket

    return airflow_function(bucket)()


@dg.asset(
    key=["airflow_in_functions", "folder"],
    deps=[["airflow_in_functions", "served"]],
    group_name="airflow_in_functions",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "folder"},
)
def folder() -> None:
    from ...lib.dag_airflow import folder

    return airflow_function(folder)()


@dg.asset(
    key=["airflow_in_functions", "working_day"],
    deps=[["airflow_in_functions", "served"]],
    group_name="airflow_in_functions",
    partitions_def=intervals,
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "working_day"},
)
@airflow_task()
def working_day(context: dg.AssetExecutionContext) -> Any:
    from ...lib.dag_airflow import working_day

    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return airflow_function(working_day)(day=ds)


@dg.asset(
    key=["airflow_in_functions", "day_before"],
    deps=[["airflow_in_functions", "served"]],
    group_name="airflow_in_functions",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_in_functions", "airflow/task_id": "day_before"},
)
def day_before(context: dg.AssetExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    day = ds
    return ds_add(day, -1)


job = dg.define_asset_job(
    "airflow_in_functions",
    selection=dg.AssetSelection.groups("airflow_in_functions"),
    tags={"airflow/dag_id": "airflow_in_functions"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="airflow_in_functions_schedule")
