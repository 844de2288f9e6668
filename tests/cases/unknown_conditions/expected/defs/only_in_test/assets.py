"""Airflow DAG `only_in_test` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["only_in_test", "one"],
    group_name="only_in_test",
    metadata={"airflow/dag_id": "only_in_test", "airflow/task_id": "one"},
)
def one() -> None:
    pass


job = dg.define_asset_job(
    "only_in_test",
    selection=dg.AssetSelection.groups("only_in_test"),
    tags={"airflow/dag_id": "only_in_test"},
)
