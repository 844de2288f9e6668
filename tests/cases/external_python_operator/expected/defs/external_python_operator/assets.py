"""Airflow DAG `external_python_operator` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg


@dg.asset(
    key=["external_python_operator", "score"],
    group_name="external_python_operator",
    kinds={"python"},
    metadata={"airflow/dag_id": "external_python_operator", "airflow/task_id": "score"},
)
def score() -> Any:
    model = "churn"
    return {"model": model, "score": 0.5}


job = dg.define_asset_job(
    "external_python_operator",
    selection=dg.AssetSelection.groups("external_python_operator"),
    tags={"airflow/dag_id": "external_python_operator"},
)
