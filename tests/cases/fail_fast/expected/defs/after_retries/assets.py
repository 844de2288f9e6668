"""Airflow DAG `after_retries` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: the first task that fails stops the others.
"""

from typing import Any

import dagster as dg

from ...airflow_compat.dag import AirflowDag
from ...airflow_compat.graph import AirflowGraph

airflow_dag = AirflowDag(dag_id="after_retries", airflow="3")

airflow_graph = AirflowGraph(
    "after_retries", airflow="3", airflow_dag=airflow_dag, fail_fast=True, group_name="after_retries"
)


@airflow_graph.task(retries=1, kinds={"python"})
def flaky(context: dg.OpExecutionContext) -> Any:
    airflow = airflow_dag.context(context, task_id="flaky")
    ti = airflow["ti"]
    if ti.try_number == 1:
        raise ValueError("once")
    return 1


@airflow_graph.task(
    inputs={"value": "flaky"},
    retries=1,
    kinds={"python"},
)
def at_the_end(value: Any) -> Any:
    return value


@airflow_graph.task(retries=1, kinds={"python"})
def never() -> None:
    raise ValueError("never")


assets = airflow_graph.assets()

job = airflow_graph.job("after_retries")
