"""Airflow DAG `day_of_week_sensor` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import datetime, timezone

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.sensors import poke_until
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="day_of_week_sensor", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["day_of_week_sensor", "weekend"],
    group_name="day_of_week_sensor",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "day_of_week_sensor", "airflow/task_id": "weekend"},
)
def weekend() -> None:
    poke_until(lambda: datetime.now(timezone.utc).isoweekday() in {6, 7}, poke_interval=3600)


@dg.asset(
    key=["day_of_week_sensor", "monday"],
    deps=[["day_of_week_sensor", "weekend"]],
    group_name="day_of_week_sensor",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "day_of_week_sensor", "airflow/task_id": "monday"},
)
@airflow_task()
def monday(context: dg.AssetExecutionContext) -> None:
    airflow = airflow_dag.context(context, task_id="monday")
    poke_until(lambda: airflow["logical_date"].isoweekday() == 1, timeout=0, soft_fail=True)


job = dg.define_asset_job(
    "day_of_week_sensor",
    selection=dg.AssetSelection.groups("day_of_week_sensor"),
    tags={"airflow/dag_id": "day_of_week_sensor"},
)
schedule = dg.build_schedule_from_partitioned_job(job, name="day_of_week_sensor_schedule")
