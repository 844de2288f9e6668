"""Airflow DAG `shared_with_another` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `go` decides which tasks run after it.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("shared_with_another", airflow="3", group_name="shared_with_another")


@airflow_graph.task(kind="short_circuit", kinds={"python"})
def go() -> Any:
    return False


@airflow_graph.task()
def beside() -> None:
    pass


@airflow_graph.task(upstream=["beside", "go"])
def join() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("shared_with_another")
