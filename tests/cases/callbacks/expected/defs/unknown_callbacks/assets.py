"""Airflow DAG `unknown_callbacks` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["unknown_callbacks", "second"],
    group_name="unknown_callbacks",
    kinds={"bash"},
    metadata={"airflow/dag_id": "unknown_callbacks", "airflow/task_id": "second"},
)
def second() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "unknown_callbacks",
    selection=dg.AssetSelection.groups("unknown_callbacks"),
    tags={"airflow/dag_id": "unknown_callbacks"},
)
