"""Airflow DAG `airflow_only_context` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets: every trigger rule is all_success and nothing
branches.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag

airflow_dag = AirflowDag(dag_id="airflow_only_context", airflow="3", cron="0 0 * * *", data_intervals=False)


@dg.asset(
    key=["airflow_only_context", "last_event"],
    group_name="airflow_only_context",
    kinds={"python"},
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "last_event"},
)
def last_event(context: dg.AssetExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="last_event")
    inlet_events = airflow["inlet_events"]
    return str(inlet_events)


@dg.asset(
    key=["airflow_only_context", "clean"],
    deps=[["airflow_only_context", "last_event"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "clean"},
)
def clean() -> None:
    raise NotImplementedError(
        "A2D307: `bash_command` names the file 'clean_up.sh', which is not in the given folders"
    )


@dg.asset(
    key=["airflow_only_context", "archive"],
    deps=[["airflow_only_context", "clean"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "archive"},
)
def archive() -> None:
    pass


@dg.asset(
    key=["airflow_only_context", "regions"],
    deps=[["airflow_only_context", "clean"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "regions"},
)
def regions() -> None:
    pass


job = dg.define_asset_job(
    "airflow_only_context",
    selection=dg.AssetSelection.groups("airflow_only_context"),
    tags={"airflow/dag_id": "airflow_only_context"},
)
schedule = dg.ScheduleDefinition(
    name="airflow_only_context_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
