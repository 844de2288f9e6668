"""Airflow DAG `on_demand` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.sensors import file_exists, poke_until


@dg.asset(
    key=["on_demand", "waits"],
    group_name="on_demand",
    metadata={"airflow/dag_id": "on_demand", "airflow/task_id": "waits"},
)
def waits() -> None:
    poke_until(lambda: file_exists("/in/orders.csv"))


@dg.asset(
    key=["on_demand", "work"],
    deps=[["on_demand", "waits"]],
    group_name="on_demand",
    kinds={"bash"},
    metadata={"airflow/dag_id": "on_demand", "airflow/task_id": "work"},
)
def work() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "on_demand", selection=dg.AssetSelection.groups("on_demand"), tags={"airflow/dag_id": "on_demand"}
)
