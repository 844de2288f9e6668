"""`with setup_task: …`: the contexts that put work between setups and teardowns.

https://airflow.apache.org/docs/apache-airflow/stable/howto/setup-and-teardown.html
A port of airflow/sdk/definitions/_internal/setup_teardown.py (the same in 2.7 to 3.3).
"""

from __future__ import annotations

from dataclasses import field
from typing import Any

from ...records import dataclass
from ..host import Arg, At, HostObject
from .edges import Endpoint
from .session import Method, Session, as_host
from .tasks import TaskObject
from .xcom import XComObject

Tasks = tuple[TaskObject, ...]


@dataclass(slots=True, eq=False)
class _Stack:
    """A current value and those it has replaced."""

    now: Tasks = ()
    before: list[Tasks] = field(default_factory=list)

    def push(self, tasks: Tasks) -> None:
        if self.now and self.now != tasks:
            self.before.append(self.now)
        self.now = tasks

    def pop(self, at: At, *, upstream: bool) -> None:
        old = self.now
        self.now = self.before.pop() if self.before else ()
        if old and self.now:
            _depend(old, self.now, at, upstream=upstream)


def _depend(receiving: Tasks, new: Tasks, at: At, *, upstream: bool) -> None:
    for task in new:
        task.relate(list(receiving), at, upstream=upstream)


@dataclass(slots=True, eq=False)
class SetupContext(HostObject):
    """The open setup and teardown contexts of the file that is being read."""

    active: bool = False
    work: dict[Tasks, list[TaskObject]] = field(default_factory=dict)
    setup: _Stack = field(default_factory=_Stack)
    teardown: _Stack = field(default_factory=_Stack)
    teardown_below: _Stack = field(default_factory=_Stack)
    setup_above: _Stack = field(default_factory=_Stack)

    def describe(self) -> str:
        return "setup and teardown context"

    def attribute(self, name: str, at: At) -> Any:
        if name == "add_task":
            return Method(name, lambda a, k, at: self._add([*a, *k.values()]))
        return at.unknown(f"SetupTeardownContext.{name}")

    def _add(self, args: list[Arg]) -> None:
        for arg in args:
            host = as_host(arg.value)
            self.note(host.task if isinstance(host, XComObject) else host)

    def note(self, task: Any) -> None:
        """A task was made or related inside the context."""
        if not isinstance(task, TaskObject) or task.is_setup or task.is_teardown:
            return
        for stack in (self.setup, self.teardown):
            if stack.now:
                self.work.setdefault(stack.now, []).append(task)

    def open(self, tasks: list[TaskObject], at: At) -> Any:
        group: Tasks = tuple(tasks)
        if not all(t.is_setup or t.is_teardown for t in group) or not group:
            at.raise_("AirflowException", "Only setup/teardown tasks can be used as context managers.")
        first = group[0]
        if first.is_teardown:
            self.teardown.push(group)
            self.setup_above.push(_search(first, list(first.upstream), "is_setup"))
        else:
            self.setup.push(group)
            self.teardown_below.push(_search(first, list(first.downstream), "is_teardown"))
        self.active = True
        return self

    def leave(self, at: At) -> None:
        if setup := self.setup.now:
            work = [t for t in self.work.get(setup, []) if not t.is_teardown and not t.is_setup]
            if work:
                roots = [t for t in work if not t.upstream] or [work[0]]
                _depend(tuple(roots), setup, at, upstream=False)
                leaves = tuple(t for t in work if not t.downstream) or (work[-1],)
                _depend(self.teardown.now or leaves, self.teardown_below.now, at, upstream=True)
        if teardown := self.teardown.now:
            work = [t for t in self.work.get(teardown, []) if not t.is_teardown and not t.is_setup]
            if work:
                leaves = tuple(t for t in work if not t.downstream) or (work[-1],)
                _depend(leaves, teardown, at, upstream=True)
                roots = [t for t in work if not t.upstream] or [work[0]]
                _depend(self.setup.now or tuple(roots), self.setup_above.now, at, upstream=False)
        setup, teardown = self.setup.now, self.teardown.now
        self.setup.pop(at, upstream=False)
        self.teardown.pop(at, upstream=True)
        self.teardown_below.pop(at, upstream=True)
        self.setup_above.pop(at, upstream=False)
        self.work.pop(setup, None)
        self.work.pop(teardown, None)
        self.active = False


def _search(origin: TaskObject, tasks: list[TaskObject], what: str) -> Tasks:
    """The nearest teardowns (or setups) reachable from a task, by breadth, in both directions after the first step."""
    seen = {origin}
    while tasks:
        found = tuple(t for t in tasks if getattr(t, what))
        if found:
            return found
        seen.update(tasks)
        tasks = [x for t in tasks for x in (*t.downstream, *t.upstream) if x not in seen]
    return ()


def setup_context(session: Session) -> SetupContext:
    if session.setups is None:
        session.setups = SetupContext()
    return session.setups


@dataclass(slots=True, eq=False)
class ContextWrapper(Endpoint):
    """`with context_wrapper([a, b]):`, a list of setups (or teardowns) as one context."""

    session: Session
    tasks: list[TaskObject]

    def roots(self) -> list[TaskObject]:
        return self.tasks

    def leaves(self) -> list[TaskObject]:
        return self.tasks

    def relate(self, other: Any, at: At, *, upstream: bool, label: str | None = None, data: bool = False) -> None:
        for task in self.tasks:
            task.relate(other, at, upstream=upstream, label=label, data=data)

    def enter(self, at: At) -> Any:
        return setup_context(self.session).open(self.tasks, at)

    def exit(self, at: At) -> None:
        setup_context(self.session).leave(at)
