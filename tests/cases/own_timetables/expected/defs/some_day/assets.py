"""Airflow DAG `some_day` (dag.py) as Dagster assets.

No schedule: `AfterWorkday` reckons from the start date, which is `pendulum.today(…)`. Plain assets: every
trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["some_day", "say"],
    group_name="some_day",
    kinds={"bash"},
    metadata={"airflow/dag_id": "some_day", "airflow/task_id": "say"},
)
def say() -> str:
    return run_bash("echo some day")


job = dg.define_asset_job(
    "some_day", selection=dg.AssetSelection.groups("some_day"), tags={"airflow/dag_id": "some_day"}
)
