"""Airflow DAG `unfinished_tasks` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `tidy` (all_done) looks at how other tasks ended; `choose` decides
which tasks run after it; 5 more tasks likewise.
"""

from typing import Any

from ...airflow_compat.exceptions import UnfinishedTaskError
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output


def double(number: int) -> int:
    return 2 * number


airflow_graph = AirflowGraph("unfinished_tasks", airflow="3", group_name="unfinished_tasks")

airflow_graph.mapped_task_group("each", expand={"number": task_output("numbers")})


@airflow_graph.task(kind="branch", kinds={"python"})
def choose() -> Any:
    return "load"


@airflow_graph.task(
    upstream=["choose"],
    retries=3,
    retry_delay=300,
)
def load() -> None:
    raise UnfinishedTaskError(
        "A2D307: `bash_command` names the file 'load.sh', which is not in the given folders"
    )


@airflow_graph.task(upstream=["choose"])
def nothing() -> None:
    pass


@airflow_graph.task(upstream=["load", "nothing"], trigger_rule="all_done")
def tidy() -> None:
    pass


@airflow_graph.task(kinds={"python"})
def numbers() -> list:
    return [1, 2]


@airflow_graph.task(
    task_id="each.add",
    upstream=["numbers"],
    task_groups=["each"],
)
def each__add() -> None:
    raise UnfinishedTaskError("A2D403: `each.add` is mapped inside something that is mapped")


@airflow_graph.task(
    task_id="each.double",
    upstream=["numbers"],
    task_groups=["each"],
    group_arguments={"number_2": "number"},
    kinds={"python"},
)
def each__double(number_2: Any) -> Any:
    return double(number=number_2)


@airflow_graph.task(upstream=["each.add", "each.double"], trigger_rule="none_failed")
def summary() -> None:
    pass


@airflow_graph.task(multiple_outputs=True, kinds={"python"})
def parts() -> dict:
    return {"days": ["monday"], "count": 1}


@airflow_graph.task(upstream=["parts"])
def by_day() -> None:
    raise UnfinishedTaskError("A2D403: `by_day` is mapped over the key 'days' of `parts` to expand over")


@airflow_graph.task(upstream=["tidy"], trigger_rule="all_done")
def report() -> None:
    raise UnfinishedTaskError(
        "A2D401: When `report` runs is not known: its trigger rule is computed when the file is loaded"
    )


@airflow_graph.task(upstream=["tidy"], trigger_rule="all_done")
def last() -> None:
    raise UnfinishedTaskError("A2D401: When `last` runs is not known: Airflow has no trigger rule 'all_tidy'")


assets = airflow_graph.assets()

job = airflow_graph.job("unfinished_tasks")
