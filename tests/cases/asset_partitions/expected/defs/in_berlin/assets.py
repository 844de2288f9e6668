"""Airflow DAG `in_berlin` (dag.py) as Dagster assets.

Partitioned, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.dates import PartitionKeys

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 * * * *",
    start="2026-03-01T03:00:00",
    timezone="Europe/Berlin",
    fmt="%Y-%m-%dT%H:%M:%S",
    end_offset=1,
)

airflow_dag = AirflowDag(
    dag_id="in_berlin",
    airflow="3",
    cron="0 * * * *",
    timezone="Europe/Berlin",
    data_intervals=False,
    partition_keys=PartitionKeys("%Y-%m-%dT%H:%M:%S"),
)


@dg.asset(
    key=["in_berlin", "report"],
    group_name="in_berlin",
    partitions_def=intervals,
    kinds={"bash"},
    metadata={"airflow/dag_id": "in_berlin", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    partition_key = airflow["partition_key"]
    return run_bash(f"echo {partition_key}")


job = dg.define_asset_job(
    "in_berlin", selection=dg.AssetSelection.groups("in_berlin"), tags={"airflow/dag_id": "in_berlin"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="in_berlin_schedule")
