"""Airflow DAG `mapped_template_files` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets, for its trigger rules decide as all_success does, or a person must
finish it.
"""

import dagster as dg


@dg.asset(
    key=["mapped_template_files", "mapped"],
    group_name="mapped_template_files",
    metadata={"airflow/dag_id": "mapped_template_files", "airflow/task_id": "mapped"},
)
def mapped() -> None:
    raise NotImplementedError("A2D403: `mapped` is mapped over values that are known at run time only")


job = dg.define_asset_job(
    "mapped_template_files",
    selection=dg.AssetSelection.groups("mapped_template_files"),
    tags={"airflow/dag_id": "mapped_template_files"},
)
