"""Airflow DAG `unfinished_tasks` (dag.py) as Dagster assets.

No schedule, as in Airflow. Outcome graph: `tidy` (all_done) looks at how other tasks ended; `choose` decides
which tasks run after it; 5 more tasks likewise.
"""

from typing import Any

from ...airflow_compat.exceptions import UnfinishedTaskError
from ...airflow_compat.graph import AirflowGraph
from ...airflow_compat.mapping import task_output

airflow_graph = AirflowGraph("unfinished_tasks", airflow="3", group_name="unfinished_tasks")

airflow_graph.mapped_task_group("each", expand={"number": task_output("numbers")})


@airflow_graph.task(kind="branch", kinds={"python"})
def choose() -> Any:
    return "load"


@airflow_graph.task(upstream=["choose"], retries=3)
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
    task_groups=["each"],
    group_arguments=["number"],
    kinds={"python"},
)
def each__double(number: Any) -> Any:
    return 2 * number


@airflow_graph.task(upstream=["each.add", "each.double"], trigger_rule="none_failed")
def summary() -> None:
    pass


@airflow_graph.task(kinds={"python"})
def hosts() -> Any:
    return [{"bash_command": "hostname"}, {"bash_command": "uptime", "cwd": "/"}]


@airflow_graph.task(upstream=["hosts"])
def by_host() -> None:
    raise UnfinishedTaskError(
        "A2D403: Which arguments `expand_kwargs` gives `by_host` is not known before the run"
    )


@airflow_graph.task(upstream=["tidy"], trigger_rule="all_done")
def report() -> None:
    raise UnfinishedTaskError(
        "A2D401: When `report` runs is not known: its trigger rule is computed when the file is loaded"
    )


@airflow_graph.task(upstream=["tidy"], trigger_rule="all_done")
def last() -> None:
    raise UnfinishedTaskError("A2D401: When `last` runs is not known: Airflow has no trigger rule 'all_tidy'")


@airflow_graph.task()
def raising() -> None:
    raise UnfinishedTaskError(
        "A2D303: `pre_execute` of `raising` changes its context: context['ti'].task.retries"
    )


assets = airflow_graph.assets()

job = airflow_graph.job("unfinished_tasks")
