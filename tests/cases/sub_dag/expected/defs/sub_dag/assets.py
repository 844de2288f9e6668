"""Airflow DAG `sub_dag` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `end` (all_done) looks at how other tasks ended.
"""

from ...airflow_compat.exceptions import UnfinishedTaskError
from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("sub_dag", airflow="2", group_name="sub_dag")


@airflow_graph.task()
def section() -> None:
    raise UnfinishedTaskError("A2D402: It runs a DAG of its own as one task: make its tasks a task group.")


@airflow_graph.task(upstream=["section"], trigger_rule="all_done")
def end() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("sub_dag")
