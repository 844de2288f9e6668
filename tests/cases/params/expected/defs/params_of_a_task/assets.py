"""Airflow DAG `params_of_a_task` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="params_of_a_task", airflow="3")


@dg.asset(
    key=["params_of_a_task", "echo"],
    group_name="params_of_a_task",
    kinds={"bash"},
    metadata={"airflow/dag_id": "params_of_a_task", "airflow/task_id": "echo"},
)
def echo(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="echo", params={"limit": 3, "free": "x"})
    return run_bash(airflow.render("echo {{ params.limit }} {{ params.free }}"))


job = dg.define_asset_job(
    "params_of_a_task",
    selection=dg.AssetSelection.groups("params_of_a_task"),
    tags={"airflow/dag_id": "params_of_a_task"},
)
