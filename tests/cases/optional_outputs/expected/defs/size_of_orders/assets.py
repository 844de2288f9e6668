"""Airflow DAG `size_of_orders` (dag.py) as Dagster assets.

No schedule, as in Airflow. Optional outputs: what `size` leaves out ends without a value, and so does what
comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.branches import branch, chosen
from ...airflow_compat.task import airflow_task


@dg.asset(
    key=["size_of_orders", "first"],
    group_name="size_of_orders",
    kinds={"python"},
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "first"},
)
def first() -> int:
    return 3


@dg.asset(
    key=["size_of_orders", "size"],
    deps=[["size_of_orders", "first"]],
    description="Where an order goes.",
    group_name="size_of_orders",
    kinds={"python"},
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "size"},
)
@branch("large.review", "note", "small", airflow="3")
def size() -> Any:
    size = 5
    if size > 100:
        return "large.review"
    return ["small", "note"] if size else None


@dg.asset(
    key=["size_of_orders", "large.review"],
    ins={"size": dg.AssetIn(["size_of_orders", "size"])},
    group_name="size_of_orders",
    output_required=False,
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "large.review"},
)
@airflow_task()
@chosen("large.review", by="size")
def large__review() -> None:
    pass


@dg.asset(
    key=["size_of_orders", "large.approve"],
    deps=[["size_of_orders", "large.review"]],
    group_name="size_of_orders",
    kinds={"bash"},
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "large.approve"},
)
def large__approve() -> str:
    return run_bash("echo approved")


@dg.asset(
    key=["size_of_orders", "small"],
    ins={"size": dg.AssetIn(["size_of_orders", "size"])},
    group_name="size_of_orders",
    output_required=False,
    kinds={"python"},
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "small"},
)
@airflow_task()
@chosen("small", by="size")
def small() -> int:
    return 1


@dg.asset(
    key=["size_of_orders", "note"],
    ins={"size": dg.AssetIn(["size_of_orders", "size"])},
    group_name="size_of_orders",
    output_required=False,
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "note"},
)
@airflow_task()
@chosen("note", by="size")
def note() -> None:
    pass


@dg.asset(
    key=["size_of_orders", "double"],
    ins={"count": dg.AssetIn(["size_of_orders", "small"])},
    group_name="size_of_orders",
    kinds={"python"},
    metadata={"airflow/dag_id": "size_of_orders", "airflow/task_id": "double"},
)
def double(count: Any) -> Any:
    return 2 * count


job = dg.define_asset_job(
    "size_of_orders",
    selection=dg.AssetSelection.groups("size_of_orders"),
    tags={"airflow/dag_id": "size_of_orders"},
)
