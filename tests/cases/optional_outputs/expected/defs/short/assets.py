"""Airflow DAG `short` (dag.py) as Dagster assets.

No schedule, as in Airflow. Optional outputs: what `any_rows` or `nested` leaves out ends without a value, and
so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import chosen, short_circuit
from ...airflow_compat.task import airflow_task


@dg.asset(
    key=["short", "any_rows"],
    group_name="short",
    kinds={"python"},
    metadata={"airflow/dag_id": "short", "airflow/task_id": "any_rows"},
)
@short_circuit("load", airflow="3")
def any_rows() -> Any:
    return False


@dg.asset(
    key=["short", "load"],
    ins={"any_rows": dg.AssetIn(["short", "any_rows"])},
    group_name="short",
    output_required=False,
    metadata={"airflow/dag_id": "short", "airflow/task_id": "load"},
)
@airflow_task()
@chosen("load", by="any_rows")
def load() -> None:
    pass


@dg.asset(
    key=["short", "nested"],
    deps=[["short", "load"]],
    group_name="short",
    kinds={"python"},
    metadata={"airflow/dag_id": "short", "airflow/task_id": "nested"},
)
@short_circuit("tell", airflow="3")
def nested() -> Any:
    return True


@dg.asset(
    key=["short", "tell"],
    ins={"nested": dg.AssetIn(["short", "nested"])},
    group_name="short",
    output_required=False,
    metadata={"airflow/dag_id": "short", "airflow/task_id": "tell"},
)
@airflow_task()
@chosen("tell", by="nested")
def tell() -> None:
    pass


job = dg.define_asset_job(
    "short", selection=dg.AssetSelection.groups("short"), tags={"airflow/dag_id": "short"}
)
