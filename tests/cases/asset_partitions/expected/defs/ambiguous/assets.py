"""Airflow DAG `ambiguous` (dag.py) as Dagster assets.

No schedule: The partition keys by '%Y-%m-%d' do not each name one tick of '0 * * * *'. Plain assets: every
trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="ambiguous", airflow="3")


@dg.asset(
    key=["ambiguous", "report"],
    group_name="ambiguous",
    kinds={"bash"},
    metadata={"airflow/dag_id": "ambiguous", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    partition_key = airflow["partition_key"]
    return run_bash(f"echo {partition_key}")


job = dg.define_asset_job(
    "ambiguous", selection=dg.AssetSelection.groups("ambiguous"), tags={"airflow/dag_id": "ambiguous"}
)
