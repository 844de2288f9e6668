"""Airflow DAG `one_at_a_time` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.sensors import file_exists, poke_until


@dg.asset(
    key=["one_at_a_time", "waits"],
    group_name="one_at_a_time",
    metadata={"airflow/dag_id": "one_at_a_time", "airflow/task_id": "waits"},
)
def waits() -> None:
    poke_until(lambda: file_exists("/in/orders.csv"))


@dg.asset(
    key=["one_at_a_time", "work"],
    deps=[["one_at_a_time", "waits"]],
    group_name="one_at_a_time",
    kinds={"bash"},
    metadata={"airflow/dag_id": "one_at_a_time", "airflow/task_id": "work"},
)
def work() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "one_at_a_time",
    selection=dg.AssetSelection.groups("one_at_a_time"),
    tags={"airflow/dag_id": "one_at_a_time"},
)
schedule = dg.ScheduleDefinition(
    name="one_at_a_time_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
