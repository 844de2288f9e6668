"""Airflow DAG `decision` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Optional outputs: what `branch` or `has_rows` or `latest` or
`open` leaves out ends without a value, and so does what comes after it.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.branches import branch, chosen, is_latest, short_circuit
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.task import airflow_task

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="decision", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["decision", "branch"],
    group_name="decision",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "branch"},
)
@branch("daily", "weekly", airflow="3")
def branch_asset(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="branch")
    logical_date = airflow["logical_date"]
    return "weekly" if logical_date.weekday() == 0 else "daily"


@dg.asset(
    key=["decision", "weekly"],
    ins={"branch": dg.AssetIn(["decision", "branch"])},
    group_name="decision",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "weekly"},
)
@airflow_task()
@chosen("weekly", by="branch")
def weekly() -> None:
    pass


@dg.asset(
    key=["decision", "daily"],
    ins={"branch": dg.AssetIn(["decision", "branch"])},
    group_name="decision",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "daily"},
)
@airflow_task()
@chosen("daily", by="branch")
def daily() -> None:
    pass


@dg.asset(
    key=["decision", "has_rows"],
    group_name="decision",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "has_rows"},
)
@short_circuit("load", airflow="3")
def has_rows() -> Any:
    return False


@dg.asset(
    key=["decision", "load"],
    ins={"has_rows": dg.AssetIn(["decision", "has_rows"])},
    group_name="decision",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "load"},
)
@airflow_task()
@chosen("load", by="has_rows")
def load() -> None:
    pass


@dg.asset(
    key=["decision", "open"],
    group_name="decision",
    partitions_def=intervals,
    kinds={"python"},
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "open"},
)
@short_circuit("serve", airflow="3")
def open_() -> Any:
    return True


@dg.asset(
    key=["decision", "serve"],
    ins={"open_": dg.AssetIn(["decision", "open"])},
    group_name="decision",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "serve"},
)
@airflow_task()
@chosen("serve", by="open_")
def serve() -> None:
    pass


@dg.asset(
    key=["decision", "latest"],
    group_name="decision",
    partitions_def=intervals,
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "latest"},
)
@branch("refresh", airflow="3")
def latest(context: dg.AssetExecutionContext) -> Any:
    return ["refresh"] if is_latest(airflow_dag, context) else []


@dg.asset(
    key=["decision", "refresh"],
    ins={"latest": dg.AssetIn(["decision", "latest"])},
    group_name="decision",
    partitions_def=intervals,
    output_required=False,
    metadata={"airflow/dag_id": "decision", "airflow/task_id": "refresh"},
)
@airflow_task()
@chosen("refresh", by="latest")
def refresh() -> None:
    pass


job = dg.define_asset_job(
    "decision", selection=dg.AssetSelection.groups("decision"), tags={"airflow/dag_id": "decision"}
)
schedule = dg.build_schedule_from_partitioned_job(job, name="decision_schedule")
