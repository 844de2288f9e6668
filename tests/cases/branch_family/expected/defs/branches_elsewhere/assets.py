"""Airflow DAG `branches_elsewhere` (dag.py) as Dagster assets.

No schedule, as in Airflow. Optional outputs: what `decorated` or `outside` leaves out ends without a value,
and so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen
from ...airflow_compat.task import airflow_task


@dg.asset(
    key=["branches_elsewhere", "outside"],
    group_name="branches_elsewhere",
    kinds={"python"},
    metadata={"airflow/dag_id": "branches_elsewhere", "airflow/task_id": "outside"},
)
@branch("left", "right", airflow="3")
def outside() -> Any:
    return "left"


@dg.asset(
    key=["branches_elsewhere", "left"],
    ins={"outside": dg.AssetIn(["branches_elsewhere", "outside"])},
    group_name="branches_elsewhere",
    output_required=False,
    metadata={"airflow/dag_id": "branches_elsewhere", "airflow/task_id": "left"},
)
@airflow_task()
@chosen("left", by="outside")
def left() -> None:
    pass


@dg.asset(
    key=["branches_elsewhere", "right"],
    ins={"outside": dg.AssetIn(["branches_elsewhere", "outside"])},
    group_name="branches_elsewhere",
    output_required=False,
    metadata={"airflow/dag_id": "branches_elsewhere", "airflow/task_id": "right"},
)
@airflow_task()
@chosen("right", by="outside")
def right() -> None:
    pass


@dg.asset(
    key=["branches_elsewhere", "decorated"],
    group_name="branches_elsewhere",
    kinds={"python"},
    metadata={"airflow/dag_id": "branches_elsewhere", "airflow/task_id": "decorated"},
)
@branch("decorated_in", "decorated_out", airflow="3")
def decorated() -> Any:
    return ["decorated_in"]


@dg.asset(
    key=["branches_elsewhere", "decorated_in"],
    ins={"decorated": dg.AssetIn(["branches_elsewhere", "decorated"])},
    group_name="branches_elsewhere",
    output_required=False,
    metadata={"airflow/dag_id": "branches_elsewhere", "airflow/task_id": "decorated_in"},
)
@airflow_task()
@chosen("decorated_in", by="decorated")
def decorated_in() -> None:
    pass


@dg.asset(
    key=["branches_elsewhere", "decorated_out"],
    ins={"decorated": dg.AssetIn(["branches_elsewhere", "decorated"])},
    group_name="branches_elsewhere",
    output_required=False,
    metadata={"airflow/dag_id": "branches_elsewhere", "airflow/task_id": "decorated_out"},
)
@airflow_task()
@chosen("decorated_out", by="decorated")
def decorated_out() -> None:
    pass


job = dg.define_asset_job(
    "branches_elsewhere",
    selection=dg.AssetSelection.groups("branches_elsewhere"),
    tags={"airflow/dag_id": "branches_elsewhere"},
)
