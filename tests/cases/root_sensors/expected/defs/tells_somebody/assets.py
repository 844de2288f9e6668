"""Airflow DAG `tells_somebody` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import file_exists, poke_until
from ...airflow_compat.task import airflow_task

airflow_dag = AirflowDag(dag_id="tells_somebody", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["tells_somebody", "waits"],
    group_name="tells_somebody",
    metadata={"airflow/dag_id": "tells_somebody", "airflow/task_id": "waits"},
)
@airflow_task(on_failure_callback=print, dag=airflow_dag, task_id="waits")
def waits() -> None:
    poke_until(lambda: file_exists("/in/orders.csv"))


@dg.asset(
    key=["tells_somebody", "work"],
    deps=[["tells_somebody", "waits"]],
    group_name="tells_somebody",
    kinds={"bash"},
    metadata={"airflow/dag_id": "tells_somebody", "airflow/task_id": "work"},
)
def work() -> str:
    return run_bash("true")


job = dg.define_asset_job(
    "tells_somebody",
    selection=dg.AssetSelection.groups("tells_somebody"),
    tags={"airflow/dag_id": "tells_somebody"},
)
schedule = dg.ScheduleDefinition(
    name="tells_somebody_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
