"""Airflow DAG `time_sensor` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import dagster as dg

from ...airflow_compat.sensors import poke_until, wait_until


@dg.asset(
    key=["time_sensor", "office_hours"],
    group_name="time_sensor",
    metadata={"airflow/dag_id": "time_sensor", "airflow/task_id": "office_hours"},
)
def office_hours() -> None:
    poke_until(lambda: datetime.now(ZoneInfo("Europe/Berlin")).time() > time(8, 30, 0))


@dg.asset(
    key=["time_sensor", "noon"],
    deps=[["time_sensor", "office_hours"]],
    group_name="time_sensor",
    metadata={"airflow/dag_id": "time_sensor", "airflow/task_id": "noon"},
)
def noon() -> None:
    wait_until(
        datetime.combine(
            datetime.now(ZoneInfo("Europe/Berlin")).date(), time(12, 0, 0), ZoneInfo("Europe/Berlin")
        )
    )


job = dg.define_asset_job(
    "time_sensor", selection=dg.AssetSelection.groups("time_sensor"), tags={"airflow/dag_id": "time_sensor"}
)
schedule = dg.ScheduleDefinition(
    name="time_sensor_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="Europe/Berlin"
)
