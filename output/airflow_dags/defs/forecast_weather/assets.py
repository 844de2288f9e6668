"""Airflow DAG `forecast_weather` (stock_forecast.py) as Dagster assets.

Runs again whenever a run has ended. Plain assets: every trigger rule is all_success and nothing branches.
"""

from datetime import datetime

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.schedules import request_continuously


@dg.asset(
    key=["forecast_weather", "weather"],
    group_name="forecast_weather",
    owners=["team:planning"],
    kinds={"bash"},
    tags={"planning": ""},
    metadata={"airflow/dag_id": "forecast_weather", "airflow/task_id": "weather"},
)
def weather() -> str:
    return run_bash("echo sunny")


job = dg.define_asset_job(
    "forecast_weather",
    selection=dg.AssetSelection.groups("forecast_weather"),
    tags={"airflow/dag_id": "forecast_weather"},
)


@dg.sensor(job=job)
def forecast_weather_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run whenever none is going on."""
    return request_continuously(
        context,
        job.name,
        cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value(),
        start=datetime.fromisoformat("2024-03-01T00:00:00+00:00"),
    )
