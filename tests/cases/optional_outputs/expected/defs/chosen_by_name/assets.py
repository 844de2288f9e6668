"""Airflow DAG `chosen_by_name` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `which` decides which tasks run after it.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("chosen_by_name", airflow="3", group_name="chosen_by_name")


@airflow_graph.task(kind="branch", kinds={"python"})
def which() -> Any:
    return f"t{1 + 1}"


@airflow_graph.task(upstream=["which"])
def t0() -> None:
    pass


@airflow_graph.task(upstream=["which"])
def t1() -> None:
    pass


@airflow_graph.task(upstream=["which"])
def t2() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("chosen_by_name")
