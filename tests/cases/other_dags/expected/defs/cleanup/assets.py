"""Airflow DAG `cleanup` (dag.py) as Dagster assets.

Not partitioned: no task reads its dates. Outcome graph: `always` (all_done) looks at how other tasks ended.
"""

import dagster as dg

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("cleanup", airflow="3", group_name="cleanup")


@airflow_graph.task()
def collect() -> None:
    pass


@airflow_graph.task(upstream=["collect"], trigger_rule="all_done")
def always() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("cleanup")
schedule = dg.ScheduleDefinition(
    name="cleanup_schedule", job=job, cron_schedule="0 0 * * *", execution_timezone="UTC"
)
