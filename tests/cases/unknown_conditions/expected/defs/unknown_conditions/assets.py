"""Airflow DAG `unknown_conditions` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["unknown_conditions", "begin"],
    group_name="unknown_conditions",
    metadata={"airflow/dag_id": "unknown_conditions", "airflow/task_id": "begin"},
)
def begin() -> None:
    pass


@dg.asset(
    key=["unknown_conditions", "audit"],
    deps=[["unknown_conditions", "begin"]],
    group_name="unknown_conditions",
    metadata={"airflow/dag_id": "unknown_conditions", "airflow/task_id": "audit"},
)
def audit() -> None:
    pass


job = dg.define_asset_job(
    "unknown_conditions",
    selection=dg.AssetSelection.groups("unknown_conditions"),
    tags={"airflow/dag_id": "unknown_conditions"},
)
