"""Airflow DAG `branch_of_our_own` (dag.py) as Dagster assets.

Partitioned: its tasks read the data interval. Outcome graph: `parity` decides which tasks run after it;
`report` (none_failed) looks at how other tasks ended.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.bridge import choose_branch
from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph

intervals = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *",
    start="2024-01-01T00:00:00+0000",
    timezone="UTC",
    fmt="%Y-%m-%dT%H:%M:%S%z",
    end_offset=1,
)

airflow_dag = AirflowDag(dag_id="branch_of_our_own", airflow="3", cron="0 0 * * *", data_intervals=False)

airflow_graph = AirflowGraph(
    "branch_of_our_own",
    airflow="3",
    airflow_dag=airflow_dag,
    group_name="branch_of_our_own",
    partitions_def=intervals,
)


@airflow_graph.task(kind="branch", kinds={"airflow"})
def parity(context: dg.OpExecutionContext) -> Any:
    from ...lib.dag_airflow import ByParity

    airflow = airflow_dag.context(context, task_id="parity")
    operator = ByParity(task_id="parity", day="{{ logical_date.day }}")
    return choose_branch(operator, airflow)


@airflow_graph.task(upstream=["parity"])
def even() -> None:
    pass


@airflow_graph.task(upstream=["parity"])
def odd() -> None:
    pass


@airflow_graph.task(upstream=["parity"], trigger_rule="none_failed")
def report() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("branch_of_our_own")
schedule = dg.build_schedule_from_partitioned_job(job, name="branch_of_our_own_schedule")
