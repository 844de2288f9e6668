"""Airflow DAG `branches_in_virtualenvs` (dag.py) as Dagster assets.

No schedule, as in Airflow. Optional outputs: what `decorated_inside` or `inside` leaves out ends without a
value, and so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen
from ...airflow_compat.task import airflow_task


@dg.asset(
    key=["branches_in_virtualenvs", "inside"],
    group_name="branches_in_virtualenvs",
    kinds={"python"},
    metadata={"airflow/dag_id": "branches_in_virtualenvs", "airflow/task_id": "inside"},
)
@branch("inside_in", "inside_out", airflow="3")
def inside() -> Any:
    return "inside_in"


@dg.asset(
    key=["branches_in_virtualenvs", "inside_in"],
    ins={"inside": dg.AssetIn(["branches_in_virtualenvs", "inside"])},
    group_name="branches_in_virtualenvs",
    output_required=False,
    metadata={"airflow/dag_id": "branches_in_virtualenvs", "airflow/task_id": "inside_in"},
)
@airflow_task()
@chosen("inside_in", by="inside")
def inside_in() -> None:
    pass


@dg.asset(
    key=["branches_in_virtualenvs", "inside_out"],
    ins={"inside": dg.AssetIn(["branches_in_virtualenvs", "inside"])},
    group_name="branches_in_virtualenvs",
    output_required=False,
    metadata={"airflow/dag_id": "branches_in_virtualenvs", "airflow/task_id": "inside_out"},
)
@airflow_task()
@chosen("inside_out", by="inside")
def inside_out() -> None:
    pass


@dg.asset(
    key=["branches_in_virtualenvs", "decorated_inside"],
    group_name="branches_in_virtualenvs",
    kinds={"python"},
    metadata={"airflow/dag_id": "branches_in_virtualenvs", "airflow/task_id": "decorated_inside"},
)
@branch("decorated_inside_in", "decorated_inside_out", airflow="3")
def decorated_inside() -> Any:
    return None


@dg.asset(
    key=["branches_in_virtualenvs", "decorated_inside_in"],
    ins={"decorated_inside": dg.AssetIn(["branches_in_virtualenvs", "decorated_inside"])},
    group_name="branches_in_virtualenvs",
    output_required=False,
    metadata={"airflow/dag_id": "branches_in_virtualenvs", "airflow/task_id": "decorated_inside_in"},
)
@airflow_task()
@chosen("decorated_inside_in", by="decorated_inside")
def decorated_inside_in() -> None:
    pass


@dg.asset(
    key=["branches_in_virtualenvs", "decorated_inside_out"],
    ins={"decorated_inside": dg.AssetIn(["branches_in_virtualenvs", "decorated_inside"])},
    group_name="branches_in_virtualenvs",
    output_required=False,
    metadata={"airflow/dag_id": "branches_in_virtualenvs", "airflow/task_id": "decorated_inside_out"},
)
@airflow_task()
@chosen("decorated_inside_out", by="decorated_inside")
def decorated_inside_out() -> None:
    pass


job = dg.define_asset_job(
    "branches_in_virtualenvs",
    selection=dg.AssetSelection.groups("branches_in_virtualenvs"),
    tags={"airflow/dag_id": "branches_in_virtualenvs"},
)
