"""Airflow DAG `decision_by_query` (dag.py) as Dagster assets.

No schedule, as in Airflow. Optional outputs: what `by_query` leaves out ends without a value, and so does
what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen, truth
from ...airflow_compat.task import airflow_task
from ..resources import SqlResource


@dg.asset(
    key=["decision_by_query", "by_query"],
    group_name="decision_by_query",
    kinds={"sql"},
    metadata={"airflow/dag_id": "decision_by_query", "airflow/task_id": "by_query"},
)
@branch("none", "some", airflow="3", do_xcom_push=False)
def by_query(warehouse: SqlResource) -> Any:
    return "some" if truth(warehouse.get_first("SELECT COUNT(*) FROM orders")) else "none"


@dg.asset(
    key=["decision_by_query", "some"],
    ins={"by_query": dg.AssetIn(["decision_by_query", "by_query"])},
    group_name="decision_by_query",
    output_required=False,
    metadata={"airflow/dag_id": "decision_by_query", "airflow/task_id": "some"},
)
@airflow_task()
@chosen("some", by="by_query")
def some() -> None:
    pass


@dg.asset(
    key=["decision_by_query", "none"],
    ins={"by_query": dg.AssetIn(["decision_by_query", "by_query"])},
    group_name="decision_by_query",
    output_required=False,
    metadata={"airflow/dag_id": "decision_by_query", "airflow/task_id": "none"},
)
@airflow_task()
@chosen("none", by="by_query")
def none() -> None:
    pass


job = dg.define_asset_job(
    "decision_by_query",
    selection=dg.AssetSelection.groups("decision_by_query"),
    tags={"airflow/dag_id": "decision_by_query"},
)
