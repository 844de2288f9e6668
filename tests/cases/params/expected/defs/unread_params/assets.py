"""Airflow DAG `unread_params` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["unread_params", "nothing"],
    group_name="unread_params",
    kinds={"bash"},
    metadata={"airflow/dag_id": "unread_params", "airflow/task_id": "nothing"},
)
def nothing() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "unread_params",
    selection=dg.AssetSelection.groups("unread_params"),
    tags={"airflow/dag_id": "unread_params"},
)
