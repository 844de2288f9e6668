"""Airflow DAG `not_of_partitions` (dag.py) as Dagster assets.

Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="not_of_partitions", airflow="3", data_intervals=False)


@dg.asset(
    key=["not_of_partitions", "report"],
    group_name="not_of_partitions",
    kinds={"bash"},
    metadata={"airflow/dag_id": "not_of_partitions", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    run_id = airflow["run_id"]
    return run_bash(f"echo {run_id}")


job = dg.define_asset_job(
    "not_of_partitions",
    selection=dg.AssetSelection.groups("not_of_partitions"),
    tags={"airflow/dag_id": "not_of_partitions"},
)
