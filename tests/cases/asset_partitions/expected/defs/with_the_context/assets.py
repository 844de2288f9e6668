"""Airflow DAG `with_the_context` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["with_the_context", "with_the_context"],
    group_name="with_the_context",
    metadata={"airflow/dag_id": "with_the_context", "airflow/task_id": "with_the_context"},
)
def with_the_context() -> None:
    raise NotImplementedError("A2D202: The function of `@asset` takes `context`: an object of Airflow's")


job = dg.define_asset_job(
    "with_the_context",
    selection=dg.AssetSelection.groups("with_the_context"),
    tags={"airflow/dag_id": "with_the_context"},
)
