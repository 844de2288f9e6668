"""Airflow DAG `airflow_only_context` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Plain assets, for its trigger rules decide as all_success does, or a
person must finish it.
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
    key=["airflow_only_context", "choice"],
    deps=[["airflow_only_context", "last_event"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "choice"},
)
def choice() -> None:
    raise NotImplementedError(
        "A2D402: The first value of its query says which of two lists of tasks runs next. Directly downstream: clean, told."
    )


@dg.asset(
    key=["airflow_only_context", "clean"],
    deps=[["airflow_only_context", "choice"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "clean"},
)
def clean() -> None:
    raise NotImplementedError(
        "A2D307: `bash_command` names the file 'clean_up.sh', which is not in the given folders"
    )


@dg.asset(
    key=["airflow_only_context", "told"],
    deps=[["airflow_only_context", "choice"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "told"},
)
def told() -> None:
    pass


@dg.asset(
    key=["airflow_only_context", "close"],
    deps=[["airflow_only_context", "clean"], ["airflow_only_context", "told"]],
    group_name="airflow_only_context",
    metadata={"airflow/dag_id": "airflow_only_context", "airflow/task_id": "close"},
)
def close() -> None:
    raise NotImplementedError("A2D409: `close` is a teardown, which runs whatever happened before it")


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
