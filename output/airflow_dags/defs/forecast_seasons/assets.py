"""Airflow DAG `forecast_seasons` (stock_forecast.py) as Dagster assets.

Runs once. Plain assets: every trigger rule is all_success and nothing branches.
"""

from datetime import datetime

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.schedules import Dates, request_due


@dg.asset(
    key=["forecast_seasons", "seasons"],
    group_name="forecast_seasons",
    owners=["team:planning"],
    kinds={"bash"},
    tags={"planning": ""},
    metadata={"airflow/dag_id": "forecast_seasons", "airflow/task_id": "seasons"},
)
def seasons() -> str:
    return run_bash("echo '[1, 2, 3, 4]'")


job = dg.define_asset_job(
    "forecast_seasons",
    selection=dg.AssetSelection.groups("forecast_seasons"),
    tags={"airflow/dag_id": "forecast_seasons"},
)


@dg.sensor(job=job)
def forecast_seasons_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for each run that falls due from the cut-over on, once."""
    return request_due(
        context,
        Dates([datetime.fromisoformat("2024-03-01T00:00:00+00:00")]),
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
    )
