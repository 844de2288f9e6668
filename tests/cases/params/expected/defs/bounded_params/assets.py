"""Airflow DAG `bounded_params` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ..resources import BoundedParamsParams

airflow_dag = AirflowDag(dag_id="bounded_params", airflow="3")


@dg.asset(
    key=["bounded_params", "echo"],
    group_name="bounded_params",
    kinds={"bash"},
    metadata={"airflow/dag_id": "bounded_params", "airflow/task_id": "echo"},
)
def echo(bounded_params_params: BoundedParamsParams) -> str:
    return run_bash(
        f"echo {bounded_params_params.region} {bounded_params_params.rows} {bounded_params_params.day}"
    )


@dg.asset(
    key=["bounded_params", "report"],
    group_name="bounded_params",
    kinds={"python"},
    metadata={"airflow/dag_id": "bounded_params", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext, bounded_params_params: BoundedParamsParams) -> None:
    airflow = airflow_dag.context(context, task_id="report", params=bounded_params_params.model_dump())
    params = airflow["params"]
    print(params)


job = dg.define_asset_job(
    "bounded_params",
    selection=dg.AssetSelection.groups("bounded_params"),
    tags={"airflow/dag_id": "bounded_params"},
)
