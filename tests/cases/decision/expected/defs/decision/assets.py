"""Airflow DAG `decision` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `branch` decides which tasks run after it;
`has_rows` decides which tasks run after it; 2 more tasks likewise.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="decision", airflow="3", cron="0 0 * * *", data_intervals=False)

airflow_graph = AirflowGraph(
    "decision", airflow="3", airflow_dag=airflow_dag, group_name="decision", partitions_def=intervals
)


@airflow_graph.task(kind="branch", kinds={"python"})
def branch(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="branch")
    logical_date = airflow["logical_date"]
    return "weekly" if logical_date.weekday() == 0 else "daily"


@airflow_graph.task(upstream=["branch"])
def weekly() -> None:
    pass


@airflow_graph.task(upstream=["branch"])
def daily() -> None:
    pass


@airflow_graph.task(kind="short_circuit", kinds={"python"})
def has_rows() -> Any:
    return False


@airflow_graph.task(upstream=["has_rows"])
def load() -> None:
    pass


@airflow_graph.task(
    task_id="open",
    kind="short_circuit",
    kinds={"python"},
)
def open_() -> Any:
    return True


@airflow_graph.task(upstream=["open"])
def serve() -> None:
    pass


@airflow_graph.task(kind="latest_only")
def latest() -> None:
    pass


@airflow_graph.task(upstream=["latest"])
def refresh() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("decision")
schedule = dg.build_schedule_from_partitioned_job(job, name="decision_schedule")
