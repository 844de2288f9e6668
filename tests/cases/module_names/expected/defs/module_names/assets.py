"""Airflow DAG `module_names` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

import json
import os
from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task
from ...lib.warehouse import places_without_airflow as places
from ...lib.warehouse.readings import clean, expect

DIGITS = 2


def shorten(values):
    return json.dumps([round(value, DIGITS) for value in values])


WIDTHS = shorten([0.125, 7.0])


class Alerts:
    PREFIX = "Warehouse"

    def tell(text):
        STATION = os.environ["AIRFLOW_VAR_STATION"]
        print(f"{Alerts.PREFIX} {STATION}: {text}, see {places.FOLDER}")

    def failed(context):
        Alerts.tell(f"{context['ti'].task_id} failed")


airflow_dag = AirflowDag(dag_id="module_names", airflow="2")


@dg.asset(
    key=["module_names", "check_readings"],
    group_name="module_names",
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "module_names", "airflow/task_id": "check_readings"},
)
@airflow_task()
def check_readings() -> Any:
    return expect([3.0, 4.0, 11.0])


@dg.asset(
    key=["module_names", "summarise"],
    ins={"readings": dg.AssetIn(["module_names", "check_readings"])},
    group_name="module_names",
    kinds={"python"},
    metadata={"airflow/dag_id": "module_names", "airflow/task_id": "summarise"},
)
def summarise(readings: Any) -> Any:
    return clean(readings)


@dg.asset(
    key=["module_names", "publish"],
    ins={"summary": dg.AssetIn(["module_names", "summarise"])},
    group_name="module_names",
    kinds={"python"},
    metadata={"airflow/dag_id": "module_names", "airflow/task_id": "publish"},
)
@airflow_task(on_failure_callback=Alerts.failed, dag=airflow_dag, task_id="publish")
def publish(summary: Any) -> Any:
    # The folder is the same for all stations.
    places.make(places.FOLDER)
    return f"{places.FOLDER}/{shorten(summary)}{WIDTHS}"


job = dg.define_asset_job(
    "module_names",
    selection=dg.AssetSelection.groups("module_names"),
    tags={"airflow/dag_id": "module_names"},
)
