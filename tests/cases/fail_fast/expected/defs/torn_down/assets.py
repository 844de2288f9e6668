"""Airflow DAG `torn_down` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: the first task that fails stops the others; `up` is a setup; `down`
is a teardown.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("torn_down", airflow="3", fail_fast=True, group_name="torn_down")


@airflow_graph.task(is_setup=True, kinds={"python"})
def up() -> Any:
    return 1


@airflow_graph.task(upstream=["up"], kinds={"python"})
def work() -> None:
    raise ValueError("work")


@airflow_graph.task(upstream=["work"], kinds={"python"})
def after() -> Any:
    return 3


@airflow_graph.task(
    upstream=["after", "up"],
    is_teardown=True,
    kinds={"python"},
)
def down() -> Any:
    return 2


assets = airflow_graph.assets()

job = airflow_graph.job("torn_down")
