"""Airflow DAG `branches_in_virtualenvs` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `inside` decides which tasks run after it; `decorated_inside`
decides which tasks run after it.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("branches_in_virtualenvs", airflow="3", group_name="branches_in_virtualenvs")


@airflow_graph.task(kind="branch", kinds={"python"})
def inside() -> Any:
    return "inside_in"


@airflow_graph.task(upstream=["inside"])
def inside_in() -> None:
    pass


@airflow_graph.task(upstream=["inside"])
def inside_out() -> None:
    pass


@airflow_graph.task(kind="branch", kinds={"python"})
def decorated_inside() -> Any:
    return None


@airflow_graph.task(upstream=["decorated_inside"])
def decorated_inside_in() -> None:
    pass


@airflow_graph.task(upstream=["decorated_inside"])
def decorated_inside_out() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("branches_in_virtualenvs")
