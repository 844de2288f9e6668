"""Airflow DAG `task_virtualenv` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg


@dg.asset(
    key=["task_virtualenv", "count_rows"],
    group_name="task_virtualenv",
    kinds={"python"},
    metadata={"airflow/dag_id": "task_virtualenv", "airflow/task_id": "count_rows"},
)
def count_rows() -> Any:
    path = "/landing/orders.csv"
    with open(path) as file:
        return sum(1 for _ in file)


job = dg.define_asset_job(
    "task_virtualenv",
    selection=dg.AssetSelection.groups("task_virtualenv"),
    tags={"airflow/dag_id": "task_virtualenv"},
)
