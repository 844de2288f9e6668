"""The stock forecast: its inputs come when they come, and it is made again as soon as there are enough of them."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, Asset, AssetAlias, MultipleCronTriggerTimetable, task

FOLDER = Path(os.environ["EXPORT_DIR"], "forecast")
DEMAND = Asset(name="demand", uri="file:///forecast/demand.json")
WEATHER = Asset(name="weather", uri="file:///forecast/weather.json")
SEASONS = Asset(name="seasons", uri="file:///forecast/seasons.json")
START = datetime(2024, 3, 1)
OWNER = {"owner": "planning"}

with DAG("forecast_seasons", schedule="@once", start_date=START, default_args=OWNER, tags=["planning"]):
    BashOperator(task_id="seasons", bash_command="echo '[1, 2, 3, 4]'", outlets=[SEASONS])

with DAG(
    "forecast_demand",
    schedule=MultipleCronTriggerTimetable("0 6 * * 1-5", "30 9 * * 6,0", timezone="UTC"),
    start_date=START,
    end_date=datetime(2024, 12, 31),
    catchup=False,
    default_args=OWNER,
    tags=["planning"],
):

    @task(outlets=[DEMAND, AssetAlias("demand_files")])
    def demand() -> dict[str, float]:
        rows = SqliteHook("warehouse").get_records(
            "SELECT category, SUM(list_price) FROM products GROUP BY 1 ORDER BY 1"
        )
        return dict(rows)

    demand()

with DAG(
    "forecast_weather",
    schedule="@continuous",
    start_date=START,
    max_active_runs=1,
    default_args=OWNER,
    tags=["planning"],
):
    BashOperator(task_id="weather", bash_command="echo sunny", outlets=[WEATHER])

with DAG(
    "stock_forecast",
    schedule=DEMAND & (WEATHER | SEASONS),
    start_date=START,
    catchup=False,
    default_args=OWNER,
    tags=["planning"],
):

    @task
    def forecast() -> dict[str, float]:
        """As much again of everything, and a tenth more."""
        rows = SqliteHook("warehouse").get_records("SELECT sku, unit_cost FROM products ORDER BY 1")
        return {sku: round(cost * 1.1, 2) for sku, cost in rows}

    @task
    def publish(expected: dict[str, float]) -> int:
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / "expected.json").write_text(json.dumps(expected))
        return len(expected)

    publish(forecast())

with DAG(
    "stock_ledger",
    schedule="@daily",
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=OWNER
    | {
        "depends_on_past": True,
        "wait_for_downstream": True,
        "pool": "ledger",
        "weight_rule": "absolute",
        "execution_timeout": timedelta(minutes=5),
    },
    tags=["planning"],
):
    book = BashOperator(task_id="book", bash_command="echo booked {{ ds }}", priority_weight=5)
    carry = BashOperator(task_id="carry_over", bash_command="echo carried {{ ds }}")
    book >> carry
