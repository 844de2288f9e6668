"""Airflow DAG `daily_loads` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import airflow_function


@dg.asset(
    key=["daily_loads", "load"],
    group_name="daily_loads",
    kinds={"python"},
    metadata={"airflow/dag_id": "daily_loads", "airflow/task_id": "load"},
)
def load() -> Any:
    from ...lib.dag_airflow import load_2

    return airflow_function(load_2)()


job = dg.define_asset_job(
    "daily_loads", selection=dg.AssetSelection.groups("daily_loads"), tags={"airflow/dag_id": "daily_loads"}
)
