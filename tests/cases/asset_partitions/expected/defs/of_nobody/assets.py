"""Airflow DAG `of_nobody` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["of_nobody", "of_nobody"],
    group_name="of_nobody",
    metadata={"airflow/dag_id": "of_nobody", "airflow/task_id": "of_nobody"},
)
def of_nobody() -> None:
    raise NotImplementedError("A2D202: The function of `@asset` takes `nothing`: an object of Airflow's")


job = dg.define_asset_job(
    "of_nobody", selection=dg.AssetSelection.groups("of_nobody"), tags={"airflow/dag_id": "of_nobody"}
)
