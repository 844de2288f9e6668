"""Airflow DAG `task_external_python` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg


@dg.asset(
    key=["task_external_python", "convert"],
    group_name="task_external_python",
    kinds={"python"},
    metadata={"airflow/dag_id": "task_external_python", "airflow/task_id": "convert"},
)
def convert() -> Any:
    value = 255
    return hex(value)


job = dg.define_asset_job(
    "task_external_python",
    selection=dg.AssetSelection.groups("task_external_python"),
    tags={"airflow/dag_id": "task_external_python"},
)
