"""Airflow DAG `at_a_secret` (dag.py) as Dagster assets.

No schedule: The timetable `AfterWorkday` cannot be carried over: it needs an argument that is not known until
the code runs. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["at_a_secret", "say"],
    group_name="at_a_secret",
    kinds={"bash"},
    metadata={"airflow/dag_id": "at_a_secret", "airflow/task_id": "say"},
)
def say() -> str:
    return run_bash("echo secret")


job = dg.define_asset_job(
    "at_a_secret", selection=dg.AssetSelection.groups("at_a_secret"), tags={"airflow/dag_id": "at_a_secret"}
)
