"""Airflow DAG `forecast_demand` (stock_forecast.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from datetime import datetime

import dagster as dg

from ...airflow_compat.task import airflow_task
from ..resources import SqliteResource


@dg.asset(
    key=["forecast_demand", "demand"],
    group_name="forecast_demand",
    owners=["team:planning"],
    kinds={"python"},
    tags={"planning": ""},
    metadata={"airflow/dag_id": "forecast_demand", "airflow/task_id": "demand"},
)
@airflow_task(multiple_outputs=True)
def demand(warehouse: SqliteResource) -> dict:
    rows = warehouse.get_records("SELECT category, SUM(list_price) FROM products GROUP BY 1 ORDER BY 1")
    return dict(rows)


job = dg.define_asset_job(
    "forecast_demand",
    selection=dg.AssetSelection.groups("forecast_demand"),
    tags={"airflow/dag_id": "forecast_demand"},
)


@dg.schedule(
    name="forecast_demand_schedule",
    cron_schedule=["0 6 * * 1-5", "30 9 * * 6,0"],
    job=job,
    execution_timezone="UTC",
)
def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    tick = context.scheduled_execution_time
    if tick > datetime.fromisoformat("2024-12-31T00:00:00+00:00"):
        return dg.SkipReason("The schedule ended at 2024-12-31T00:00:00+0000.")
    return dg.RunRequest()
