"""Airflow DAG `decision_by_day` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `by_day` decides which tasks run after it;
`choose` decides which tasks run after it; 2 more tasks likewise.
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

airflow_dag = AirflowDag(dag_id="decision_by_day", airflow="3", cron="0 0 * * *", data_intervals=False)

airflow_graph = AirflowGraph(
    "decision_by_day",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="decision_by_day",
    partitions_def=intervals,
)


@airflow_graph.task(kind="branch")
def by_day(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="by_day")
    return "weekend" if airflow["logical_date"].isoweekday() in {6, 7} else ["weekday"]


@airflow_graph.task(upstream=["by_day"])
def weekend() -> None:
    pass


@airflow_graph.task(upstream=["by_day"])
def weekday() -> None:
    pass


@airflow_graph.task(kind="branch", kinds={"python"})
def choose(context: dg.OpExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return "small" if ds < "2024-06-01" else "large"


@airflow_graph.task(upstream=["choose"])
def small() -> None:
    pass


@airflow_graph.task(upstream=["choose"])
def large() -> None:
    pass


@airflow_graph.task(
    kind="short_circuit",
    ignore_downstream_trigger_rules=False,
    kinds={"python"},
)
def open_today(context: dg.OpExecutionContext) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return ds[-2:] != "01"


@airflow_graph.task(upstream=["open_today"])
def sell() -> None:
    pass


@airflow_graph.task(upstream=["sell"], trigger_rule="all_done")
def close() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("decision_by_day")
schedule = dg.build_schedule_from_partitioned_job(job, name="decision_by_day_schedule")
