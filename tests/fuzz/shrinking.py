"""A smaller DAG that still differs: tasks, edges and particulars are left out as long as it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from shape import Group, Shape, Task

ROUNDS = 6


def smaller(shape: Shape, verdict: Any, engines: Any, folder: Path) -> Shape:
    """The smallest DAG found; a round tries all simplifications at once, each as a DAG of its own."""
    kind = verdict.kind
    for number in range(ROUNDS):
        candidates = list(simplified(shape))
        if not candidates:
            break
        named = [replace(one, dag_id=f"{shape.dag_id}_{index}") for index, one in enumerate(candidates)]
        verdicts = engines.judge(named, folder / str(number))
        failing = [one for one in named if verdicts[one.dag_id].kind == kind]
        if not failing:
            break
        best = min(failing, key=lambda one: (len(one.tasks), len(str(one))))
        shape = replace(best, dag_id=shape.dag_id)
    return shape


def simplified(shape: Shape) -> Iterator[Shape]:
    """Each DAG with one thing less."""
    names = [task.name for task in shape.tasks]
    for size in (len(names) // 2, len(names) // 3, 2, 1):
        if 0 < size < len(names):
            for start in range(0, len(names), size):
                yield without(shape, set(names[start : start + size]))
    for group in shape.groups:
        yield ungrouped(shape, group)
    for number, task in enumerate(shape.tasks):
        for change in changes(task):
            yield replace(shape, tasks=(*shape.tasks[:number], change, *shape.tasks[number + 1 :]))


def changes(task: Task) -> Iterator[Task]:
    for name in task.upstream:
        reads = tuple(read for read in task.reads if name not in read.tasks)
        if not (task.expand and name in task.expand.tasks()) and name not in task.teardown:
            yield replace(task, upstream=tuple(up for up in task.upstream if up != name), reads=reads)
    for read in task.reads:
        yield replace(task, reads=tuple(one for one in task.reads if one != read))
    if task.templates:
        yield replace(task, templates=())
    if task.pushes:
        yield replace(task, pushes=False)
    if task.rule != "all_success":
        yield replace(task, rule="all_success")
    if set(task.behaviour) != {"success"}:
        yield replace(task, behaviour=("success",), retries=0)
    if task.returns in ("outputs", "nothing", "text"):
        yield replace(task, returns="note")


def without(shape: Shape, gone: set[str]) -> Shape:
    """The DAG without some tasks; those after them are after nothing instead."""
    tasks = []
    for task in shape.tasks:
        if task.name in gone:
            continue
        expand = task.expand
        if expand:  # over as many literal items, where the source is gone
            expand = replace(expand, sources=tuple((name, 2 if s in gone else s) for name, s in expand.sources))
            if expand.how in ("zip", "map") and expand != task.expand:
                expand = replace(expand, how="expand")
        choice = (
            tuple(name for name in task.choice if name not in gone) if isinstance(task.choice, tuple) else task.choice
        )
        tasks.append(
            replace(
                task,
                upstream=tuple(name for name in task.upstream if name not in gone),
                reads=tuple(read for read in task.reads if not gone & set(read.tasks)),
                teardown=tuple(name for name in task.teardown if name not in gone),
                choice=choice,
                expand=expand,
            )
        )
    groups = []
    for group in shape.groups:
        expand = group.expand
        if expand:
            expand = replace(expand, sources=tuple((name, 2 if s in gone else s) for name, s in expand.sources))
        upstream = tuple(name for name in group.upstream if name not in gone)
        result = None if group.result in gone else group.result
        groups.append(replace(group, upstream=upstream, expand=expand, result=result))
    return emptied(replace(shape, tasks=tuple(tasks), groups=tuple(groups)))


def emptied(shape: Shape) -> Shape:
    """Without groups that have no tasks."""
    empty = {group.name for group in shape.groups if not any(shape.members(group.name))}
    tasks = tuple(replace(task, upstream=tuple(up for up in task.upstream if up not in empty)) for task in shape.tasks)
    return replace(shape, tasks=tasks, groups=tuple(group for group in shape.groups if group.name not in empty))


def ungrouped(shape: Shape, group: Group) -> Shape:
    tasks = [
        replace(
            task,
            group=group.parent if task.group == group.name else task.group,
            upstream=tuple(up for up in task.upstream if up != group.name),
            choice=tuple(name for name in task.choice if name != group.name)
            if isinstance(task.choice, tuple)
            else task.choice,
        )
        for task in shape.tasks
    ]
    groups = [
        replace(one, parent=group.parent if one.parent == group.name else one.parent)
        for one in shape.groups
        if one.name != group.name
    ]
    return replace(shape, tasks=tuple(tasks), groups=tuple(groups))
