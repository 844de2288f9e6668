"""Airflow DAG `sub_dag.section` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["sub_dag.section", "part"],
    group_name="sub_dag__section",
    metadata={"airflow/dag_id": "sub_dag.section", "airflow/task_id": "part"},
)
def part() -> None:
    pass


job = dg.define_asset_job(
    "sub_dag__section_job",
    selection=dg.AssetSelection.groups("sub_dag__section"),
    tags={"airflow/dag_id": "sub_dag.section"},
)
