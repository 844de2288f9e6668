"""Airflow DAG `one_of_two` (dag.py) as Dagster assets.

No schedule: The schedule is computed when the file is loaded. Plain assets: every trigger rule is all_success
and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["one_of_two", "load"],
    group_name="one_of_two",
    kinds={"bash"},
    metadata={"airflow/dag_id": "one_of_two", "airflow/task_id": "load"},
)
def load() -> str:
    return run_bash("echo loaded")


job = dg.define_asset_job(
    "one_of_two", selection=dg.AssetSelection.groups("one_of_two"), tags={"airflow/dag_id": "one_of_two"}
)
