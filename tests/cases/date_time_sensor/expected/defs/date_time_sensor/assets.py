"""Airflow DAG `date_time_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import datetime, timezone

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import wait_until

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="date_time_sensor", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["date_time_sensor", "an_hour_later"],
    group_name="date_time_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "date_time_sensor", "airflow/task_id": "an_hour_later"},
)
def an_hour_later(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="an_hour_later")
    wait_until(airflow.render("{{ data_interval_end.add(hours=1).isoformat() }}"))


@dg.asset(
    key=["date_time_sensor", "opening"],
    deps=[["date_time_sensor", "an_hour_later"]],
    group_name="date_time_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "date_time_sensor", "airflow/task_id": "opening"},
)
def opening() -> None:
    wait_until(datetime(2024, 2, 1, 9, tzinfo=timezone.utc), timeout=60)


job = dg.define_asset_job(
    "date_time_sensor",
    selection=dg.AssetSelection.groups("date_time_sensor"),
    tags={"airflow/dag_id": "date_time_sensor"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="date_time_sensor_schedule")
