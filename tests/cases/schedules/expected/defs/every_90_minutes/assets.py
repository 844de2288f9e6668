"""Airflow DAG `every_90_minutes` (dag.py) as Dagster assets.

Not partitioned: no cron expression is equal to the interval. Plain assets: every trigger rule is all_success
and nothing branches.
"""

from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(
    dag_id="every_90_minutes", airflow="3", data_intervals=False, interval=timedelta(minutes=90)
)


@dg.asset(
    key=["every_90_minutes", "load"],
    group_name="every_90_minutes",
    kinds={"python"},
    metadata={"airflow/dag_id": "every_90_minutes", "airflow/task_id": "load"},
)
def load(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="load")
    ds = airflow["ds"]
    return ds


job = dg.define_asset_job(
    "every_90_minutes",
    selection=dg.AssetSelection.groups("every_90_minutes"),
    tags={"airflow/dag_id": "every_90_minutes", "dagster/max_runtime": "2700"},
)


@dg.schedule(
    name="every_90_minutes_schedule", cron_schedule="*/30 * * * *", job=job, execution_timezone="UTC"
)
def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    tick = context.scheduled_execution_time
    if (tick - datetime.fromisoformat("2024-01-01T00:00:00+00:00")) % timedelta(minutes=90):
        return dg.SkipReason("Runs are due every 1:30:00 from 2024-01-01T00:00:00+00:00 on.")
    return dg.RunRequest()
