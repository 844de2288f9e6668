"""Airflow DAG `stand_ins` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import os
from typing import Any

import dagster as dg

from ...airflow_compat.standins import Variable
from ...airflow_compat.task import airflow_task
from ...lib.team.readings import checked
from ...lib.team.service import WeatherService


def to_celsius(value):
    return round((value - 32) / 1.8, 1)


def limit_of(name):
    return float(Variable.get(f"limit_{name}", default_var=100))


@dg.asset(
    key=["stand_ins", "fetch"],
    group_name="stand_ins",
    retry_policy=dg.RetryPolicy(max_retries=2, delay=300),
    kinds={"python"},
    metadata={"airflow/dag_id": "stand_ins", "airflow/task_id": "fetch"},
)
@airflow_task()
def fetch() -> Any:
    station = "port"
    service = WeatherService("weather_service")
    return service.read(station)


@dg.asset(
    key=["stand_ins", "check"],
    ins={"fetch": dg.AssetIn(["stand_ins", "fetch"])},
    group_name="stand_ins",
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "stand_ins", "airflow/task_id": "check"},
)
@airflow_task()
def check(fetch: Any) -> Any:
    return checked(fetch, limit_of("rain"))


@dg.asset(
    key=["stand_ins", "convert"],
    ins={"check": dg.AssetIn(["stand_ins", "check"])},
    group_name="stand_ins",
    kinds={"python"},
    metadata={"airflow/dag_id": "stand_ins", "airflow/task_id": "convert"},
)
def convert(check: Any) -> Any:
    return [to_celsius(value) for value in check]


@dg.asset(
    key=["stand_ins", "tell"],
    group_name="stand_ins",
    kinds={"python"},
    metadata={"airflow/dag_id": "stand_ins", "airflow/task_id": "tell"},
)
def tell() -> Any:
    MODE = os.environ["AIRFLOW_VAR_MODE"]
    return MODE


job = dg.define_asset_job(
    "stand_ins", selection=dg.AssetSelection.groups("stand_ins"), tags={"airflow/dag_id": "stand_ins"}
)
