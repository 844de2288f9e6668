"""Airflow DAG `hooks_of_a_class` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

airflow_dag = AirflowDag(dag_id="hooks_of_a_class", airflow="3")


@dg.asset(
    key=["hooks_of_a_class", "looking"],
    group_name="hooks_of_a_class",
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "hooks_of_a_class", "airflow/task_id": "looking"},
)
@airflow_task()
def looking(context: dg.AssetExecutionContext) -> Any:
    from ...lib.dag_airflow import Looking

    airflow = airflow_dag.context(context, task_id="looking")
    operator = Looking(task_id="looking", bash_command="echo looked")
    return execute_operator(operator, airflow)


@dg.asset(
    key=["hooks_of_a_class", "then"],
    deps=[["hooks_of_a_class", "looking"]],
    group_name="hooks_of_a_class",
    kinds={"bash"},
    metadata={"airflow/dag_id": "hooks_of_a_class", "airflow/task_id": "then"},
)
def then() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "hooks_of_a_class",
    selection=dg.AssetSelection.groups("hooks_of_a_class"),
    tags={"airflow/dag_id": "hooks_of_a_class"},
)
