"""Who updates Airflow's assets, and who asks for updates: what is known of that before anything is translated."""

from __future__ import annotations

from collections.abc import Iterator

from .. import airflow_model as am

TRIGGERING = frozenset({"triggering_asset_events", "triggering_dataset_events"})
"""The variables of the context that hold the updates a run is about."""


def asks_what_triggered(dag: am.Dag) -> bool:
    """Whether a task may ask for the updates that its run is about."""
    return any(name in text for task in dag.tasks for text in _texts(task) for name in TRIGGERING)


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
