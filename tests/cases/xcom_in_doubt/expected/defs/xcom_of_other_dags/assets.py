"""Airflow DAG `xcom_of_other_dags` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="xcom_of_other_dags", airflow="2")


@dg.asset(
    key=["xcom_of_other_dags", "number"],
    group_name="xcom_of_other_dags",
    kinds={"python"},
    metadata={"airflow/dag_id": "xcom_of_other_dags", "airflow/task_id": "number"},
)
def number() -> Any:
    return 3


@dg.asset(
    key=["xcom_of_other_dags", "foreign"],
    deps=[["xcom_of_other_dags", "number"]],
    group_name="xcom_of_other_dags",
    kinds={"bash"},
    metadata={"airflow/dag_id": "xcom_of_other_dags", "airflow/task_id": "foreign"},
)
def foreign(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="foreign")
    return run_bash(
        airflow.render(
            "echo {{ ti.xcom_pull('number', dag_id='another') or ti.xcom_pull('number', include_prior_dates=True) }}"
        )
    )


@dg.asset(
    key=["xcom_of_other_dags", "own"],
    ins={"number": dg.AssetIn(["xcom_of_other_dags", "number"])},
    group_name="xcom_of_other_dags",
    kinds={"bash"},
    metadata={"airflow/dag_id": "xcom_of_other_dags", "airflow/task_id": "own"},
)
def own(number: Any) -> str:
    return run_bash(f"echo {number}")


job = dg.define_asset_job(
    "xcom_of_other_dags",
    selection=dg.AssetSelection.groups("xcom_of_other_dags"),
    tags={"airflow/dag_id": "xcom_of_other_dags"},
)
