"""Airflow DAG `groups_known_when_run` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg


def measure(stations, limit):
    return [f"{name}: {limit}" for name in stations]


@dg.asset(
    key=["groups_known_when_run", "measure_north"],
    group_name="groups_known_when_run",
    metadata={"airflow/dag_id": "groups_known_when_run", "airflow/task_id": "measure_north"},
)
def measure_north() -> None:
    raise NotImplementedError("A2D304: `measure` needs elements known at run time only")


@dg.asset(
    key=["groups_known_when_run", "measure_south"],
    group_name="groups_known_when_run",
    metadata={"airflow/dag_id": "groups_known_when_run", "airflow/task_id": "measure_south"},
)
def measure_south() -> None:
    raise NotImplementedError("A2D304: `measure` needs elements known at run time only")


@dg.asset(
    key=["groups_known_when_run", "limits"],
    group_name="groups_known_when_run",
    metadata={"airflow/dag_id": "groups_known_when_run", "airflow/task_id": "limits"},
)
def limits_task() -> None:
    raise NotImplementedError("A2D304: `measure` needs elements known at run time only")


@dg.asset(
    key=["groups_known_when_run", "names"],
    group_name="groups_known_when_run",
    kinds={"python"},
    metadata={"airflow/dag_id": "groups_known_when_run", "airflow/task_id": "names"},
)
def names() -> Any:
    return measure(stations=["port"], limit=2)


job = dg.define_asset_job(
    "groups_known_when_run",
    selection=dg.AssetSelection.groups("groups_known_when_run"),
    tags={"airflow/dag_id": "groups_known_when_run"},
)
