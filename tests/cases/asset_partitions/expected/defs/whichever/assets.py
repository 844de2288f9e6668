"""Airflow DAG `whichever` (dag.py) as Dagster assets.

Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="whichever", airflow="3", data_intervals=False)


@dg.asset(
    key=["whichever", "report"],
    group_name="whichever",
    kinds={"bash"},
    metadata={"airflow/dag_id": "whichever", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"
        )
    )


job = dg.define_asset_job(
    "whichever", selection=dg.AssetSelection.groups("whichever"), tags={"airflow/dag_id": "whichever"}
)
