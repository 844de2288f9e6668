"""What is being built while one DAG file is read: the DAGs so far and the contexts (`with`) that are open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ...airflow_model import AirflowLine, Unknown
from ...findings import Finding
from ...records import dataclass
from ...source import Span
from ..host import Arg, At, HostClass, HostObject
from ..values import LATE, describe

if TYPE_CHECKING:
    from .dags import DagObject
    from .groups import GroupObject
    from .setups import SetupContext

Origin: TypeAlias = Literal["call", "default_args", "operator class", "decorator"]


@dataclass(slots=True, eq=False)
class Given:
    """An argument an Airflow object was given; `value` is the interpreter's, not yet frozen."""

    name: str
    value: Any
    span: Span
    written: Arg | None = None
    """What it was given by, where that is an expression of its own."""
    origin: Origin = "call"

    @property
    def source(self) -> str | None:
        return self.written.source if self.written is not None else None

    @property
    def names(self) -> tuple[str, ...] | None:
        return self.written.names if self.written is not None else None


def given(name: str, arg: Arg, origin: Origin = "call") -> Given:
    return Given(name, arg.value, arg.span, arg, origin)


def as_host(value: Any) -> Any:
    """The host object behind a value: an instance of the user's own operator, DAG or group class stands for one."""
    if isinstance(value, HostObject):
        return value
    host = getattr(value, "host", None)
    return host if isinstance(host, HostObject) else value


@dataclass(slots=True, eq=False)
class Method(HostObject):
    """A function or bound method of Airflow's."""

    name: str
    run: Callable[[list[Arg], dict[str, Arg], At], Any]

    def describe(self) -> str:
        return self.name

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return self.run(args, kwargs, at)


def unbound_init(cls: HostClass) -> Method:
    """`BaseOperator.__init__(self, …)`: the constructor with the instance as its first argument."""
    return Method("__init__", lambda args, kwargs, at: cls.construct(args[0].value, args[1:], kwargs, at))


def bound(args: list[Arg], kwargs: dict[str, Arg], *names: str) -> dict[str, Arg]:
    """Positional and keyword arguments by parameter name; a surplus positional one is dropped."""
    return dict(zip(names, args, strict=False)) | kwargs


def values(args: list[Arg], kwargs: dict[str, Arg], *names: str) -> dict[str, Any]:
    return {name: arg.value for name, arg in bound(args, kwargs, *names).items()}


@dataclass(slots=True, eq=False)
class Session:
    """The state of reading one DAG file. `line` is the Airflow line its behaviour is read by."""

    file: str
    line: AirflowLine = "2"
    dags: list[DagObject] = field(default_factory=list)
    collected: list[DagObject] = field(default_factory=list)
    open_dags: list[DagObject] = field(default_factory=list)
    open_groups: list[GroupObject] = field(default_factory=list)
    setups: SetupContext | None = None
    nameless: int = 0
    reported: set[Finding] = field(default_factory=set)
    everywhere: list[Finding] = field(default_factory=list)
    """What makes every DAG of the file incomplete."""

    def dag(self) -> DagObject | None:
        return self.open_dags[-1] if self.open_dags else None

    def group(self, dag: DagObject | None) -> GroupObject | None:
        if self.open_groups:
            return self.open_groups[-1]
        dag = dag or self.dag()
        return dag.root if dag is not None else None

    def report(self, finding: Finding, at: At) -> Finding:
        if finding not in self.reported:
            self.reported.add(finding)
            at.report(finding)
        return finding

    def give_up_everywhere(self, finding: Finding, at: At) -> None:
        self.everywhere.append(self.report(finding, at))

    def placeholder(self, kind: str) -> str:
        """An id for something whose id is unknown; it never leaves the reader."""
        self.nameless += 1
        return f"?{kind}{self.nameless}"

    @contextmanager
    def inside(self, dag: DagObject) -> Iterator[None]:
        self.open_dags.append(dag)
        try:
            yield
        finally:
            self.open_dags.pop()


def text(value: Any) -> str:
    """How an unknown value is called in a message."""
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, (HostObject, *LATE)):
        return describe(value)
    return type(value).__name__


def beyond(here: tuple[Unknown, ...], base: tuple[Unknown, ...]) -> tuple[Unknown, ...]:
    """The unknown conditions (or loops) of a place that the enclosing object does not share."""
    return tuple(unknown for unknown in here if unknown not in base)
