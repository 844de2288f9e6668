"""Airflow DAG `on_an_alias` (dag.py) as Dagster assets.

Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash


@dg.asset(
    key=["on_an_alias", "join"],
    group_name="on_an_alias",
    kinds={"bash"},
    metadata={"airflow/dag_id": "on_an_alias", "airflow/task_id": "join"},
)
def join() -> str:
    return run_bash("echo joined")


job = dg.define_asset_job(
    "on_an_alias", selection=dg.AssetSelection.groups("on_an_alias"), tags={"airflow/dag_id": "on_an_alias"}
)
