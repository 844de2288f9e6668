"""What a task returns, used as a value: XComArg, its keys, and `map`, `zip`, `concat` on it.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html
"""

from __future__ import annotations

from typing import Any

from ...records import dataclass
from ..host import Arg, At
from .edges import Endpoint
from .session import Method, Session, as_host, values
from .tasks import TaskObject

RETURN_VALUE = "return_value"


class XComBase(Endpoint):
    """Any kind of XComArg."""

    __slots__ = ()

    def tasks(self) -> list[TaskObject]:
        raise NotImplementedError

    def roots(self) -> list[TaskObject]:
        return [t.real() for t in self.tasks()]

    def leaves(self) -> list[TaskObject]:
        return self.roots()

    def relate(self, other: Any, at: At, *, upstream: bool, label: str | None = None, data: bool = False) -> None:
        for task in self.tasks():
            task.relate(other, at, upstream=upstream, label=label, data=data)

    def combined(self, name: str) -> Method | None:
        """`map`, `zip` and `concat`, which every kind has."""
        match name:
            case "map":
                return Method(name, lambda a, k, at: XComSteps(self.session, (self,), "map", a[0].value if a else None))
            case "zip" | "concat":
                return Method(name, lambda a, k, at: self._joined(name, a, k))
        return None

    def _joined(self, name: str, args: list[Arg], kwargs: dict[str, Arg]) -> Any:
        fill = kwargs.get("fillvalue")
        return XComSteps(
            self.session, (self, *_xcoms(args)), name if fill is None else "zip_longest", fill.value if fill else None
        )

    def iterate(self, at: At) -> Any:
        return at.raise_("TypeError", "'XComArg' object is not iterable")


def _xcoms(args: list[Arg]) -> list[Any]:
    return [as_host(a.value) for a in args]


@dataclass(slots=True, eq=False)
class XComObject(XComBase):
    """What one task pushes under one key."""

    session: Session
    task: TaskObject
    key: str = RETURN_VALUE

    def describe(self) -> str:
        return f"the output of {self.task.describe()}"

    def tasks(self) -> list[TaskObject]:
        return [self.task.real()]

    def text(self, at: At) -> Any:
        """What an f-string gets: a template that pulls the value when the task runs, and no dependency."""
        if self.task.nameless or self.task.dag is None or self.task.dag.nameless:
            return at.unknown(self.describe())
        task = self.task.real()
        assert task.dag is not None
        pull = f"task_ids='{task.task_id}', dag_id='{task.dag.dag_id}', key='{self.key}'"
        return f"{{{{ task_instance.xcom_pull({pull}) }}}}"

    def item(self, key: Any, at: At) -> Any:
        if isinstance(key, str):
            return XComObject(self.session, self.task, key)
        return at.raise_("ValueError", f"XComArg only supports str lookup, received {type(key).__name__}")

    def attribute(self, name: str, at: At) -> Any:
        if found := self.shift_method(name) or self.combined(name):
            return found
        match name:
            case "operator":
                return self.task
            case "key":
                return self.key
            case "__str__":
                return Method(name, lambda a, k, at: self.text(at))
            case "as_setup":
                return Method(name, lambda *_: _setup(self))
            case "as_teardown":
                return Method(name, lambda a, k, at: self.task.mark_teardown(values(a, k), at, self))
            case "is_setup" | "is_teardown" | "on_failure_fail_dagrun" | "roots" | "leaves":
                return self.task.attribute(name, at)
            case "output":
                # Airflow has no such attribute; DAG files that use it fail to load.
                return at.raise_("AttributeError", "'PlainXComArg' object has no attribute 'output'")
        return at.unknown(f"XComArg.{name}")

    def set_attribute(self, name: str, value: Any, at: At) -> None:
        if name in ("is_setup", "is_teardown", "on_failure_fail_dagrun"):
            self.task.set_attribute(name, value, at)

    def enter(self, at: At) -> Any:
        return self.task.enter(at)

    def exit(self, at: At) -> None:
        self.task.exit(at)


def _setup(xcom: XComObject) -> XComObject:
    xcom.task.is_setup = True
    return xcom


@dataclass(slots=True, eq=False)
class XComSteps(XComBase):
    """`xcom.map(f)`, `a.zip(b)`, `a.concat(b)`; `a.zip(b, fillvalue=x)` is of kind `zip_longest`."""

    session: Session
    parts: tuple[Any, ...]
    kind: str
    function: Any
    """Of `map`; of `zip_longest`, what fills it up."""

    def describe(self) -> str:
        return f"XComArg.{self.kind}"

    def tasks(self) -> list[TaskObject]:
        return [t for part in self.parts if isinstance(part, XComBase) for t in part.tasks()]

    def attribute(self, name: str, at: At) -> Any:
        return self.shift_method(name) or self.combined(name) or at.unknown(f"XComArg.{name}")
