"""Airflow DAG `latest` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Optional outputs: what `only` leaves out ends without a value, and
so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen, is_latest
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

airflow_dag = AirflowDag(dag_id="latest", airflow="3", cron="0 * * * *", data_intervals=False)


@dg.asset(
    key=["latest", "only"],
    group_name="latest",
    metadata={"airflow/dag_id": "latest", "airflow/task_id": "only"},
)
@branch("a", airflow="3")
def only(context: dg.AssetExecutionContext) -> Any:
    return ["a"] if is_latest(airflow_dag, context) else []


@dg.asset(
    key=["latest", "a"],
    ins={"only": dg.AssetIn(["latest", "only"])},
    group_name="latest",
    output_required=False,
    metadata={"airflow/dag_id": "latest", "airflow/task_id": "a"},
)
@airflow_task()
@chosen("a", by="only")
def a() -> None:
    pass


@dg.asset(
    key=["latest", "b"],
    deps=[["latest", "a"]],
    group_name="latest",
    metadata={"airflow/dag_id": "latest", "airflow/task_id": "b"},
)
def b() -> None:
    pass


job = dg.define_asset_job(
    "latest", selection=dg.AssetSelection.groups("latest"), tags={"airflow/dag_id": "latest"}
)
schedule = dg.ScheduleDefinition(
    name="latest_schedule", job=job, cron_schedule="0 * * * *", execution_timezone="UTC"
)
