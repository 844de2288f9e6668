"""Airflow DAG `elsewhere` (dag.py) as Dagster assets.

No schedule: The timetable `Elsewhere` cannot be carried over: it needs airflow.models.DagRun. Plain assets:
every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["elsewhere", "say"],
    group_name="elsewhere",
    kinds={"bash"},
    metadata={"airflow/dag_id": "elsewhere", "airflow/task_id": "say"},
)
def say() -> str:
    return run_bash("echo elsewhere")


job = dg.define_asset_job(
    "elsewhere", selection=dg.AssetSelection.groups("elsewhere"), tags={"airflow/dag_id": "elsewhere"}
)
