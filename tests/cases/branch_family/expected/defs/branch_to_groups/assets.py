"""Airflow DAG `branch_to_groups` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `to_group` decides which tasks run after it; `last`
(none_failed_min_one_success) looks at how other tasks ended.
"""

from typing import Any

from ...airflow_compat.graph import AirflowGraph

airflow_graph = AirflowGraph("branch_to_groups", airflow="3", group_name="branch_to_groups")


@airflow_graph.task(kind="branch", kinds={"python"})
def to_group() -> Any:
    return ["outer.inner", "alone"]


@airflow_graph.task(
    task_id="outer.first",
    upstream=["to_group"],
    task_groups=["outer"],
)
def outer__first() -> None:
    pass


@airflow_graph.task(
    task_id="outer.inner.start",
    upstream=["to_group"],
    task_groups=["outer", "outer.inner"],
)
def outer__inner__start() -> None:
    pass


@airflow_graph.task(
    task_id="outer.inner.other",
    upstream=["to_group"],
    task_groups=["outer", "outer.inner"],
)
def outer__inner__other() -> None:
    pass


@airflow_graph.task(
    task_id="outer.inner.end",
    upstream=["outer.inner.start"],
    task_groups=["outer", "outer.inner"],
)
def outer__inner__end() -> None:
    pass


@airflow_graph.task(upstream=["to_group"])
def alone() -> None:
    pass


@airflow_graph.task(upstream=["to_group"])
def never() -> None:
    pass


@airflow_graph.task(upstream=["alone", "outer.first"], trigger_rule="none_failed_min_one_success")
def last() -> None:
    pass


assets = airflow_graph.assets()

job = airflow_graph.job("branch_to_groups")
