"""Airflow DAG `task_bash` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)


def dump(names: list[str], ds=None) -> str:
    return f"pg_dump {' '.join(f'-t {name}' for name in names)} -f dump-{ds}.sql"


def prune() -> str:
    return "find /dumps -mtime +$KEEP -name 'dump-{{ ds }}*' -delete"


airflow_dag = AirflowDag(dag_id="task_bash", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["task_bash", "tables"],
    group_name="task_bash",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "task_bash", "airflow/task_id": "tables"},
)
def tables() -> list:
    return ["orders", "items"]


@dg.asset(
    key=["task_bash", "dump"],
    ins={"tables": dg.AssetIn(["task_bash", "tables"])},
    group_name="task_bash",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "task_bash", "airflow/task_id": "dump"},
)
@airflow_task()
def dump_asset(context: dg.AssetExecutionContext, tables: Any) -> str:
    return run_bash(dump(tables, ds=context.partition_time_window.start.strftime("%Y-%m-%d")))


@dg.asset(
    key=["task_bash", "prune"],
    deps=[["task_bash", "dump"]],
    group_name="task_bash",
    partitions_def=intervals,
    output_required=False,
    kinds={"bash"},
    metadata={"airflow/dag_id": "task_bash", "airflow/task_id": "prune"},
)
@airflow_task()
def prune_asset(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="prune")
    return run_bash(airflow.render(prune()), env={"KEEP": "7"}, append_env=True)


job = dg.define_asset_job(
    "task_bash", selection=dg.AssetSelection.groups("task_bash"), tags={"airflow/dag_id": "task_bash"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="task_bash_schedule")
