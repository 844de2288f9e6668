"""Airflow DAG `operator_beside_its_dag` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

airflow_dag = AirflowDag(dag_id="operator_beside_its_dag", airflow="3")


@dg.asset(
    key=["operator_beside_its_dag", "add"],
    group_name="operator_beside_its_dag",
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "operator_beside_its_dag", "airflow/task_id": "add"},
)
@airflow_task()
def add(context: dg.AssetExecutionContext) -> Any:
    from ...lib.dag_airflow import AddOperator

    airflow = airflow_dag.context(context, task_id="add")
    operator = AddOperator(task_id="add", number=1)
    return execute_operator(operator, airflow)


job = dg.define_asset_job(
    "operator_beside_its_dag",
    selection=dg.AssetSelection.groups("operator_beside_its_dag"),
    tags={"airflow/dag_id": "operator_beside_its_dag"},
)
