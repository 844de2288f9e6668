"""Airflow DAG `begins_otherwise` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.sensors import file_exists, poke_until


@dg.asset(
    key=["begins_otherwise", "waits"],
    group_name="begins_otherwise",
    metadata={"airflow/dag_id": "begins_otherwise", "airflow/task_id": "waits"},
)
def waits() -> None:
    poke_until(lambda: file_exists("/in/orders.csv"))


@dg.asset(
    key=["begins_otherwise", "prepare"],
    group_name="begins_otherwise",
    kinds={"bash"},
    metadata={"airflow/dag_id": "begins_otherwise", "airflow/task_id": "prepare"},
)
def prepare() -> str:
    return run_bash("true")


@dg.asset(
    key=["begins_otherwise", "work"],
    deps=[["begins_otherwise", "prepare"], ["begins_otherwise", "waits"]],
    group_name="begins_otherwise",
    kinds={"bash"},
    metadata={"airflow/dag_id": "begins_otherwise", "airflow/task_id": "work"},
)
def work() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "begins_otherwise",
    selection=dg.AssetSelection.groups("begins_otherwise"),
    tags={"airflow/dag_id": "begins_otherwise"},
)
schedule = dg.ScheduleDefinition(
    name="begins_otherwise_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
