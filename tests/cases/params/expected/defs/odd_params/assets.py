"""Airflow DAG `odd_params` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="odd_params", airflow="3", params={"limit": 3, "in-name": 1})


@dg.asset(
    key=["odd_params", "echo"],
    group_name="odd_params",
    kinds={"bash"},
    metadata={"airflow/dag_id": "odd_params", "airflow/task_id": "echo"},
)
def echo(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="echo")
    return run_bash(airflow.render("echo {{ params.limit }} {{ params['in-name'] }}"))


job = dg.define_asset_job(
    "odd_params", selection=dg.AssetSelection.groups("odd_params"), tags={"airflow/dag_id": "odd_params"}
)
