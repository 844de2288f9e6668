"""Airflow DAG `imports_in_functions` (dag.py) as Dagster assets.

No schedule, as in Airflow. Plain assets: every trigger rule is all_success and nothing branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import execute_operator
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

airflow_dag = AirflowDag(dag_id="imports_in_functions", airflow="3")


@dg.asset(
    key=["imports_in_functions", "rated"],
    group_name="imports_in_functions",
    kinds={"python"},
    metadata={"airflow/dag_id": "imports_in_functions", "airflow/task_id": "rated"},
)
def rated_task() -> Any:
    from ...lib.team import rates
    from ...lib.team.prices import gross

    return gross(rates.RATE)


@dg.asset(
    key=["imports_in_functions", "announce"],
    deps=[["imports_in_functions", "rated"]],
    group_name="imports_in_functions",
    output_required=False,
    kinds={"airflow"},
    metadata={"airflow/dag_id": "imports_in_functions", "airflow/task_id": "announce"},
)
@airflow_task()
def announce(context: dg.AssetExecutionContext) -> Any:
    from ...lib.dag_airflow import Announce

    airflow = airflow_dag.context(context, task_id="announce")
    operator = Announce(task_id="announce")
    return execute_operator(operator, airflow)


@dg.asset(
    key=["imports_in_functions", "priced"],
    group_name="imports_in_functions",
    kinds={"python"},
    metadata={"airflow/dag_id": "imports_in_functions", "airflow/task_id": "priced"},
)
def priced() -> Any:
    net = 10
    from ...lib.team import rates
    from ...lib.team.prices import gross

    return [gross(net), rates.RATE]


@dg.asset(
    key=["imports_in_functions", "limited"],
    deps=[["imports_in_functions", "priced"]],
    group_name="imports_in_functions",
    kinds={"python"},
    metadata={"airflow/dag_id": "imports_in_functions", "airflow/task_id": "limited"},
)
def limited() -> Any:
    from ...lib.team import limits

    return limits.limit()


@dg.asset(
    key=["imports_in_functions", "rows"],
    deps=[["imports_in_functions", "limited"]],
    group_name="imports_in_functions",
    kinds={"python"},
    metadata={"airflow/dag_id": "imports_in_functions", "airflow/task_id": "rows"},
)
def rows() -> Any:
    import pandas

    return len(pandas.DataFrame([1, 2]))


job = dg.define_asset_job(
    "imports_in_functions",
    selection=dg.AssetSelection.groups("imports_in_functions"),
    tags={"airflow/dag_id": "imports_in_functions"},
)
