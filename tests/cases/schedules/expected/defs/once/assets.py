"""Airflow DAG `once` (dag.py) as Dagster assets.

Runs once. Plain assets: every trigger rule is all_success and nothing branches.
"""

from datetime import datetime

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import Dates, request_due

airflow_dag = AirflowDag(dag_id="once", airflow="3", data_intervals=False)


@dg.asset(
    key=["once", "set_up"],
    group_name="once",
    kinds={"bash"},
    metadata={"airflow/dag_id": "once", "airflow/task_id": "set_up"},
)
def set_up(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="set_up")
    ds = airflow["ds"]
    return run_bash(f"echo {ds}")


job = dg.define_asset_job("once", selection=dg.AssetSelection.groups("once"), tags={"airflow/dag_id": "once"})


@dg.sensor(job=job)
def once_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(
        context,
        Dates([datetime.fromisoformat("2024-01-01T00:00:00+00:00")]),
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
    )
