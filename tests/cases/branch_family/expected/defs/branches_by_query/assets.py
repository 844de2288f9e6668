"""Airflow DAG `branches_by_query` (dag.py) as Dagster assets.

No schedule, as in Airflow. Optional outputs: what `any_rows` leaves out ends without a value, and so does
what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen, truth
from ...airflow_compat.task import airflow_task
from ..resources import SqlResource


@dg.asset(
    key=["branches_by_query", "any_rows"],
    group_name="branches_by_query",
    kinds={"sql"},
    metadata={"airflow/dag_id": "branches_by_query", "airflow/task_id": "any_rows"},
)
@branch("any_rows_in", "any_rows_out", airflow="3", do_xcom_push=False)
def any_rows(sqlite_default: SqlResource) -> Any:
    return ["any_rows_in"] if truth(sqlite_default.get_first("SELECT 'yes'")) else ["any_rows_out"]


@dg.asset(
    key=["branches_by_query", "any_rows_in"],
    ins={"any_rows": dg.AssetIn(["branches_by_query", "any_rows"])},
    group_name="branches_by_query",
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_query", "airflow/task_id": "any_rows_in"},
)
@airflow_task()
@chosen("any_rows_in", by="any_rows")
def any_rows_in() -> None:
    pass


@dg.asset(
    key=["branches_by_query", "any_rows_out"],
    ins={"any_rows": dg.AssetIn(["branches_by_query", "any_rows"])},
    group_name="branches_by_query",
    output_required=False,
    metadata={"airflow/dag_id": "branches_by_query", "airflow/task_id": "any_rows_out"},
)
@airflow_task()
@chosen("any_rows_out", by="any_rows")
def any_rows_out() -> None:
    pass


job = dg.define_asset_job(
    "branches_by_query",
    selection=dg.AssetSelection.groups("branches_by_query"),
    tags={"airflow/dag_id": "branches_by_query"},
)
