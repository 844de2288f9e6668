"""Airflow DAG `empty_operator` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["empty_operator", "begin"],
    description="Where it begins.",
    group_name="empty_operator",
    tags={"structure": ""},
    metadata={"airflow/dag_id": "empty_operator", "airflow/task_id": "begin"},
)
def begin() -> None:
    pass


@dg.asset(
    key=["empty_operator", "left"],
    deps=[["empty_operator", "begin"]],
    group_name="empty_operator",
    tags={"structure": ""},
    metadata={"airflow/dag_id": "empty_operator", "airflow/task_id": "left"},
)
def left() -> None:
    pass


@dg.asset(
    key=["empty_operator", "right"],
    deps=[["empty_operator", "begin"]],
    group_name="empty_operator",
    tags={"structure": ""},
    metadata={"airflow/dag_id": "empty_operator", "airflow/task_id": "right"},
)
def right() -> None:
    pass


@dg.asset(
    key=["empty_operator", "end"],
    deps=[["empty_operator", "left"], ["empty_operator", "right"]],
    group_name="empty_operator",
    tags={"structure": ""},
    metadata={"airflow/dag_id": "empty_operator", "airflow/task_id": "end"},
)
def end() -> None:
    pass


job = dg.define_asset_job(
    "empty_operator",
    selection=dg.AssetSelection.groups("empty_operator"),
    tags={"airflow/dag_id": "empty_operator"},
)
