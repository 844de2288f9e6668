"""Airflow DAG `never` (dag.py) as Dagster assets.

Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="never", airflow="3", data_intervals=False)


@dg.asset(
    key=["never", "report"],
    group_name="never",
    kinds={"bash"},
    metadata={"airflow/dag_id": "never", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    return run_bash(
        airflow.render(
            "echo {{ partition_key }} {{ partition_date }} {{ dag_run.run_after }} {{ dag_run.logical_date }}"
        )
    )


job = dg.define_asset_job(
    "never", selection=dg.AssetSelection.groups("never"), tags={"airflow/dag_id": "never"}
)
