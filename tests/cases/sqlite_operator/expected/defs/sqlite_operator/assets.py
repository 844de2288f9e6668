"""Airflow DAG `sqlite_operator` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ..resources import SqliteResource, fetch_all


@dg.asset(
    key=["sqlite_operator", "create"],
    group_name="sqlite_operator",
    kinds={"sql", "sqlite"},
    metadata={
        "airflow/dag_id": "sqlite_operator",
        "airflow/task_id": "create",
        "dagster/table_name": "visits",
    },
)
def create(sqlite_default: SqliteResource) -> None:
    sqlite_default.run("CREATE TABLE IF NOT EXISTS visits (day TEXT, visitors INTEGER)")


@dg.asset(
    key=["sqlite_operator", "fill"],
    deps=[["sqlite_operator", "create"]],
    group_name="sqlite_operator",
    kinds={"sql", "sqlite"},
    metadata={"airflow/dag_id": "sqlite_operator", "airflow/task_id": "fill", "dagster/table_name": "visits"},
)
def fill(sqlite_default: SqliteResource) -> None:
    sqlite_default.run("INSERT INTO visits VALUES (?, ?)", parameters=["2023-06-01", 12])


@dg.asset(
    key=["sqlite_operator", "read"],
    deps=[["sqlite_operator", "fill"]],
    group_name="sqlite_operator",
    kinds={"sql", "sqlite"},
    metadata={"airflow/dag_id": "sqlite_operator", "airflow/task_id": "read"},
)
def read(sqlite_default: SqliteResource) -> Any:
    return sqlite_default.run("SELECT * FROM visits", handler=fetch_all)


job = dg.define_asset_job(
    "sqlite_operator",
    selection=dg.AssetSelection.groups("sqlite_operator"),
    tags={"airflow/dag_id": "sqlite_operator"},
)
