"""Airflow DAG `working_days` (dag.py) as Dagster assets.

Runs when its own timetable, `AfterWorkday`, plans it. Plain assets: every trigger rule is all_success and
nothing branches.
"""

from datetime import datetime

import dagster as dg
import pendulum

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.planned import request_planned
from ...lib.calendars.workdays import AfterWorkday

timetable = AfterWorkday(pendulum.time(6, 30))

airflow_dag = AirflowDag(dag_id="working_days", airflow="2", timetable=timetable)


@dg.asset(
    key=["working_days", "say"],
    group_name="working_days",
    kinds={"bash"},
    metadata={"airflow/dag_id": "working_days", "airflow/task_id": "say"},
)
def say(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="say")
    return run_bash(airflow.render("echo {{ data_interval_start | ds }} {{ data_interval_end | ds }}"))


job = dg.define_asset_job(
    "working_days",
    selection=dg.AssetSelection.groups("working_days"),
    tags={"airflow/dag_id": "working_days"},
)


@dg.sensor(job=job)
def working_days_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that the timetable plans from the cut-over on."""
    return request_planned(
        context,
        timetable,
        start=datetime.fromisoformat("2026-01-01T00:00:00+00:00"),
        catchup=True,
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
    )
