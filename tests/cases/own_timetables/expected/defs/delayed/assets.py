"""Airflow DAG `delayed` (dag.py) as Dagster assets.

Runs when its own timetable, `DelayedCron`, plans it. Plain assets: every trigger rule is all_success and
nothing branches.
"""

from datetime import datetime, timedelta

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.planned import request_planned
from ...lib.delays_without_airflow import DelayedCron

timetable = DelayedCron("0 6 * * *", "Europe/Berlin", timedelta(hours=1, minutes=30))

airflow_dag = AirflowDag(dag_id="delayed", airflow="2", timezone="Europe/Berlin", timetable=timetable)


@dg.asset(
    key=["delayed", "say"],
    group_name="delayed",
    kinds={"bash"},
    metadata={"airflow/dag_id": "delayed", "airflow/task_id": "say"},
)
def say(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="say")
    return run_bash(
        airflow.render(
            "echo {{ data_interval_start | ds }} {{ data_interval_end | ds }} {{ next_ds }} {{ prev_ds }}"
        )
    )


job = dg.define_asset_job(
    "delayed", selection=dg.AssetSelection.groups("delayed"), tags={"airflow/dag_id": "delayed"}
)


@dg.sensor(job=job)
def delayed_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that the timetable plans."""
    return request_planned(context, timetable, start=datetime.fromisoformat("2026-01-01T00:00:00+01:00"))
