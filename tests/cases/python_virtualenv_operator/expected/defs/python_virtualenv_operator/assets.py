"""Airflow DAG `python_virtualenv_operator` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg


@dg.asset(
    key=["python_virtualenv_operator", "forecast"],
    group_name="python_virtualenv_operator",
    kinds={"python"},
    metadata={"airflow/dag_id": "python_virtualenv_operator", "airflow/task_id": "forecast"},
)
def forecast() -> Any:
    days = 14
    import statistics

    return statistics.mean(range(days))


job = dg.define_asset_job(
    "python_virtualenv_operator",
    selection=dg.AssetSelection.groups("python_virtualenv_operator"),
    tags={"airflow/dag_id": "python_virtualenv_operator"},
)
