"""Airflow DAG `missing_template_files` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg


@dg.asset(
    key=["missing_template_files", "missing"],
    group_name="missing_template_files",
    metadata={"airflow/dag_id": "missing_template_files", "airflow/task_id": "missing"},
)
def missing() -> None:
    raise NotImplementedError(
        "A2D307: An argument names the file 'gone.sql', which is not in the given folders."
    )


job = dg.define_asset_job(
    "missing_template_files",
    selection=dg.AssetSelection.groups("missing_template_files"),
    tags={"airflow/dag_id": "missing_template_files"},
)
