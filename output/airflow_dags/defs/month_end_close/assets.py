"""Airflow DAG `month_end_close` (month_end_close.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `report_trouble` (one_failed) looks at how other
tasks ended; `release_lock` (all_done) looks at how other tasks ended; `closed` (none_failed) looks at how
other tasks ended.
"""

import os
from pathlib import Path
from typing import Any

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph
from ..resources import SqliteResource

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 1 * * *",
    start="2024-03-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="month_end_close", airflow="3", cron="0 1 * * *", data_intervals=False)

airflow_graph = AirflowGraph(
    "month_end_close",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="month_end_close",
    tags={"finance": ""},
    owners=["team:controlling"],
    partitions_def=intervals,
)


@airflow_graph.task(kinds={"bash"})
def take_lock() -> str:
    return run_bash(f"touch {Path(os.environ['EXPORT_DIR'], 'ledger.lock')}")


@airflow_graph.task(upstream=["take_lock"], kinds={"python"})
def check_balance(context: dg.OpExecutionContext, warehouse: SqliteResource) -> Any:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    booked_on = ds
    (difference,) = warehouse.get_first(
        "SELECT ROUND(SUM(debit) - SUM(credit), 2) FROM ledger_entries WHERE booked_on = ?",
        parameters=(booked_on,),
    )
    if difference:
        raise ValueError(f"the ledger is off by {difference} on {booked_on}")
    return difference


@airflow_graph.task(upstream=["take_lock"], kinds={"bash"})
def age_receivables(context: dg.OpExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo aged {ds}")


@airflow_graph.task(upstream=["age_receivables", "check_balance"], kinds={"bash"})
def publish_figures(context: dg.OpExecutionContext) -> str:
    ds = context.partition_time_window.start.strftime("%Y-%m-%d")
    return run_bash(f"echo published {ds}")


@airflow_graph.task(
    upstream=["age_receivables", "check_balance"],
    trigger_rule="one_failed",
    kinds={"bash"},
)
def report_trouble(context: dg.OpExecutionContext) -> str:
    airflow = airflow_dag.context(
        context, task_id="report_trouble", params={"folder": os.environ["EXPORT_DIR"]}
    )
    return run_bash(airflow.render("echo trouble on {{ ds }} | tee -a {{ params.folder }}/trouble.txt"))


@airflow_graph.task(
    upstream=["publish_figures", "report_trouble"],
    trigger_rule="all_done",
    kinds={"bash"},
)
def release_lock() -> str:
    return run_bash(f"rm -f {Path(os.environ['EXPORT_DIR'], 'ledger.lock')} && echo open")


@airflow_graph.task(upstream=["publish_figures"], trigger_rule="none_failed")
def closed() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("month_end_close")
schedule = dg.build_schedule_from_partitioned_job(job, name="month_end_close_schedule")
