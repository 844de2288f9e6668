"""Airflow DAG `beside` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["beside", "works"],
    group_name="beside",
    kinds={"bash"},
    metadata={"airflow/dag_id": "beside", "airflow/task_id": "works"},
)
def works() -> str:
    return run_bash("echo works")


job = dg.define_asset_job(
    "beside", selection=dg.AssetSelection.groups("beside"), tags={"airflow/dag_id": "beside"}
)
