"""Who updates Airflow's assets, and who asks for updates: what is known of that before anything is translated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import airflow_model as am
from ..read.places import text_of

INLETS = "inlet_events"
"""The variable of the context that holds the past updates of the task's inlets."""
TRIGGERING = frozenset({"triggering_asset_events", "triggering_dataset_events"})
"""The variables of the context that hold the updates a run is about."""

SOURCES = re.compile(r"\b(source_run_id|source_dag_run)\b")
"""What an event has of the run that made it."""


def asks_what_triggered(dag: am.Dag) -> bool:
    """Whether a task may ask for the updates that its run is about."""
    return any(name in text for task in dag.tasks for text in _texts(task) for name in TRIGGERING)


def tells_partitions(task: am.Task) -> bool:
    """Whether the task may say itself which partitions its updates are of."""
    function = task.function
    return function is not None and "add_partitions" in text_of(function.span, function.source)


def asks_for_sources(dag: am.Dag) -> bool:
    """Whether a task may ask for the runs that have made updates."""
    return any(SOURCES.search(text) for task in dag.tasks for text in _texts(task))


def reads(task: am.Task, *names: str, whole: bool) -> bool:
    """Whether the task may read one of these variables of the context, in its function or in a template.

    `whole`: the context as a whole counts, too.
    """
    if any(name in repr([argument.value for argument in task.arguments]) for name in names):
        return True
    uses = task.function.uses if task.function is not None else ()
    return any((whole and use.kind == "context_all") or (use.kind == "context" and use.name in names) for use in uses)


def refs_of(task: am.Task, name: str) -> Iterator[am.AssetRef]:
    """The assets among a task's inlets, or outlets."""
    yield from (ref for item in items_of(task, name) for ref in refs_in(item))


def refs_in(value: am.Value) -> Iterator[am.AssetRef]:
    """The assets in a schedule, or in a task's inlets or outlets."""
    for item in _items(value):
        match item:
            case am.AssetRef(kind="asset"):
                yield item
            case am.Deferred(operands=operands, keywords=keywords):
                for inner in (*operands, *(given for _, given in keywords)):
                    yield from refs_in(inner)


def items_of(task: am.Task, name: str) -> Iterator[am.Value]:
    """What a task's inlets, or outlets, are."""
    argument = task.argument(name)
    if argument is not None and argument.value is not None:
        yield from _items(argument.value)


def _items(value: am.Value) -> Iterator[am.Value]:
    match value:
        case am.AssetCondition():
            for item in value.items:
                yield from _items(item)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _items(item)
        case _:
            yield value


def _texts(task: am.Task) -> Iterator[str]:
    yield repr([argument.value for argument in (*task.arguments, *task.op_args, *task.op_kwargs)])
    if task.function is not None:
        yield task.function.source.text


def is_mapped(task: am.Task, dag: am.Dag) -> bool:
    """Whether the task has instances, each of which makes an event in Airflow."""
    return task.mapping is not None or any(group.mapping is not None for group in groups_of(task, dag))


def groups_of(task: am.Task, dag: am.Dag) -> list[am.Group]:
    """The task groups a task is in, from the innermost."""
    by_id = {g.group_id: g for g in dag.groups}
    found, name = [], task.group
    while name is not None and name in by_id:
        found.append(by_id[name])
        name = by_id[name].parent
    return found
