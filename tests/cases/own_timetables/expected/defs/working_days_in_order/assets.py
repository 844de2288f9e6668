"""Airflow DAG `working_days_in_order` (dag.py) as Dagster assets.

Runs when its own timetable, `AfterWorkday`, plans it. Plain assets: every trigger rule is all_success and
nothing branches.
"""

from datetime import datetime

import dagster as dg
import pendulum

from ...airflow_compat.bash import run_bash
from ...airflow_compat.planned import request_planned
from ...lib.calendars.workdays import AfterWorkday

timetable = AfterWorkday(at=pendulum.time(18))


@dg.asset(
    key=["working_days_in_order", "say"],
    group_name="working_days_in_order",
    kinds={"bash"},
    metadata={"airflow/dag_id": "working_days_in_order", "airflow/task_id": "say"},
)
def say() -> str:
    return run_bash("echo in order")


job = dg.define_asset_job(
    "working_days_in_order",
    selection=dg.AssetSelection.groups("working_days_in_order"),
    tags={"airflow/dag_id": "working_days_in_order"},
)


@dg.sensor(job=job)
def working_days_in_order_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that the timetable plans from the cut-over on, once the one before it has succeeded."""
    return request_planned(
        context,
        timetable,
        start=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        end=datetime.fromisoformat("2030-01-01T00:00:00+00:00"),
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
        after_success_of=job.name,
    )
