"""Airflow DAG `stock_forecast` (stock_forecast.py) as Dagster assets.

Runs when assets are updated. Plain assets: every trigger rule is all_success and nothing branches.
"""

import json
import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.task import airflow_task
from ...airflow_compat.updates import AllOf, AnyOf, request_on_updates
from ..resources import SqliteResource


@dg.asset(
    key=["stock_forecast", "forecast"],
    description="As much again of everything, and a tenth more.",
    group_name="stock_forecast",
    owners=["team:planning"],
    kinds={"python"},
    tags={"planning": ""},
    metadata={"airflow/dag_id": "stock_forecast", "airflow/task_id": "forecast"},
)
@airflow_task(multiple_outputs=True)
def forecast(warehouse: SqliteResource) -> dict:
    rows = warehouse.get_records("SELECT sku, unit_cost FROM products ORDER BY 1")
    return {sku: round(cost * 1.1, 2) for sku, cost in rows}


@dg.asset(
    key=["stock_forecast", "publish"],
    ins={"expected": dg.AssetIn(["stock_forecast", "forecast"])},
    group_name="stock_forecast",
    owners=["team:planning"],
    kinds={"python"},
    tags={"planning": ""},
    metadata={"airflow/dag_id": "stock_forecast", "airflow/task_id": "publish"},
)
def publish(expected: Any) -> int:
    FOLDER = Path(os.environ["EXPORT_DIR"], "forecast")
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "expected.json").write_text(json.dumps(expected))
    return len(expected)


job = dg.define_asset_job(
    "stock_forecast",
    selection=dg.AssetSelection.groups("stock_forecast"),
    tags={"airflow/dag_id": "stock_forecast"},
)


@dg.sensor(job=job)
def stock_forecast_asset_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Asks for a run when the assets were updated since the last one."""
    return request_on_updates(
        context,
        AllOf(
            [
                dg.AssetKey(["forecast_demand", "demand"]),
                AnyOf(
                    [
                        dg.AssetKey(["forecast_weather", "weather"]),
                        dg.AssetKey(["forecast_seasons", "seasons"]),
                    ]
                ),
            ]
        ),
        airflow="3",
    )
