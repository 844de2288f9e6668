"""Airflow DAG `unknown_params` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ..resources import UnknownParamsParams


@dg.asset(
    key=["unknown_params", "echo"],
    group_name="unknown_params",
    kinds={"bash"},
    metadata={"airflow/dag_id": "unknown_params", "airflow/task_id": "echo"},
)
def echo(unknown_params_params: UnknownParamsParams) -> str:
    return run_bash(f"echo {unknown_params_params.limit} {unknown_params_params.size}")


job = dg.define_asset_job(
    "unknown_params",
    selection=dg.AssetSelection.groups("unknown_params"),
    tags={"airflow/dag_id": "unknown_params"},
)
