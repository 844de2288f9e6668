"""Airflow DAG `mapped_template_files` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `mapped` is mapped.
"""

from ...airflow_compat.exceptions import UnfinishedTaskError
from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("mapped_template_files", airflow="2", group_name="mapped_template_files")


@airflow_graph.task()
def mapped() -> None:
    raise UnfinishedTaskError("A2D307: `sql` names the file 'clean.sql', which is not in the given folders")


assets = airflow_graph.assets()

job = airflow_graph.job("mapped_template_files")
