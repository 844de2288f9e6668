"""Airflow DAG `hourly_loads` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import airflow_function


@dg.asset(
    key=["hourly_loads", "load"],
    group_name="hourly_loads",
    kinds={"python"},
    metadata={"airflow/dag_id": "hourly_loads", "airflow/task_id": "load"},
)
def load() -> Any:
    from ...lib.dag_airflow import load

    return airflow_function(load)()


job = dg.define_asset_job(
    "hourly_loads",
    selection=dg.AssetSelection.groups("hourly_loads"),
    tags={"airflow/dag_id": "hourly_loads"},
)
