"""Operators while a file is read: constructing, subclassing, `partial().expand()`.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/operators.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import field, replace
from functools import cache
from typing import Any

from ...findings import Finding
from ...records import dataclass
from ...source import SourceFile, Span
from .. import names, signatures
from ..host import Arg, At, HostClass, HostObject
from ..objects import MISSING, Instance, UserClass
from ..trees import parse
from ..values import describe
from .dags import DagObject, unknown_default_args
from .groups import GroupObject
from .session import Given, Method, Origin, Session, as_host, given, text, unbound_init
from .tasks import Mapping, TaskObject, expansion
from .values import plain

STRUCTURE = frozenset({"task_id", "dag", "task_group", "default_args", "**"})
"""Arguments that say where a task is, not what it does; they become the task's place instead of arguments."""
KEY = re.compile(r"^[\w.-]+$")


@dataclass(slots=True, eq=False)
class OperatorClass(HostClass):
    """An operator class of Airflow's, of a provider's, or one out of sight that is called like one.

    `path` is as imported; `canonical` the one name for all its paths.
    """

    session: Session
    path: str
    canonical: str = ""

    def __post_init__(self) -> None:
        self.canonical = self.canonical or names.canonical(self.path)

    def describe(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def known(self) -> bool:
        return signatures.signature(self.canonical, self.session.line) is not None

    def task_type(self) -> str:
        if self.path.startswith("airflow.contrib."):
            return self.describe()  # contrib is Airflow 1.10's: 2.x only forwards to renamed classes of providers
        return names.task_type(self.path, self.session.line)

    def parameters(self) -> frozenset[str]:
        return _parameters(self.canonical, self.session.line)

    def template_fields(self) -> tuple[str, ...]:
        return signatures.template_fields(self.canonical, self.session.line)

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        if args:
            at.raise_("TypeError", "Use keyword arguments when initializing operators")
        task = new_task(self.session, self, kwargs, at)
        place(task, kwargs, at)
        task.depend_on_fields(at)
        _remark(task, at)
        return task

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        if args:
            at.raise_("TypeError", "Use keyword arguments when initializing operators")
        task = new_task(self.session, self, kwargs, at, instance=instance)
        instance.host = task
        place(task, kwargs, at)
        return None

    def instantiated(self, instance: Any, at: At) -> None:
        if isinstance(instance.host, TaskObject):
            instance.host.depend_on_fields(at)
            _remark(instance.host, at)
        elif (dag := self.session.dag()) is not None:
            dag.unknown_effect(f"{instance.cls.name} does not call its base class's __init__", at)

    def before_init(self, cls: UserClass, parameters: Iterable[str], kwargs: dict[str, Arg], at: At) -> dict[str, Arg]:
        """Fill a user class's own parameters from default_args, as BaseOperatorMeta.apply_defaults does."""
        dag, group = _surroundings(self.session, kwargs)
        defaults = merged_defaults(dag, group, kwargs, at)
        more = {n: defaults[n] for n in parameters if n not in kwargs and n in defaults and n not in STRUCTURE}
        return {**kwargs, **{n: DefaultArg(g.value, _node(n, at), at, g.names) for n, g in more.items()}}

    def attribute_of(self, cls: UserClass, name: str, at: At) -> Any:
        if name == "partial":
            return Method(name, lambda a, k, at: OperatorPartial(self.session, self, k, cls, at=at))
        return self.attribute(name, at)

    def attribute(self, name: str, at: At) -> Any:
        match name:
            case "partial":
                return Method(name, lambda a, k, at: OperatorPartial(self.session, self, k, None, at=at))
            case "__init__":
                return unbound_init(self)
            case "template_fields":
                return self.template_fields()
            case "template_ext":
                found = signatures.signature(self.canonical, self.session.line)
                return found.template_ext if found else ()
            case "template_fields_renderers":
                found = signatures.signature(self.canonical, self.session.line)
                return dict(found.template_fields_renderers) if found else {}
            case "__name__" | "__qualname__":
                return self.describe()
            case "__module__":
                return self.path.rpartition(".")[0]
        return at.unknown(f"{self.describe()}.{name}")


@dataclass(frozen=True, slots=True)
class DefaultArg(Arg):
    """An argument that came from default_args."""


def _node(name: str, at: At) -> ast.expr:
    place = at.span
    return ast.Constant(
        name, lineno=place.line, col_offset=place.column, end_lineno=place.end_line, end_col_offset=place.end_column
    )


@cache
def _parameters(canonical: str, line: str) -> frozenset[str]:
    own = signatures.parameter_names(canonical, line)
    return own or frozenset(p.name for p in signatures.base_operator_parameters(line))


# --- default arguments ---------------------------------------------------------------------------------------


def _surroundings(session: Session, kwargs: dict[str, Arg]) -> tuple[DagObject | None, GroupObject | None]:
    """The DAG and group a task would get: its own arguments, else the contexts that are open."""
    own_dag = as_host(kwargs["dag"].value) if "dag" in kwargs else None
    dag = (
        own_dag
        if isinstance(own_dag, DagObject)
        else None
        if "dag" in kwargs and own_dag is not None
        else session.dag()
    )
    own_group = as_host(kwargs["task_group"].value) if "task_group" in kwargs else None
    group = own_group if isinstance(own_group, GroupObject) else session.group(dag)
    if group is not None and dag is not None and group.dag is not dag:
        group = dag.root
    return dag, group


def merged_defaults(
    dag: DagObject | None, group: GroupObject | None, kwargs: dict[str, Arg], at: At
) -> dict[str, Given]:
    """default_args of the DAG, then of its groups, then of the task itself; the later ones win."""
    found: dict[str, Given] = {}
    if dag is not None:
        origin = dag.given.get("default_args")
        entries = _entries(origin, at)
        for name, value in dag.default_args.items():
            if isinstance(name, str):
                found[name] = _default(name, value, origin, entries)
    if group is not None:
        for name, value in group.default_args.items():
            if isinstance(name, str):
                found[name] = Given(name, value, group.span, origin="default_args")
    own = kwargs.get("default_args")
    if own is not None and isinstance(own.value, dict):
        for name, value in own.value.items():
            if isinstance(name, str):
                found[name] = Given(name, value, own.span, origin="default_args")
    elif own is not None and own.value is not None and dag is not None:
        unknown_default_args(dag, own.value, at)
    return found


def _default(name: str, value: Any, origin: Given | None, entries: dict[str, Given]) -> Given:
    if name in entries:
        return replace(entries[name], value=value, origin="default_args")
    return Given(name, value, origin.span if origin else Span("", 1), origin="default_args")


def _entries(origin: Given | None, at: At) -> dict[str, Given]:
    """The entries of a default_args dict that is written out in the file the DAG is in, by key."""
    if origin is None or origin.span.file != at.source.file:
        return {}
    return {
        key: given(key, Arg(None, node, at, at.names_in(node)))
        for key, node in _dict_nodes(at.source, origin.source or "").items()
    }


@cache
def _dict_nodes(source: SourceFile, expression: str) -> dict[str, ast.expr]:
    """The value expressions of a dict display: the last one a module assigns to the name, or None if it has none."""
    if not expression.isidentifier():
        return {}
    found: ast.expr | None = None
    for statement in parse(source.file, source.text).tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == expression:
                found = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name == expression:
                found = value
    match found:
        case ast.Dict(keys=keys, values=written):
            pairs = zip(keys, written, strict=True)
            return {k.value: v for k, v in pairs if isinstance(k, ast.Constant) and isinstance(k.value, str)}
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return {k.arg: k.value for k in keywords if k.arg}
    return {}


# --- making one ----------------------------------------------------------------------------------------------


def new_task(
    session: Session,
    cls: OperatorClass,
    kwargs: dict[str, Arg],
    at: At,
    *,
    instance: Instance | None = None,
    user_class: UserClass | None = None,
    origin: Origin = "call",
    only_base_defaults: bool = False,
) -> TaskObject:
    """The task an operator's constructor makes, not yet in a DAG."""
    user_class = instance.cls if instance is not None else user_class
    arguments = _arguments(instance, kwargs, origin)
    dag, group = _surroundings(session, kwargs)
    defaults = merged_defaults(dag, group, kwargs, at)
    accepted = _parameters("", session.line) if only_base_defaults else cls.parameters()
    for name, default in defaults.items():
        if name not in kwargs and name in accepted and name not in STRUCTURE:
            arguments.setdefault(name, default)
    task_id = plain(
        kwargs["task_id"].value
        if "task_id" in kwargs
        else defaults["task_id"].value
        if "task_id" in defaults
        else MISSING
    )
    if task_id is MISSING and "**" not in kwargs:
        at.raise_("TypeError", "missing keyword argument 'task_id'")
    made_at = instance.at if instance is not None and instance.at is not None else at
    task = TaskObject(
        session,
        task_id if isinstance(task_id, str) else session.placeholder("task"),
        user_class.name if user_class is not None else cls.task_type(),
        f"{user_class.module.source.module}.{user_class.qualname}" if user_class is not None else cls.canonical,
        made_at.span,
        arguments,
        _template_fields(cls, user_class, arguments),
        bases=_bases(cls, user_class),
        instance=instance if instance is not None else user_class,
        nameless=not isinstance(task_id, str),
    )
    if "trigger_rule" in arguments:
        task.trigger_rule = arguments["trigger_rule"].value
    if "python_callable" in arguments:
        task.function = arguments["python_callable"].value
    if task.nameless:
        _report_nameless(task, task_id, dag, at)
    elif not KEY.match(task.label):
        at.raise_("AirflowException", f"The key {task.label!r} has to be made of alphanumeric characters, dashes, dots")
    return task


def _report_nameless(task: TaskObject, task_id: Any, dag: DagObject | None, at: At) -> None:
    reason = describe(task_id)
    dag_id = dag.dag_id if dag is not None else None
    finding = Finding("A2D012", f"the task_id of {task.operator} cannot be known: {reason}", task.span, dag_id=dag_id)
    if dag is not None:
        dag.give_up(finding, at)
    else:
        task.session.report(finding, at)


def _arguments(instance: Instance | None, kwargs: dict[str, Arg], origin: Origin) -> dict[str, Given]:
    """What reached the operator. Of a user's class: what its `__init__` passed on, and what it was itself called with.

    Where both have a name, what was passed on counts, unless it is the same value: then the call's own expression does.
    """
    arrived = {
        name: given(name, arg, "default_args" if isinstance(arg, DefaultArg) else origin)
        for name, arg in kwargs.items()
        if name not in STRUCTURE
    }
    if instance is None:
        return arrived
    called = {n: given(n, a) for n, a in instance.kwargs.items() if n not in STRUCTURE}
    for name, argument in arrived.items():
        if name in called and called[name].value is argument.value:
            arrived[name] = called[name]
        elif argument.origin == "call":
            argument.origin = "operator class"
    return arrived | {n: g for n, g in called.items() if n not in arrived}


def _template_fields(
    cls: OperatorClass, user_class: UserClass | None, arguments: MappingType[str, Given]
) -> tuple[str, ...]:
    own = user_class.find("template_fields") if user_class is not None else MISSING
    if isinstance(own, (list, tuple)):
        return tuple(f for f in own if isinstance(f, str))
    if isinstance(own, str):
        return (own,)
    # Of a class out of sight the fields are not known: a task's result that is passed to it must be one of them.
    return (
        cls.template_fields()
        if cls.known
        else tuple(n for n in arguments if n not in _parameters("", cls.session.line))
    )


def _bases(cls: OperatorClass, user_class: UserClass | None) -> tuple[str, ...]:
    """The Airflow classes a user's class extends, nearest first."""
    if user_class is None:
        return ()
    found = [base.canonical for base in user_class.mro if isinstance(base, OperatorClass)] or [cls.canonical]
    return tuple(dict.fromkeys(p for base in found for p in signatures.mro(base, cls.session.line)))


def place(task: TaskObject, kwargs: dict[str, Arg], at: At) -> None:
    """Put a new task into its DAG and group."""
    session = task.session
    dag, group = _surroundings(session, kwargs)
    own = as_host(kwargs["dag"].value) if "dag" in kwargs else None
    if own is not None and not isinstance(own, DagObject):
        if isinstance(own, (str, int, dict, list)):
            at.raise_("TypeError", f"Expected dag; received {type(own).__name__}")
        task.orphan = True
        finding = Finding("A2D014", f"{task.describe()} is put into an unknown DAG: {text(own)}", at.span)
        session.give_up_everywhere(finding, at)
    task.group = group
    if group is not None and group.nameless and not task.nameless:
        task.nameless, task.label = True, session.placeholder("task")
    task.task_id = group.child_id(task.label) if group is not None and not task.nameless else task.label
    if dag is not None:
        if "**" in kwargs:
            message = f"{task.describe()} gets arguments that cannot be known: {text(kwargs['**'].value)}"
            session.report(Finding("A2D304", message, kwargs["**"].span, dag_id=dag.dag_id), at)
        dag.add_task(task, at)
    if session.setups is not None and session.setups.active:
        session.setups.note(task)


def _remark(task: TaskObject, at: At) -> None:
    if task.operator.startswith("SubDagOperator") or any(b.endswith(".SubDagOperator") for b in task.bases):
        message = f"{task.describe()} runs a sub-DAG, whose tasks are not carried over with it"
        task.session.report(
            Finding("A2D202", message, task.span, dag_id=task.dag.dag_id if task.dag else None, task_id=task.task_id),
            at,
        )


# --- mapped operators ----------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class OperatorPartial(HostObject):
    """`Operator.partial(...)`: the DAG and group are those of this moment, the task is made by `expand`."""

    session: Session
    cls: OperatorClass
    kwargs: dict[str, Arg]
    user_class: UserClass | None
    at: At
    dag: DagObject | None = field(init=False)
    group: GroupObject | None = field(init=False)

    def __post_init__(self) -> None:
        self.dag, self.group = _surroundings(self.session, self.kwargs)

    def describe(self) -> str:
        return f"{self.cls.describe()}.partial()"

    def attribute(self, name: str, at: At) -> Any:
        if name in ("expand", "expand_kwargs"):
            return expansion(name, self._expand)
        return at.unknown(f"{self.describe()}.{name}")

    def _expand(self, mapping: Mapping, at: At) -> TaskObject:
        task = new_task(self.session, self.cls, self.kwargs, at, user_class=self.user_class, only_base_defaults=True)
        task.span = Span(
            self.at.span.file, self.at.span.line, self.at.span.column, at.span.end_line, at.span.end_column
        )
        task.mapping = mapping
        place(task, self.kwargs, at)
        task.depend_on_fields(at)
        _remark(task, at)
        return task
