"""Airflow DAG `before_the_last` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: the first task that fails stops the others.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("before_the_last", airflow="3", fail_fast=True, group_name="before_the_last")


@airflow_graph.task(kinds={"python"})
def good() -> Any:
    return 1


@airflow_graph.task(upstream=["good"], kinds={"python"})
def bad() -> None:
    raise ValueError("bad")


@airflow_graph.task(upstream=["bad"], kinds={"python"})
def last() -> Any:
    return 3


assets = airflow_graph.assets()

job = airflow_graph.job("before_the_last")
