"""A task while it is being built."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field
from typing import TYPE_CHECKING, Any, Literal

from ...airflow_model import Deferred, Unknown
from ...records import dataclass
from ...source import Span
from ..host import Arg, At
from .edges import Endpoint, add_edge, doubtful, endpoints
from .session import Given, Method, Session, as_host, given, values

if TYPE_CHECKING:
    from .dags import DagObject
    from .groups import GroupObject

TEARDOWN_RULE = "all_done_setup_success"


@dataclass(slots=True, eq=False)
class Mapping:
    """What `expand` or `expand_kwargs` was given."""

    kind: Literal["expand", "expand_kwargs", "group", "group_kwargs"]
    arguments: list[Given]


def expansion(name: str, expand: Callable[[Mapping, At], Any]) -> Method:
    """The method `expand` or `expand_kwargs`: `expand` makes the task of what it is given."""
    if name == "expand":
        return Method(name, lambda a, k, at: expand(Mapping("expand", [given(n, v) for n, v in k.items()]), at))
    return Method(name, lambda a, k, at: expand(Mapping("expand_kwargs", [given("kwargs", [*a, *k.values()][0])]), at))


@dataclass(slots=True, eq=False)
class TaskObject(Endpoint):
    """An operator's instance. `label` is the id inside its group, `task_id` the full one."""

    session: Session
    label: str
    operator: str
    name: str
    span: Span
    arguments: dict[str, Given]
    template_fields: tuple[str, ...]
    bases: tuple[str, ...] = ()
    dag: DagObject | None = None
    group: GroupObject | None = None
    instance: Any = None
    decorator: str | None = None
    function: Any = None
    op_args: list[Given] = field(default_factory=list)
    op_kwargs: list[Given] = field(default_factory=list)
    mapping: Mapping | None = None
    trigger_rule: Any = "all_success"
    is_setup: bool = False
    is_teardown: bool = False
    nameless: bool = False
    orphan: bool = False
    task_id: str = ""
    conditional: bool = False
    repeated: bool = False
    circumstances: tuple[Unknown, ...] = ()
    twins: bool = False
    alias_of: TaskObject | None = None
    upstream: dict[TaskObject, None] = field(default_factory=dict)
    downstream: dict[TaskObject, None] = field(default_factory=dict)

    def describe(self) -> str:
        return f"task {self.label!r}"

    def real(self) -> TaskObject:
        """The task this one stands for: where two branches make a task of one id, the first."""
        return self.alias_of.real() if self.alias_of is not None else self

    def roots(self) -> list[TaskObject]:
        return [self.real()]

    leaves = roots

    def relate(self, other: Any, at: At, *, upstream: bool, label: str | None = None, data: bool = False) -> None:
        found: list[TaskObject] = []
        for end in endpoints(other, self.session, at, [self]):
            end.related(self, at, upstream=not upstream, label=label)
            found += end.leaves() if upstream else end.roots()
        self._share_dag(found, at)
        for task in found:
            up, down = (task, self) if upstream else (self, task)
            add_edge(up, down, at, label, data)

    def _share_dag(self, others: list[TaskObject], at: At) -> None:
        """A task without a DAG joins the DAG of the first task it is related to."""
        everyone = [self.real(), *others]
        dags = {id(t.dag): t.dag for t in everyone if t.dag is not None}
        if len(dags) > 1 and not any(t.orphan for t in everyone):
            at.raise_("AirflowException", "Tried to set relationships between tasks in more than one DAG")
        if not dags and others and not any(t.orphan for t in everyone):
            at.raise_("AirflowException", "Tried to create relationships between tasks that don't have DAGs yet")
        dag = next(iter(dags.values()), None)
        if dag is not None:
            for task in everyone:
                if task.dag is None:
                    dag.add_task(task, at)

    # --- operations -----------------------------------------------------------------------------------------

    def attribute(self, name: str, at: At) -> Any:
        from .xcom import XComObject

        if shift := self.shift_method(name):
            return shift
        match name:
            case "output":
                return XComObject(self.session, self)
            case "task_id" | "node_id":
                return at.unknown("an unknown task_id") if self.nameless else self.task_id
            case "label":
                return self.label
            case "dag":
                return self.dag
            case "dag_id":
                return self.dag.dag_id_value(at) if self.dag is not None else at.unknown("a task without a DAG")
            case "task_group":
                return self.group
            case "task_type" | "operator_name":
                return self.operator
            case "operator":
                return self
            case "trigger_rule":
                return self.trigger_rule
            case "is_setup":
                return self.is_setup
            case "is_teardown":
                return self.is_teardown
            case "template_fields":
                return list(self.template_fields)
            case "upstream_list":
                return list(self.real().upstream)
            case "downstream_list":
                return list(self.real().downstream)
            case "upstream_task_ids":
                return {t.task_id for t in self.real().upstream}
            case "downstream_task_ids":
                return {t.task_id for t in self.real().downstream}
            case "roots" | "leaves":
                return self.roots()
            case "get_direct_relatives":
                return Method(name, lambda a, k, _: _relatives(self, values(a, k, "upstream").get("upstream")))
            case "as_setup":
                return Method(name, lambda *_: self.mark_setup())
            case "as_teardown":
                return Method(name, lambda a, k, at: self.mark_teardown(values(a, k), at, self))
            case "has_dag":
                return Method(name, lambda *_: self.dag is not None)
            case "add_inlets" | "add_outlets":
                return Method(name, lambda a, k, at: self._add_assets(name[4:], a, at))
            case "log" | "_log":
                return at.unknown("a logger")
        if name in self.arguments:
            return self.arguments[name].value
        return at.unknown(f"{self.operator}.{name}")

    def set_attribute(self, name: str, value: Any, at: At) -> None:
        match name:
            case "dag":
                self._set_dag(value, at)
            case "trigger_rule":
                self.trigger_rule = value
                self.arguments[name] = Given(name, value, at.span)
            case "is_setup":
                self.is_setup = bool(value)
            case "is_teardown":
                self.is_teardown = bool(value)
            case "task_group" | "task_id" | "label":
                if self.dag is not None:
                    self.dag.unknown_effect(f"{name} of a task is changed", at)
            case _:
                known = self.arguments.get(name)
                if known is None or known.value is not value:  # `self.path = path` keeps the call's expression
                    self.arguments[name] = Given(name, value, at.span)
                if name in self.template_fields:
                    self.depend_on(value, at)

    def _set_dag(self, value: Any, at: At) -> None:
        from .dags import DagObject

        dag = as_host(value)
        if isinstance(dag, DagObject):
            dag.adopt([self], at)
        else:
            self.orphan = True

    def _add_assets(self, name: str, args: list[Arg], at: At) -> None:
        before = self.arguments[name].value if name in self.arguments else []
        more = args[0].value if args else []
        both = [*before, *more] if isinstance(before, list) and isinstance(more, (list, tuple)) else more
        self.arguments[name] = Given(name, both, at.span)

    def mark_setup(self) -> TaskObject:
        self.is_setup = True
        return self

    def mark_teardown(self, given: dict[str, Any], at: At, result: Endpoint) -> Endpoint:
        """`as_teardown(setups=…)`: the setups become setups, and upstream of this."""
        self.is_teardown = True
        self.trigger_rule = TEARDOWN_RULE
        if "on_failure_fail_dagrun" in given:
            self.set_attribute("on_failure_fail_dagrun", given["on_failure_fail_dagrun"], at)
        setups = given.get("setups")
        if setups is not None:
            for end in endpoints(setups, self.session, at, [self]):
                for task in end.leaves():
                    task.is_setup = True
                end.relate(self, at, upstream=False)
        return result

    def enter(self, at: At) -> Any:
        from .setups import setup_context

        return setup_context(self.session).open([self], at)

    def exit(self, at: At) -> None:
        from .setups import setup_context

        setup_context(self.session).leave(at)

    # --- data -----------------------------------------------------------------------------------------------

    def field(self, name: str) -> Any:
        """What a template field holds: the user's instance's attribute, else the argument of that name."""
        attributes = getattr(self.instance, "attributes", None)
        if isinstance(attributes, dict) and name in attributes:
            return attributes[name]
        if name == "op_args" and self.op_args:
            return [g.value for g in self.op_args]
        if name == "op_kwargs" and self.op_kwargs:
            return {g.name: g.value for g in self.op_kwargs}
        return self.arguments[name].value if name in self.arguments else None

    def depend_on(self, value: Any, at: At) -> None:
        """Set the tasks whose results a value holds upstream of this one."""
        if value is None or isinstance(value, (str, int, float)):
            return  # as nearly all are
        for task in references(value):
            self.relate(task, at, upstream=True, data=True)
        dag = self.real().dag
        if dag is not None and any(True for choice in _choices(value) for _ in references(list(choice.operands))):
            dag.unknown_effect(f"{self.describe()} takes the result of one task or another", at)
        if dag is not None:
            for element, unknown in doubtful(value, at):
                if any(True for _ in references(element)):
                    dag.give_up_for(unknown, "A2D010", "a condition", at)

    def depend_on_fields(self, at: At) -> None:
        for name in self.template_fields:
            self.depend_on(self.field(name), at)
        if self.mapping is not None and not self.mapping.kind.startswith("group"):
            for g in self.mapping.arguments:
                self.depend_on(g.value, at)


def references(value: Any, depth: int = 0) -> Iterator[TaskObject]:
    """The tasks whose results a value refers to, as XComArg.iter_xcom_references finds them."""
    from .groups import MappedArgumentObject
    from .xcom import XComBase

    if depth > 50:
        return
    value = as_host(value)
    match value:
        case XComBase():
            yield from value.tasks()
        case MappedArgumentObject():
            for g in value.mapping.arguments:
                yield from references(g.value, depth + 1)
        case TaskObject():
            for name in value.template_fields:
                yield from references(value.field(name), depth + 1)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from references(item, depth + 1)
        case dict():
            for item in value.values():
                yield from references(item, depth + 1)
        case Deferred(op="if", operands=(_, *alternatives)):
            yield from references(alternatives, depth + 1)


def _choices(value: Any, depth: int = 0) -> Iterator[Deferred]:
    """The values in a value of which an unknown condition chooses one."""
    if isinstance(value, Deferred) and value.op == "if":
        yield value
    elif depth < 20 and isinstance(value, (list, tuple, set, frozenset, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _choices(item, depth + 1)


def _relatives(task: TaskObject, upstream: Any) -> list[TaskObject]:
    return list(task.real().upstream if upstream else task.real().downstream)
