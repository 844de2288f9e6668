"""Airflow DAG `ahead` (dag.py) as Dagster assets.

No schedule: A run is about the partition 2 ticks from its own (`run_offset`). Plain assets: every trigger
rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="ahead", airflow="3")


@dg.asset(
    key=["ahead", "report"],
    group_name="ahead",
    kinds={"bash"},
    metadata={"airflow/dag_id": "ahead", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    partition_key = airflow["partition_key"]
    return run_bash(f"echo {partition_key}")


job = dg.define_asset_job(
    "ahead", selection=dg.AssetSelection.groups("ahead"), tags={"airflow/dag_id": "ahead"}
)
