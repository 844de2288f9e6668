"""Airflow DAG `reports` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ..resources import ReportsParams


@dg.asset(
    key=["reports", "collect"],
    group_name="reports",
    kinds={"bash"},
    metadata={"airflow/dag_id": "reports", "airflow/task_id": "collect"},
)
def collect(reports_params: ReportsParams) -> str:
    return run_bash(f"echo {reports_params.day}")


job = dg.define_asset_job(
    "reports", selection=dg.AssetSelection.groups("reports"), tags={"airflow/dag_id": "reports"}
)
