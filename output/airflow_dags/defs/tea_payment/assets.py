"""Airflow DAG `tea_payment` (tea_auction.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="tea_payment", airflow="3")


@dg.asset(
    key=["tea_payment", "transfer"],
    group_name="tea_payment",
    owners=["team:purchasing"],
    kinds={"bash"},
    tags={"purchasing": ""},
    metadata={"airflow/dag_id": "tea_payment", "airflow/task_id": "transfer"},
)
def transfer(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="transfer")
    return run_bash(airflow.render("echo paid for {{ dag_run.conf.get('week', 'nothing') }}"))


job = dg.define_asset_job(
    "tea_payment", selection=dg.AssetSelection.groups("tea_payment"), tags={"airflow/dag_id": "tea_payment"}
)
