"""Airflow DAG `beside_others` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: the first task that fails stops the others.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("beside_others", airflow="3", fail_fast=True, group_name="beside_others")


@airflow_graph.task(kinds={"python"})
def a() -> Any:
    return 1


@airflow_graph.task(inputs={"value": "a"}, kinds={"python"})
def z(value: Any) -> Any:
    return value


@airflow_graph.task(kinds={"python"})
def b() -> None:
    raise ValueError("b")


@airflow_graph.task(upstream=["b"], kinds={"python"})
def c() -> Any:
    return 3


assets = airflow_graph.assets()

job = airflow_graph.job("beside_others")
