"""Airflow DAG `time_delta_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import timedelta
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import wait_until

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
)

airflow_dag = AirflowDag(dag_id="time_delta_sensor", airflow="2", cron="0 0 * * *")


@dg.asset(
    key=["time_delta_sensor", "settle"],
    group_name="time_delta_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "time_delta_sensor", "airflow/task_id": "settle"},
)
def settle(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="settle")
    wait_until(airflow["data_interval_end"] + timedelta(minutes=45), poke_interval=120)


@dg.asset(
    key=["time_delta_sensor", "settle_elsewhere"],
    group_name="time_delta_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "time_delta_sensor", "airflow/task_id": "settle_elsewhere"},
)
def settle_elsewhere(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="settle_elsewhere")
    return wait_until(airflow["data_interval_end"] + timedelta(minutes=5))


job = dg.define_asset_job(
    "time_delta_sensor",
    selection=dg.AssetSelection.groups("time_delta_sensor"),
    tags={"airflow/dag_id": "time_delta_sensor"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="time_delta_sensor_schedule")
