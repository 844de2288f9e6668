"""Airflow DAG `decision_by_query` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["decision_by_query", "by_query"],
    group_name="decision_by_query",
    metadata={"airflow/dag_id": "decision_by_query", "airflow/task_id": "by_query"},
)
def by_query() -> None:
    raise NotImplementedError(
        "A2D402: The first value of its query says which of two lists of tasks runs next. Directly downstream: none, some."
    )


@dg.asset(
    key=["decision_by_query", "some"],
    deps=[["decision_by_query", "by_query"]],
    group_name="decision_by_query",
    metadata={"airflow/dag_id": "decision_by_query", "airflow/task_id": "some"},
)
def some() -> None:
    pass


@dg.asset(
    key=["decision_by_query", "none"],
    deps=[["decision_by_query", "by_query"]],
    group_name="decision_by_query",
    metadata={"airflow/dag_id": "decision_by_query", "airflow/task_id": "none"},
)
def none() -> None:
    pass


job = dg.define_asset_job(
    "decision_by_query",
    selection=dg.AssetSelection.groups("decision_by_query"),
    tags={"airflow/dag_id": "decision_by_query"},
)
