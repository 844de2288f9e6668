"""Airflow DAG `always` (dag.py) as Dagster assets.

Runs again whenever a run has ended. Plain assets: every trigger rule is all_success and nothing branches.
"""

from datetime import datetime

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.schedules import request_continuously

airflow_dag = AirflowDag(dag_id="always", airflow="3")


@dg.asset(
    key=["always", "poll"],
    group_name="always",
    kinds={"bash"},
    metadata={"airflow/dag_id": "always", "airflow/task_id": "poll"},
)
def poll(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="poll")
    data_interval_start = airflow["data_interval_start"]
    return run_bash(f"echo {data_interval_start}")


job = dg.define_asset_job(
    "always", selection=dg.AssetSelection.groups("always"), tags={"airflow/dag_id": "always"}
)


@dg.sensor(job=job)
def always_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run whenever none is going on."""
    return request_continuously(
        context,
        job.name,
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
        start=datetime.fromisoformat("2024-01-01T00:00:00+00:00"),
    )
