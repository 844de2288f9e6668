"""Airflow DAG `hourly` (dag.py) as Dagster assets.

Partitioned, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.dates import PartitionKeys

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 * * * *",
    start="2026-03-01T02:00:00",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="hourly",
    airflow="3",
    cron="0 * * * *",
    data_intervals=False,
    partition_keys=PartitionKeys("%Y-%m-%dT%H:%M:%S"),
)


@dg.asset(
    key=["hourly", "about"],
    group_name="hourly",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "hourly", "airflow/task_id": "about"},
)
def about(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="about")
    partition_key = airflow["partition_key"]
    partition_date = airflow["partition_date"]
    dag_run = airflow["dag_run"]
    run_id = airflow["run_id"]
    named = f"{dag_run.run_type.value}__{dag_run.run_after.isoformat()}__{partition_key}"
    return [
        partition_key,
        str(partition_date),
        dag_run.partition_key,
        dag_run.data_interval_start,
        named in run_id,
    ]


@dg.asset(
    key=["hourly", "report"],
    deps=[["hourly", "about"]],
    group_name="hourly",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "hourly", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"
        )
    )


job = dg.define_asset_job(
    "hourly", selection=dg.AssetSelection.groups("hourly"), tags={"airflow/dag_id": "hourly"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="hourly_schedule")
