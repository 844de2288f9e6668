"""The tasks of an outcome graph as they are declared, and what follows from how they depend on each other.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
https://airflow.apache.org/docs/apache-airflow/stable/howto/setup-and-teardown.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import dagster as dg

from .mapping import Expansion
from .rules import IMMEDIATE, PASSING_FAILURE_ON, RULES
from .task import Rules

KINDS = ("plain", "branch", "short_circuit", "latest_only")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task of a DAG. See AirflowGraph.task for what the fields mean."""

    task_id: str
    function: Callable[..., Any]
    key: dg.AssetKey
    upstream: tuple[str, ...]
    inputs: Mapping[str, str]
    all_of: Mapping[str, str]
    trigger_rule: str
    kind: str
    ignore_downstream_trigger_rules: bool
    do_xcom_push: bool
    is_setup: bool
    is_teardown: bool
    on_failure_fail_dagrun: bool
    rules: Rules
    keyed: bool
    multiple_outputs: bool
    expansion: Expansion | None
    partial: Mapping[str, Any]
    task_groups: tuple[str, ...]
    group_arguments: Mapping[str, str]
    deps: tuple[dg.AssetKey, ...]
    asset: Mapping[str, Any]
    """What the task's asset has: description, metadata, tags, owners, code_version, automation_condition."""
    op: Mapping[str, Any]
    """What the task's op has: tags, pool, required_resource_keys."""

    @property
    def waits(self) -> bool:
        return self.trigger_rule not in IMMEDIATE

    @property
    def ignorable(self) -> bool:
        """A teardown whose failure is no failure of the run."""
        return self.is_teardown and not self.on_failure_fail_dagrun


@dataclass(frozen=True)
class Group:
    """A mapped task group."""

    group_id: str
    expansion: Expansion


@dataclass(frozen=True)
class Tasks:
    """All tasks of a DAG."""

    airflow: str
    tasks: Mapping[str, Task]
    groups: Mapping[str, Group] = field(default_factory=dict)
    fail_fast: bool = False

    def __getitem__(self, task_id: str) -> Task:
        return self.tasks[task_id]

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks.values())

    def check(self) -> None:
        """Raises ValueError for what no DAG can be, and for what Dagster cannot express."""
        for task in self:
            known = {
                "upstream": task.upstream,
                "inputs": task.inputs.values(),
                "all_of": task.all_of.values(),
                "expand": self.sources(task),
            }
            for name, task_ids in known.items():
                for missing in sorted(set(task_ids) - self.tasks.keys()):
                    raise ValueError(f"{name} of task {task.task_id!r} names {missing!r}, which is no task of the DAG")
            if task.trigger_rule not in RULES:
                raise ValueError(f"task {task.task_id!r}: {task.trigger_rule!r} is no trigger rule of Airflow")
            if task.kind not in KINDS:
                raise ValueError(f"task {task.task_id!r}: kind is {task.kind!r}, none of {KINDS}")
            if self.sources(task) and not task.waits:  # Airflow refuses it too
                raise ValueError(
                    f"task {task.task_id!r} waits for nothing, and cannot be expanded over a task's output"
                )
            mapped = [name for name in task.task_groups if name in self.groups]
            if len(mapped) + (task.expansion is not None) > 1:
                raise ValueError(
                    f"task {task.task_id!r} is mapped inside of {mapped[0]!r}, which is mapped itself: Dagster cannot "
                    "expand what has been expanded. Map once, over the combinations."
                )
        self.sorted()

    @cached_property
    def downstream(self) -> Mapping[str, frozenset[str]]:
        """The direct downstream tasks of each."""
        return {name: frozenset(task.task_id for task in self if name in task.upstream) for name in self.tasks}

    @cached_property
    def below(self) -> Mapping[str, frozenset[str]]:
        """All tasks downstream of each."""
        return {name: _reach(tasks, self.downstream) for name, tasks in self.downstream.items()}

    @cached_property
    def above(self) -> Mapping[str, frozenset[str]]:
        """All tasks upstream of each."""
        edges = {task.task_id: task.upstream for task in self}
        return {name: _reach(tasks, edges) for name, tasks in edges.items()}

    def group(self, task: Task) -> Group | None:
        """The mapped task group that a task is in."""
        return next((self.groups[name] for name in task.task_groups if name in self.groups), None)

    def expansion(self, task: Task) -> Expansion | None:
        """What a task is expanded over, by itself or with its group."""
        group = self.group(task)
        return group.expansion if group else task.expansion

    def sources(self, task: Task) -> tuple[str, ...]:
        """The tasks that the number of a task's instances depends on."""
        expansion = self.expansion(task)
        return expansion.sources() if expansion else ()

    def is_source(self, task_id: str) -> bool:
        """Whether others are expanded over what this task returns."""
        return any(task_id in self.sources(task) for task in self)

    def share_index(self, one: Task, other: Task) -> bool:
        """Whether the instances of two tasks belong together one by one: those of the same mapped group do."""
        return self.group(one) is not None and self.group(one) == self.group(other)

    def setups(self, task: Task) -> tuple[str, ...]:
        """The setups further up that a task needs: those that are torn down after it, or never.

        Airflow runs nothing between a setup and its teardown unless the setup has succeeded, whatever the rules say.
        """
        if task.is_teardown or not task.waits or not task.upstream:
            return ()
        teardowns_below = {name for name in self.below[task.task_id] if self[name].is_teardown}
        found = []
        for name in sorted(self.above[task.task_id] - set(task.upstream)):
            teardowns = {below for below in self.downstream[name] if self[below].is_teardown}
            if self[name].is_setup and (not teardowns or teardowns & teardowns_below):
                found.append(name)
        return tuple(found)

    def scope(self, task: Task) -> tuple[str, ...]:
        """What a teardown waits for besides its upstream tasks: in Airflow 3, all that is between it and its setups."""
        if not task.is_teardown or self.airflow != "3" or not task.waits:
            return ()
        setups = [name for name in task.upstream if self[name].is_setup]
        between = {name for setup in setups for name in self.below[setup]} & self.above[task.task_id]
        return tuple(sorted(between - set(task.upstream)))

    def skippers(self, task: Task) -> tuple[str, ...]:
        """The branches and short circuits that can skip a task, whatever its rule."""
        if not task.waits:
            return ()
        above = self.above[task.task_id]
        return tuple(name for name in self.tasks if name in above and task.task_id in self.skippable(self[name]))

    def skippable(self, task: Task) -> frozenset[str]:
        """The tasks that a branch or a short circuit can skip."""
        if task.kind == "plain":
            return frozenset()
        if task.kind != "short_circuit":
            return self.downstream[task.task_id]
        direct = not task.ignore_downstream_trigger_rules
        found = self.downstream[task.task_id] if direct else self.below[task.task_id]
        return frozenset(name for name in found if not self[name].is_teardown)

    def roots(self, group_id: str) -> frozenset[str]:
        """The tasks of a task group that a branch follows when it names the group; none if there is no such group."""
        members = {task.task_id for task in self if group_id in task.task_groups}
        return frozenset(name for name in members if members.isdisjoint(self[name].upstream))

    def leaves(self) -> tuple[str, ...]:
        """The tasks whose states make the state of the run."""
        leaves = [task.task_id for task in self if not self.downstream[task.task_id]]
        if self.airflow == "1":  # it has no teardowns
            return tuple(leaves)
        found = [task.task_id for task in self if self._is_effective_leaf(task)]
        return tuple(found or leaves)

    def _is_effective_leaf(self, task: Task) -> bool:
        return not task.ignorable and all(self[name].ignorable for name in self.downstream[task.task_id])

    def fails_run(self, task: Task) -> bool:
        """Whether a failure of a task makes the run fail for certain, so that its step may be a failed one."""
        return task.task_id in self._failing_run

    @cached_property
    def _failing_run(self) -> frozenset[str]:
        failing = set(self.leaves())
        # Where the first failure stops all others, what comes after it is skipped, and the run may succeed.
        for task in () if self.fail_fast else reversed(self.sorted()):
            below = [self[name] for name in self.downstream[task.task_id]]
            if any(self._passes_failure_on(child) and child.task_id in failing for child in below):
                failing.add(task.task_id)
        return frozenset(failing)

    def _passes_failure_on(self, task: Task) -> bool:
        """Whether the failure of any upstream task of this one always makes it upstream_failed."""
        # Within a mapped group, see graph_steps: a rule may look at no instance at all.
        certain = task.trigger_rule in PASSING_FAILURE_ON and not self.skippers(task) and not self.setups(task)
        return certain and (self.group(task) is None or task.trigger_rule in ("all_success", "none_failed"))

    def waits_for(self, task: Task) -> tuple[str, ...]:
        """All tasks whose outcome a task needs, each once."""
        return self._waiting[task.task_id]

    @cached_property
    def _waiting(self) -> Mapping[str, tuple[str, ...]]:
        return {task.task_id: self._waits_for(task) for task in self}

    def _waits_for(self, task: Task) -> tuple[str, ...]:
        if not task.waits:
            return ()
        pulled = (*task.inputs.values(), *task.all_of.values())
        needed = (task.upstream, pulled, self.sources(task), self.setups(task), self.scope(task))
        return tuple(dict.fromkeys([name for names in needed for name in names] + list(self.skippers(task))))

    def sorted(self) -> list[Task]:
        """The tasks, each after those it waits for. Raises ValueError where they wait for each other."""
        done: dict[str, Task] = {}
        left = dict(self.tasks)
        while left:
            ready = [task for task in left.values() if all(name in done for name in self.waits_for(task))]
            if not ready:
                raise ValueError(f"these tasks wait for each other: {', '.join(sorted(left))}")
            for task in ready:
                done[task.task_id] = left.pop(task.task_id)
        return list(done.values())


def _reach(start: Iterable[str], edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting: list[str] = list(start)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += edges[name]
    return frozenset(found)


def asset_keys(values: Sequence[Any]) -> tuple[dg.AssetKey, ...]:
    """Keys in any of the forms that assets take."""
    return tuple(dg.AssetKey.from_coercible(value) for value in values)
