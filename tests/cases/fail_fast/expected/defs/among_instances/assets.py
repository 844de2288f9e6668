"""Airflow DAG `among_instances` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: the first task that fails stops the others; `one` is mapped;
`other` is mapped.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output

airflow_graph = AirflowGraph("among_instances", airflow="3", fail_fast=True, group_name="among_instances")


@airflow_graph.task(kinds={"python"})
def listed() -> Any:
    return [1, 2, 3]


@airflow_graph.task(expand={"number": task_output("listed")}, kinds={"python"})
def one(number: Any) -> Any:
    if number == 2:
        raise ValueError("two")
    return number


@airflow_graph.task(inputs={"numbers": "one"}, kinds={"python"})
def total(numbers: Any) -> Any:
    return sum(numbers)


@airflow_graph.task(expand={"number": task_output("listed")}, kinds={"python"})
def other(number: Any) -> Any:
    return number


assets = airflow_graph.assets()

job = airflow_graph.job("among_instances")
