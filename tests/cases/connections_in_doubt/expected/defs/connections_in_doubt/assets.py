"""Airflow DAG `connections_in_doubt` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ..resources import HttpResource, PostgresResource, SqlResource, fetch_all


@dg.asset(
    key=["connections_in_doubt", "exported"],
    group_name="connections_in_doubt",
    kinds={"postgres", "sql"},
    metadata={"airflow/dag_id": "connections_in_doubt", "airflow/task_id": "exported"},
)
def exported(sales: PostgresResource) -> Any:
    return sales.run("SELECT 1", handler=fetch_all)


@dg.asset(
    key=["connections_in_doubt", "not_exported"],
    group_name="connections_in_doubt",
    kinds={"sql"},
    metadata={"airflow/dag_id": "connections_in_doubt", "airflow/task_id": "not_exported"},
)
def not_exported(unheard_of: SqlResource) -> Any:
    return unheard_of.run("SELECT 1", handler=fetch_all)


@dg.asset(
    key=["connections_in_doubt", "by_operator"],
    group_name="connections_in_doubt",
    kinds={"http"},
    metadata={"airflow/dag_id": "connections_in_doubt", "airflow/task_id": "by_operator"},
)
def by_operator(rates: HttpResource) -> str:
    return rates.run("latest", method="GET").text


@dg.asset(
    key=["connections_in_doubt", "unknown"],
    group_name="connections_in_doubt",
    metadata={"airflow/dag_id": "connections_in_doubt", "airflow/task_id": "unknown"},
)
def unknown() -> None:
    raise NotImplementedError("A2D506: The connection `conn_id` is not known: it is computed at run time")


job = dg.define_asset_job(
    "connections_in_doubt",
    selection=dg.AssetSelection.groups("connections_in_doubt"),
    tags={"airflow/dag_id": "connections_in_doubt"},
)
