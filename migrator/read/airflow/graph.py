"""A DAG that has been built, frozen: its tasks, edges and groups, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ...airflow_model import (
    AirflowLine,
    Dag,
    Deferred,
    Edge,
    Expansion,
    Function,
    Group,
    Task,
    Unknown,
    VariableRef,
)
from ...findings import Finding
from ..objects import BoundMethod, Instance, Partial, UserFunction
from .dags import DagObject, param_spec
from .freeze import Freezer
from .groups import GroupObject
from .schedule import date_of, schedule_of, timezone_of
from .session import Given, text
from .tasks import Mapping, TaskObject
from .values import plain

RULES = {"dummy": "always", "none_failed_or_skipped": "none_failed_min_one_success"}
"""Deprecated names Airflow 2 replaces when a task is made (airflow/models/baseoperator.py)."""
_STRUCTURE = frozenset({"dag_id", "default_args", "params", "**"})


def freeze_dag(dag: DagObject, file: str, line: AirflowLine, freezer: Freezer) -> tuple[Dag, list[Finding]]:
    """The finished DAG, and findings about it as a whole."""
    findings: list[Finding] = []
    schedule = schedule_of(dag, line, freezer)
    start_date = date_of(dag, "start_date", freezer)
    if schedule.kind == "unknown":
        findings.append(
            _at(
                dag,
                "A2D102",
                f"the schedule cannot be known: {_reason(schedule.value)}",
                "schedule",
                "schedule_interval",
                "timetable",
            )
        )
    if isinstance(start_date, (Unknown, Deferred, VariableRef)):
        findings.append(
            _at(dag, "A2D105", f"the start date cannot be known: {_reason(start_date)}", "start_date", "default_args")
        )
    if dag.conditional or dag.repeated:
        why = (*dag.conditional, *dag.repeated)[-1]
        findings.append(Finding("A2D111", f"{dag.describe()} depends on {why.reason}", dag.span, dag_id=dag.dag_id))
    tasks = [t for t in dag.tasks.values() if not t.nameless]
    edges = _edges(dag)
    incomplete = list(dag.incomplete) + [replace(f, dag_id=dag.dag_id) for f in dag.session.everywhere]
    if cycle := _cycle(edges):
        finding = Finding(
            "A2D407",
            f"the dependencies of {dag.describe()} form a cycle: {' -> '.join(cycle)}",
            dag.span,
            dag_id=dag.dag_id,
        )
        findings.append(finding)
        incomplete.append(finding)
    return (
        Dag(
            dag_id=dag.dag_id,
            file=file,
            span=dag.span,
            airflow=line,
            arguments=tuple(freezer.argument(g) for n, g in dag.given.items() if n not in _STRUCTURE)
            + tuple(freezer.argument(g) for n, g in dag.given.items() if n == "default_args"),
            schedule=schedule,
            catchup=_own(dag, "catchup", line != "3", freezer),
            start_date=start_date,
            end_date=date_of(dag, "end_date", freezer),
            timezone=timezone_of(dag),
            max_active_runs=_own(dag, "max_active_runs", 16, freezer),
            tags=_tags(dag, freezer),
            params=tuple((str(n), param_spec(freezer.value(v))) for n, v in dag.params.items()),
            description=_own(dag, "description", None, freezer),
            doc_md=_own(dag, "doc_md", None, freezer),
            groups=tuple(_group(g, freezer) for g in dag.root.walk() if g.label is not None and not g.nameless),
            tasks=tuple(_task(t, freezer) for t in tasks),
            edges=edges,
            complete=not incomplete,
            incomplete_because=tuple(dict.fromkeys(incomplete)),
            conditional=bool(dag.conditional or dag.repeated),
        ),
        findings,
    )


def _at(dag: DagObject, code: str, message: str, *names: str) -> Finding:
    span = next((dag.given[n].span for n in names if n in dag.given), dag.span)
    return Finding(code, f"{message} ({dag.describe()})", span, dag_id=dag.dag_id)


def _reason(value: Any) -> str:
    match value:
        case Unknown(reason=reason):
            return reason
        case VariableRef(key=key):
            return f"it is the Variable {key!r}"
        case Deferred():
            return "it is computed when the file is loaded"
    return text(value)


def _own(dag: DagObject, name: str, default: Any, freezer: Freezer) -> Any:
    given = dag.given.get(name)
    if given is None:
        return default
    return default if given.value is None and default is not None else freezer.value(given.value)


def _tags(dag: DagObject, freezer: Freezer) -> tuple[Any, ...]:
    given = dag.given.get("tags")
    found = freezer.value(given.value) if given is not None else ()
    if isinstance(found, frozenset):
        return tuple(sorted(found, key=str))
    return tuple(found) if isinstance(found, (list, tuple)) else () if found is None else (found,)


def _edges(dag: DagObject) -> tuple[Edge, ...]:
    """In the order of the tasks, not of their making, so that the same graph gives the same text."""
    order = {t: i for i, t in enumerate(dag.tasks.values())}
    known = [
        (u, d, e) for (u, d), e in dag.edges.items() if u in order and d in order and not u.nameless and not d.nameless
    ]
    known.sort(key=lambda item: (order[item[0]], order[item[1]]))
    return tuple(Edge(u.task_id, d.task_id, e.data, e.label) for u, d, e in known)


def _cycle(edges: tuple[Edge, ...]) -> list[str]:
    """A cycle's tasks, each before the next, the first again at the end; empty where there is none."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for edge in edges:
        sorter.add(edge.downstream, edge.upstream)
    try:
        sorter.prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _group(group: GroupObject, freezer: Freezer) -> Group:
    parent = group.parent.group_id() if group.parent is not None else None
    tooltip = freezer.value(group.tooltip)
    return Group(
        group.group_id() or "", parent, tooltip if isinstance(tooltip, str) else "", _expansion(group.mapping, freezer)
    )


def _expansion(mapping: Mapping | None, freezer: Freezer) -> Expansion | None:
    if mapping is None:
        return None
    return Expansion(mapping.kind, tuple(freezer.argument(g) for g in mapping.arguments))


def _task(task: TaskObject, freezer: Freezer) -> Task:
    rule = freezer.value(plain(task.trigger_rule))
    cls = task.instance.cls if isinstance(task.instance, Instance) else task.instance
    return Task(
        task_id=task.task_id,
        operator=task.operator,
        name=task.name,
        span=task.span,
        arguments=tuple(freezer.argument(g) for g in task.arguments.values()),
        bases=task.bases,
        cls=freezer.class_ref(cls) if cls is not None else None,
        decorator=task.decorator,
        function=_function(task, freezer),
        op_args=tuple(freezer.argument(g) for g in task.op_args),
        op_kwargs=tuple(freezer.argument(g) for g in task.op_kwargs),
        trigger_rule=RULES.get(rule, rule) if isinstance(rule, str) else "unknown",
        group=task.group.group_id() if task.group is not None else None,
        mapping=_expansion(task.mapping, freezer),
        conditional=task.conditional,
        repeated=task.repeated,
        is_setup=task.is_setup,
        is_teardown=task.is_teardown,
    )


def _function(task: TaskObject, freezer: Freezer) -> Function | None:
    target = task.function
    if isinstance(target, UserFunction):
        return freezer.function(target, _passed(task.op_kwargs + task.op_args) or None)
    if isinstance(target, (BoundMethod, Partial)):
        found = freezer.value(target)
        return found if isinstance(found, Function) else None
    host = getattr(target, "function", None)
    return freezer.function(host) if isinstance(host, UserFunction) else None


def _passed(given: list[Given]) -> dict[str, Any]:
    """Arguments a TaskFlow call passes itself: parameters of those names are not the context's."""
    return {g.name: Unknown("given by the call", g.span) for g in given}
