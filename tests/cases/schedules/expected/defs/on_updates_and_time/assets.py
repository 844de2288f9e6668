"""Airflow DAG `on_updates_and_time` (dag.py) as Dagster assets.

Runs when assets are updated. Not partitioned: updates of assets ask for runs, too. Plain assets: every
trigger rule is all_success and nothing branches.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.updates import request_on_updates

airflow_dag = AirflowDag(
    dag_id="on_updates_and_time",
    airflow="3",
    cron="0 7 * * 1",
    timezone="Europe/Berlin",
    data_intervals=False,
)


@dg.asset(
    key=["on_updates_and_time", "report"],
    group_name="on_updates_and_time",
    kinds={"bash"},
    metadata={"airflow/dag_id": "on_updates_and_time", "airflow/task_id": "report"},
)
def report(context: dg.AssetExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="report")
    ts = airflow["ts"]
    return run_bash(f"echo {ts}")


job = dg.define_asset_job(
    "on_updates_and_time",
    selection=dg.AssetSelection.groups("on_updates_and_time"),
    tags={"airflow/dag_id": "on_updates_and_time"},
)
schedule = dg.ScheduleDefinition(
    name="on_updates_and_time_schedule",
    job=job,
    cron_schedule="0 7 * * 1",
    execution_timezone="Europe/Berlin",
)


@dg.sensor(job=job)
def on_updates_and_time_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(context, dg.AssetKey(["stock", "stock"]), airflow="3")
