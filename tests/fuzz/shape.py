"""A random DAG as plain data: what its tasks are, do and wait for, and how its source text spells that.

Everything is chosen by a seed; the same seed gives the same DAG. Tasks are numbered in an order in which each comes
after those it depends on, and have names that are theirs alone in the DAG.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

EARLY = frozenset({"always", "one_success", "one_failed", "one_done"})
"""Rules that need not wait for all upstream tasks: what these tasks see of the others is up to chance."""
SUCCEEDING = frozenset({"success", "fail_once"})
"""What a task may do that has two retries, and succeeds."""


@dataclass(frozen=True)
class Read:
    """A value a task takes from another.

    `how`: "argument" (passed to the function), "pull" and "pull_all" (xcom_pull in Python, of one id and of a list of
    ids), "jinja" (xcom_pull in a template). `key`: null for what is returned. `default`: given to xcom_pull.
    """

    how: str
    tasks: tuple[str, ...]
    key: str | None = None
    default: int | None = None


@dataclass(frozen=True)
class Expansion:
    """Over what a task, or a group, is mapped: (argument, source) pairs.

    A source is a number of literal items, or the name of a task. `how`: "expand", "pairs" (a literal dict),
    "expand_kwargs", "zip" or "map".
    """

    how: str
    sources: tuple[tuple[str, int | str], ...]

    def tasks(self) -> tuple[str, ...]:
        return tuple(source for _, source in self.sources if isinstance(source, str))


@dataclass(frozen=True)
class Task:
    name: str
    style: str = "classic"
    """"classic" (PythonOperator and its kin), "taskflow", "bash" or "empty"."""
    role: str = "plain"
    """"plain", "branch", "short_circuit" or "latest_only"."""
    rule: str = "all_success"
    upstream: tuple[str, ...] = ()
    """Names of tasks and groups; those a value comes from by an argument among them."""
    group: str | None = None
    behaviour: tuple[str, ...] = ("success",)
    """What its tries do, by map index (the last one for all that follow)."""
    retries: int = 0
    choice: tuple[str, ...] | bool = ()
    """What a branch follows (names of tasks and groups), whether a short circuit goes on."""
    ignore: bool = True
    returns: str = "note"
    """"note", "nothing", "outputs" (multiple_outputs), "text", or items to expand over: "ints", "lists", "dicts"."""
    items: int = 0
    pushes: bool = False
    """Whether it pushes `count` by key."""
    reads: tuple[Read, ...] = ()
    templates: tuple[str, ...] = ()
    expand: Expansion | None = None
    setup: bool = False
    teardown: tuple[str, ...] = ()
    """The setups it tears down."""
    fail_run: bool = False

    @property
    def maps(self) -> bool:
        """Whether it returns what others are expanded over."""
        return self.returns in ("ints", "lists", "dicts")

    def outcome(self, index: int) -> str:
        return self.behaviour[min(max(index, 0), len(self.behaviour) - 1)]


@dataclass(frozen=True)
class Group:
    name: str
    parent: str | None = None
    decorated: bool = False
    """Written as a function under @task_group; its tasks cannot be named outside of it."""
    prefix: bool = True
    upstream: tuple[str, ...] = ()
    expand: Expansion | None = None
    result: str | None = None
    """The task whose value the function returns."""


@dataclass(frozen=True)
class Shape:
    dag_id: str
    line: str
    """"2" or "3"."""
    seed: str
    """Of the choices of spelling, which do not change what the DAG does."""
    style: str
    """"with", "decorated" (@dag) or "constant" (dag=dag)."""
    schedule: str | None
    run_type: str
    tasks: tuple[Task, ...]
    groups: tuple[Group, ...] = ()

    def task(self, name: str) -> Task:
        return next(task for task in self.tasks if task.name == name)

    def find_group(self, name: str | None) -> Group | None:
        return next((group for group in self.groups if group.name == name), None)

    def path(self, name: str | None) -> tuple[Group, ...]:
        """The groups from the outermost to the named one."""
        group = self.find_group(name)
        return (*self.path(group.parent), group) if group else ()

    def id_of(self, name: str) -> str:
        """The task id, or group id, of a name: with the groups' prefixes."""
        group = self.find_group(name)
        outer = self.find_group(group.parent if group else self.task(name).group)
        return f"{self.id_of(outer.name)}.{name}" if outer and outer.prefix else name

    def mapped_group(self, task: Task) -> Group | None:
        return next((group for group in self.path(task.group) if group.expand), None)

    def is_mapped(self, name: str) -> bool:
        task = self.task(name)
        return bool(task.expand or self.mapped_group(task))

    def members(self, group: str) -> Iterator[Task]:
        return (task for task in self.tasks if any(outer.name == group for outer in self.path(task.group)))
