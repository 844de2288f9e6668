"""What code asks of the objects in Airflow's context (`dag`, `task`, `ti`, `dag_run`), and what of it they have here.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#variables
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Code
from ..read import template_nodes as nodes
from ..read.template_names import TASK_INSTANCE_NAMES
from .pen import CannotWriteError, Pen

if TYPE_CHECKING:
    from .shared import Shared
    from .view import View


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HAVE = {
    "dag": _names("dag_id timezone params user_defined_macros user_defined_filters render_template_as_native_obj"),
    "task": _names("task_id dag_id dag retries params render_template"),
    "ti": _names(
        "dag_id task_id run_id try_number max_tries start_date map_index hostname state task dag_run log_url log "
        "execution_date xcom_push xcom_pull get_dagrun"
    ),
    "dag_run": _names(
        "dag_id run_id run_type conf logical_date data_interval_start data_interval_end start_date end_date state "
        "execution_date external_trigger run_after partition_key partition_date"
    ),
}
"""What the runtime's objects have by themselves."""
OF_DAG = _names(
    "start_date end_date description doc_md tags catchup default_args owner fileloc task_ids max_active_runs "
    "schedule_interval"
)
"""What a generated module tells of the DAG where it is asked for."""
OF_TASK: dict[str, am.Value] = {
    "owner": "airflow",
    "email": None,
    "pool": "default_pool",
    "queue": "default",
    "priority_weight": 1,
    "depends_on_past": False,
    "wait_for_downstream": False,
    "retry_delay": dt.timedelta(minutes=5),
    "execution_timeout": None,
    "doc_md": None,
    "doc": None,
}
"""What an asset tells of its task where it is asked for, with what it is unless it is given."""
COMPUTED = _names("upstream_task_ids downstream_task_ids task_type trigger_rule")
INSIDE = {("ti", "task"): "task", ("ti", "dag_run"): "dag_run", ("task", "dag"): "dag"}
"""The objects that are attributes of others."""


def absent(path: Sequence[str], view: View, *, callback: bool = False, escapes: bool = False) -> str | None:
    """The attribute, `dag.filepath`, that the objects have not here; None where they have all that `path` asks for.

    What they only have when they are told of it is noted, for the DAG's constant or for the task's context. The context
    of a callback is told of nothing.
    """
    name, *attributes = path
    name = "ti" if name in TASK_INSTANCE_NAMES else name
    for attribute in attributes:
        if name not in HAVE:
            return None
        if inner := INSIDE.get((name, attribute)):
            name = inner
            continue
        if attribute in HAVE[name] or attribute.startswith("__"):
            return None
        if name == "dag" and attribute in OF_DAG:
            view.shared.asked_of_dag.add(attribute)
            return None
        if name == "task" and not callback and _of_task(attribute, view) is not None:
            return None
        return f"{name}.{attribute}"
    if escapes or len(path) > 1:  # what is asked of it then is not seen
        _tell_all(name, view, callback=callback)
    return None


def _tell_all(name: str, view: View, *, callback: bool) -> None:
    if name == "dag":
        view.shared.asked_of_dag |= OF_DAG
    elif name == "task" and not callback:
        for attribute in (*OF_TASK, *COMPUTED):
            _of_task(attribute, view)


def _of_task(name: str, view: View) -> str | None:
    """The value of an attribute of the task's operator, noted for its context; None where it is not known."""
    task, graph = view.task, view.shared.graph
    argument = task.argument(name)
    value: am.Value
    match name:
        case "upstream_task_ids":
            value = {*graph.predecessors(task.task_id)}
        case "downstream_task_ids":
            value = {*graph.successors(task.task_id)}
        case "task_type":
            value = task.operator
        case "trigger_rule":
            value = task.trigger_rule
        case _ if argument is not None and "{{" not in repr(argument.value):
            value = argument.value
        case _ if argument is None and name in OF_TASK:
            value = OF_TASK[name]
        case _:
            return None
    try:
        text = view.pen.expression(value)
    except CannotWriteError:
        return None
    view.asked_of_task[name] = text
    return text


def path_of(node: nodes.Node) -> tuple[str, ...]:
    """The names of `dag.start_date`; empty for what is no chain of attributes of a variable."""
    match node:
        case nodes.Name(name=name):
            return (name,)
        case nodes.Attribute(base=base, name=name):
            path = path_of(base)
            return (*path, name) if path else ()
    return ()


def told_of_dag(shared: Shared) -> list[Code]:
    """Arguments of the DAG's constant for what is asked of it."""
    found: list[Code] = []
    for name in sorted(shared.asked_of_dag):
        argument = shared.dag.argument(name)
        value = argument.value if argument is not None else None
        if name == "owner":
            value = _owners(shared.dag)
        elif name == "fileloc":
            value = am.Deferred("format", (am.FILES, f"/{shared.dag.file}"))
        elif name == "task_ids":
            value = [task.task_id for task in shared.dag.tasks]
        elif name == "schedule_interval":
            value = shared.dag.schedule.preset or shared.dag.schedule.value
        elif name == "max_active_runs":
            value = shared.dag.max_active_runs
        elif name == "tags" and isinstance(value, list | tuple | set | frozenset) and shared.dag.airflow == "3":
            value = set(value) if all(isinstance(tag, str) for tag in value) else value
        elif name == "catchup":
            value = shared.dag.catchup
        elif name == "default_args" and isinstance(value, dict):
            value = {key: item for key, item in value.items() if not isinstance(item, am.Function | am.InstanceRef)}
        if value in (None, set(), {}):
            continue
        pen = Pen()
        try:
            text = pen.expression(value)
        except CannotWriteError as error:
            shared.report("A2D509", f"`dag.{name}` is asked for: {error.reason}", shared.dag.span)
            continue
        shared.env |= pen.env
        found.append(Code(f"{name}={text}", tuple(sorted(pen.imports))))
    return found


def _owners(dag: am.Dag) -> am.Value:
    """What Airflow takes for the DAG's owner: those of its tasks."""
    owners = {task.argument("owner") for task in dag.tasks}
    names = {owner.value if owner is not None else OF_TASK["owner"] for owner in owners}
    if not all(isinstance(name, str) for name in names):
        return am.Unknown("the tasks' owners are not known")
    return ", ".join(sorted(names))


def in_template(node: nodes.Node, view: View) -> str | None:
    """The attribute that a node of a template asks for and that is not there."""
    path = path_of(node)
    return absent(path, view) if len(path) > 1 else None
