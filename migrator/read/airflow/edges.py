"""Dependencies: `>>`, `<<`, `set_upstream`, `chain`, `cross_downstream`, `Label`.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#task-dependencies
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ...airflow_model import Unknown
from ...findings import Finding
from ...records import dataclass
from ..host import Arg, At, HostObject
from .session import Method, Session, as_host, beyond, text, values

if TYPE_CHECKING:
    from .groups import GroupObject
    from .tasks import TaskObject


@dataclass(slots=True, eq=False)
class EdgeInfo:
    """What is known of one edge while it is built."""

    data: bool = False
    label: str | None = None
    conditional: bool = False


class Endpoint(HostObject):
    """Whatever may stand beside `>>`: a task, a group, what a task returns, a label (Airflow's DependencyMixin)."""

    __slots__ = ()
    session: Session

    def roots(self) -> list[TaskObject]:
        raise NotImplementedError

    def leaves(self) -> list[TaskObject]:
        raise NotImplementedError

    def relate(self, other: Any, at: At, *, upstream: bool, label: str | None = None, data: bool = False) -> None:
        """Make `other` (one endpoint or a list of them) upstream or downstream of this."""
        raise NotImplementedError

    def related(self, other: Endpoint, at: At, *, upstream: bool, label: str | None) -> None:
        """The other side of a relation that `other` has been told of."""

    def binary(self, op: str, other: Any, reflected: bool, at: At) -> Any:
        from .dags import DagObject

        host = as_host(other)
        match op:
            case ">>" | "<<" if isinstance(host, DagObject):
                host.adopt(self.leaves(), at)  # `task >> dag` and `dag >> task`, Airflow 1.10 only
                return other
            case ">>" | "<<":
                self.relate(other, at, upstream=(op == "<<") != reflected)
                return self if reflected else other
            case "==":
                return self is host
            case "!=":
                return self is not host
        return NotImplemented

    def shift_method(self, name: str) -> Method | None:
        """`set_upstream` and `set_downstream`, else None."""
        if name not in ("set_upstream", "set_downstream"):
            return None

        def run(args: list[Arg], kwargs: dict[str, Arg], at: At) -> None:
            given = values(args, kwargs, "task_or_task_list", "edge_modifier")
            label = as_host(given.get("edge_modifier"))
            others = next((given[n] for n in ("task_or_task_list", "other", "task_list") if n in given), None)
            self.relate(
                others,
                at,
                upstream=name == "set_upstream",
                label=label.label if isinstance(label, LabelObject) else None,
            )

        return Method(name, run)


def items(value: Any) -> list[Any]:
    """The endpoints a value beside `>>` holds; a list is only looked into once, as Airflow does."""
    value = as_host(value)
    return [as_host(v) for v in value] if isinstance(value, (list, tuple)) else [value]


def doubtful(value: Any, at: At) -> Iterator[tuple[Any, Unknown]]:
    """The elements a container holds only if something unknown says so, and what that is."""
    marks_of = getattr(at, "marks_of", None) or getattr(getattr(at, "machine", None), "marks_of", None)
    if marks_of is not None and isinstance(value, (list, tuple, set, dict)):
        for element, conditional, repeated in marks_of(value).values():
            yield element, (*conditional, *repeated, at.unknown("an unknown condition"))[0]


def endpoints(value: Any, session: Session, at: At, around: list[TaskObject]) -> Iterator[Endpoint]:
    """The endpoints in a value; whatever else it holds becomes a finding and makes the DAGs concerned incomplete."""
    for element, unknown in doubtful(value, at):
        if isinstance(end := as_host(element), Endpoint):
            for dag in {id(t.dag): t.dag for t in (*end.leaves(), *around) if t.dag is not None}.values():
                dag.give_up_for(unknown, "A2D010", "a condition", at)
    for item in items(value):
        if isinstance(item, Endpoint):
            yield item
        elif isinstance(item, (type(None), str, int, float, dict, set, list, tuple)):
            at.raise_("AttributeError", f"{type(item).__name__!r} object has no attribute 'update_relative'")
        else:
            unknown_endpoint(item, session, at, around)


def unknown_endpoint(item: Any, session: Session, at: At, around: list[TaskObject]) -> None:
    reason = item.reason if isinstance(item, Unknown) else text(item)
    finding = Finding("A2D016", f"a dependency on something unknown: {reason}", at.span)
    dags = {id(task.dag): task.dag for task in around if task.dag is not None}
    for dag in dags.values():
        dag.give_up(finding, at)
    if not dags:
        session.give_up_everywhere(finding, at)


def add_edge(up: TaskObject, down: TaskObject, at: At, label: str | None, data: bool) -> None:
    up, down = up.real(), down.real()
    if up is down and up.alias_of is None and (up.twins or up.repeated):
        return
    dag = up.dag or down.dag
    if dag is None:
        return
    outside = beyond(at.conditional, dag.conditional) + beyond(at.repeated, dag.repeated)
    outside = tuple(u for u in outside if u not in up.circumstances and u not in down.circumstances)
    known = dag.edges.get((up, down))
    if known is None:
        dag.edges[(up, down)] = EdgeInfo(data, label, bool(outside))
        up.downstream[down] = None
        down.upstream[up] = None
    else:
        known.data = known.data or data
        known.label = label or known.label
        known.conditional = known.conditional and bool(outside)
    if outside:
        dag.unknown_circumstances(at)


@dataclass(slots=True, eq=False)
class LabelObject(Endpoint):
    """`Label("text")` between two endpoints; the edges are made when both sides are known.

    Where the two sides are in different groups Airflow puts the groups in the tasks' place (EdgeModifier in
    airflow/sdk/definitions/edges.py, 2.3 and later), so `a >> Label("x") >> b` may mean more edges than `a >> b`.
    """

    session: Session
    label: str | None
    up: list[Endpoint] = field(default_factory=list)
    down: list[Endpoint] = field(default_factory=list)

    def describe(self) -> str:
        return f"Label({self.label!r})"

    def roots(self) -> list[TaskObject]:
        return []  # the other side's own edges are made by relate, with the label

    def leaves(self) -> list[TaskObject]:
        return []

    def attribute(self, name: str, at: At) -> Any:
        if name == "label":
            return self.label
        return self.shift_method(name) or at.unknown(f"Label.{name}")

    def related(self, other: Endpoint, at: At, *, upstream: bool, label: str | None) -> None:
        self.relate(other, at, upstream=upstream)

    def relate(self, other: Any, at: At, *, upstream: bool, label: str | None = None, data: bool = False) -> None:
        around = [task for end in (*self.up, *self.down) for task in end.leaves()]
        found = list(endpoints(other, self.session, at, around))
        (self.up if upstream else self.down).extend(found)
        if self.up and self.down and len({_place(end) for end in (*self.up, *self.down)}) != 1:
            self.up = [_widened(end) for end in self.up]
            self.down = [_widened(end) for end in self.down]
        for end in self.down if upstream else self.up:
            end.relate(found, at, upstream=upstream, label=self.label)


def _place(end: Endpoint) -> object:
    from .xcom import XComObject

    group = _around(end.task if isinstance(end, XComObject) else end)
    return group.group_id() if group is not None else None


def _widened(end: Endpoint) -> Endpoint:
    group = _around(end)
    return group if group is not None and group.label is not None else end


def _around(end: Endpoint) -> GroupObject | None:
    """The group that a task or, as Airflow counts, a group is in."""
    from .groups import GroupObject
    from .tasks import TaskObject

    if isinstance(end, GroupObject):
        return end.parent
    return end.group if isinstance(end, TaskObject) else None


def chain(session: Session, args: list[Arg], at: At) -> None:
    """`chain(a, [b, c], [d, e], f)`: lists of equal length are paired."""
    parts = [as_host(arg.value) for arg in args]
    for up, down in pairwise(parts):
        if isinstance(up, Endpoint):
            up.relate(down, at, upstream=False)
        elif isinstance(down, Endpoint):
            down.relate(up, at, upstream=True)
        elif isinstance(up, (list, tuple)) and isinstance(down, (list, tuple)):
            if len(up) != len(down):
                at.raise_("AirflowException", "chain: lists of different length")
            for a, b in zip(up, down, strict=True):
                _pair(session, a, b, at)
        else:
            _pair(session, up, down, at)


def _pair(session: Session, up: Any, down: Any, at: At) -> None:
    up, down = as_host(up), as_host(down)
    if isinstance(up, Endpoint):
        up.relate(down, at, upstream=False)
    elif isinstance(down, Endpoint):
        down.relate(up, at, upstream=True)
    else:
        around = [
            task for side in (up, down) for end in items(side) if isinstance(end, Endpoint) for task in end.leaves()
        ]
        unknown_endpoint(down if isinstance(up, (list, tuple)) else up, session, at, around)


def chain_linear(session: Session, args: list[Arg], at: At) -> None:
    """`chain_linear(a, [b, c], [d, e])`: lists are joined all to all (Airflow 2.7)."""
    parts = [as_host(arg.value) for arg in args]
    for up, down in pairwise(parts):
        for end in items(up):
            _pair(session, end, down, at)


def cross_downstream(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> None:
    """`cross_downstream([a, b], [c, d])`: every one of the first before every one of the second."""
    given = values(args, kwargs, "from_tasks", "to_tasks")
    for end in items(given.get("from_tasks")):
        _pair(session, end, given.get("to_tasks"), at)
