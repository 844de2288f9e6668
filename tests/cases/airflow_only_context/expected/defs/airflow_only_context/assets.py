"""Airflow DAG `airflow_only_context` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Outcome graph: `choice` decides which tasks run after it; `close` is
a teardown.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.branches import truth
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.exceptions import UnfinishedTaskError
from ...airflow_compat.files import DAG_FILES
from ...airflow_compat.graph import AirflowGraph
from ..resources import SqlResource

HERE = DAG_FILES


def list_it(asset_state_store=None):
    return f"ls {(DAG_FILES / 'dag.py').name} {asset_state_store}"


airflow_dag = AirflowDag(dag_id="airflow_only_context", airflow="3", cron="0 0 * * *", data_intervals=False)

airflow_graph = AirflowGraph(
    "airflow_only_context", airflow="3", airflow_dag=airflow_dag, group_name="airflow_only_context"
)


@airflow_graph.task(kinds={"python"})
def last_event(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="last_event")
    inlet_events = airflow["inlet_events"]
    return str(inlet_events)


@airflow_graph.task(kinds={"python"})
def beside_the_file() -> Any:
    return [(HERE / "tables.json").exists(), (DAG_FILES / "dag.py").name]


@airflow_graph.task(task_id="list_it", kinds={"bash"})
def list_it_asset(context: dg.OpExecutionContext) -> str:
    airflow = airflow_dag.context(context, task_id="list_it")
    return run_bash(list_it(asset_state_store=airflow["asset_state_store"]))


@airflow_graph.task(
    upstream=["beside_the_file", "last_event", "list_it"],
    kind="branch",
    do_xcom_push=False,
    kinds={"sql"},
)
def choice(warehouse: SqlResource) -> Any:
    return ["clean"] if truth(warehouse.get_first("SELECT 1")) else ["told"]


@airflow_graph.task(upstream=["choice"])
def clean() -> None:
    raise UnfinishedTaskError(
        "A2D307: `bash_command` names the file 'clean_up.sh', which is not in the given folders"
    )


@airflow_graph.task(upstream=["choice"])
def told() -> None:
    pass


@airflow_graph.task(
    upstream=["clean", "told"],
    is_teardown=True,
    kinds={"python"},
)
def close() -> None:
    print("closed")


@airflow_graph.task(upstream=["clean"])
def archive() -> None:
    pass


@airflow_graph.task(upstream=["clean"])
def regions() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("airflow_only_context")
schedule = dg.ScheduleDefinition(
    name="airflow_only_context_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
