"""Airflow DAG `every_other_hour` (dag.py) as Dagster assets.

Runs when its own timetable, `EveryOtherHour`, plans it. Plain assets: every trigger rule is all_success and
nothing branches.
"""

from datetime import datetime

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.planned import request_planned
from ...lib.dag_without_airflow import EveryOtherHour

timetable = EveryOtherHour()


@dg.asset(
    key=["every_other_hour", "say"],
    group_name="every_other_hour",
    kinds={"bash"},
    metadata={"airflow/dag_id": "every_other_hour", "airflow/task_id": "say"},
)
def say() -> str:
    return run_bash("echo hour")


job = dg.define_asset_job(
    "every_other_hour",
    selection=dg.AssetSelection.groups("every_other_hour"),
    tags={"airflow/dag_id": "every_other_hour"},
)


@dg.sensor(job=job)
def every_other_hour_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that the timetable plans from the cut-over on."""
    return request_planned(
        context,
        timetable,
        start=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        catchup=True,
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
    )
