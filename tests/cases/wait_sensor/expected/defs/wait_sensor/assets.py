"""Airflow DAG `wait_sensor` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

import time
from datetime import timedelta

import dagster as dg


@dg.asset(
    key=["wait_sensor", "pause"],
    group_name="wait_sensor",
    metadata={"airflow/dag_id": "wait_sensor", "airflow/task_id": "pause"},
)
def pause() -> None:
    time.sleep(timedelta(minutes=1, seconds=30).total_seconds())


@dg.asset(
    key=["wait_sensor", "minutes"],
    deps=[["wait_sensor", "pause"]],
    group_name="wait_sensor",
    metadata={"airflow/dag_id": "wait_sensor", "airflow/task_id": "minutes"},
)
def minutes() -> None:
    time.sleep(timedelta(minutes=2).total_seconds())


job = dg.define_asset_job(
    "wait_sensor", selection=dg.AssetSelection.groups("wait_sensor"), tags={"airflow/dag_id": "wait_sensor"}
)
schedule = dg.ScheduleDefinition(
    name="wait_sensor_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
