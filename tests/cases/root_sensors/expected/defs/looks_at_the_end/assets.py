"""Airflow DAG `looks_at_the_end` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Outcome graph: `report` (all_done) looks at how other tasks ended.
"""

import dagster as dg

from ...airflow_compat.bash import run_bash
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.sensors import file_exists, poke_until

airflow_graph = AirflowGraph("looks_at_the_end", airflow="2", group_name="looks_at_the_end")


@airflow_graph.task()
def waits() -> None:
    poke_until(lambda: file_exists("/in/orders.csv"))


@airflow_graph.task(
    upstream=["waits"],
    trigger_rule="all_done",
    kinds={"bash"},
)
def report() -> str:
    return run_bash("true")


assets = airflow_graph.assets()

job = airflow_graph.job("looks_at_the_end")
schedule = dg.ScheduleDefinition(
    name="looks_at_the_end_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
