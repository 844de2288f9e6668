"""Airflow DAG `outcome_graph` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `load` is mapped; `check.rows` is mapped; 4 more
tasks likewise.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_graph = AirflowGraph(
    "outcome_graph", airflow="3", group_name="outcome_graph", partitions_def=intervals
)

airflow_graph.mapped_task_group("check", expand={"table": task_output("tables")})


@airflow_graph.task(kinds={"python"})
def tables() -> list:
    return ["orders", "items"]


@airflow_graph.task(
    retries=1,
    expand={"table": task_output("tables")},
    kinds={"python"},
)
def load(context: dg.OpExecutionContext, table: Any) -> int:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    day = ds
    return len(table + day)


@airflow_graph.task(inputs={"counts": "load"}, kinds={"python"})
def total(counts: Any) -> Any:
    return sum(counts)


@airflow_graph.task(
    task_id="check.rows",
    task_groups=["check"],
    group_arguments=["table"],
    kinds={"python"},
)
def check__rows(table: Any) -> int:
    name = table
    return len(name)


@airflow_graph.task(is_setup=True, kinds={"bash"})
def start() -> str:
    return run_bash("echo up")


@airflow_graph.task(upstream=["start"])
def work() -> None:
    pass


@airflow_graph.task(
    upstream=["start", "work"],
    is_teardown=True,
    kinds={"bash"},
)
def stop() -> str:
    return run_bash("echo down")


@airflow_graph.task(upstream=["total"], trigger_rule="one_failed")
def alarm() -> None:
    pass


@airflow_graph.task(upstream=["total"], trigger_rule="all_done")
def always() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("outcome_graph")
schedule = dg.build_schedule_from_partitioned_job(job, name="outcome_graph_schedule")
