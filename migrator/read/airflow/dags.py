"""`DAG`, `with DAG(...)` and `@dag` while a file is read.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from ...airflow_model import Deferred, ParamSpec, Symbol, Unknown
from ...findings import Finding
from ...records import dataclass
from ...source import Span
from ..host import Arg, At, HostClass, HostObject
from ..objects import UserFunction
from ..signatures import dag_parameters
from ..values import describe
from .edges import EdgeInfo, Endpoint
from .groups import GroupObject
from .session import Given, Method, Session, as_host, beyond, given, text, unbound_init, values
from .tasks import TaskObject
from .values import plain

DAG_PATH = "airflow.sdk.DAG"
PARAMS = Symbol("airflow.context.params")
"""Stands for the run's `params` in values that are read from it: `Deferred("item", (PARAMS, name))`."""
KEY = re.compile(r"^[\w.-]+$")
NUMBER = re.compile(r"__([0-9]+)$")
"""What Airflow adds to the id of a further call of one decorated function."""


@dataclass(slots=True, eq=False)
class DagObject(HostObject):
    """One DAG while it is built. `default_args` is its own copy, as in Airflow."""

    session: Session
    dag_id: str
    given: dict[str, Given]
    default_args: dict[Any, Any]
    span: Span
    conditional: tuple[Unknown, ...] = ()
    repeated: tuple[Unknown, ...] = ()
    nameless: bool = False
    instance: Any = None
    cls_name: str = "DAG"
    root: GroupObject = field(init=False)
    tasks: dict[str, TaskObject] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    """Of the tasks called `name__1`, `name__2` …: the highest number, by name."""
    edges: dict[tuple[TaskObject, TaskObject], EdgeInfo] = field(default_factory=dict)
    incomplete: dict[Finding, None] = field(default_factory=dict)
    params: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = GroupObject(self.session, None, self, None, prefix=False, span=self.span)

    def describe(self) -> str:
        return f"DAG {self.dag_id!r}"

    def dag_id_value(self, at: At) -> Any:
        return at.unknown("an unknown dag_id") if self.nameless else self.dag_id

    # --- what is unknown ------------------------------------------------------------------------------------

    def give_up(self, finding: Finding, at: At) -> None:
        """Report, and remember that a task or edge may be missing or too many."""
        self.incomplete[self.session.report(finding, at)] = None

    def unknown_effect(self, what: str, at: At) -> None:
        self.give_up(Finding("A2D014", f"{what} in {self.describe()}", at.span, dag_id=self.dag_id), at)

    def unknown_circumstances(self, at: At) -> None:
        """Something is made under conditions or in loops that are not known where the DAG itself is not."""
        for code, what, unknowns in (
            ("A2D010", "a condition", beyond(at.conditional, self.conditional)),
            ("A2D011", "a loop", beyond(at.repeated, self.repeated)),
        ):
            for unknown in unknowns:
                self.give_up_for(unknown, code, what, at)

    def give_up_for(self, unknown: Unknown, code: str, what: str, at: At) -> None:
        message = f"{what} decides over tasks or edges of {self.describe()}: {unknown.reason}"
        self.give_up(Finding(code, message, unknown.span or at.span, dag_id=self.dag_id), at)

    # --- tasks ----------------------------------------------------------------------------------------------

    def add_task(self, task: TaskObject, at: At) -> None:
        """Airflow's DAG.add_task: into the current group if it has none, and refused if its id is taken."""
        if task.group is None:
            group = self.session.group(self) or self.root
            group = group if group.dag is self else self.root
            task.group = group
            if not task.nameless:
                task.task_id = group.child_id(task.label)
        outside = beyond(at.conditional, self.conditional)
        loops = beyond(at.repeated, self.repeated)
        task.conditional, task.repeated = bool(outside), bool(loops)
        task.circumstances = outside + loops
        task.dag = self
        if outside or loops:
            self.unknown_circumstances(at)
        known = self.tasks.get(task.task_id)
        if known is task:
            return
        if known is not None or task.task_id in self.root.used_ids:
            self._taken(task, known, at)
            return
        task.group.children[task.task_id] = task
        self.tasks[task.task_id] = task
        stem, *number = NUMBER.split(task.task_id)
        if number:
            self.highest[stem] = max(self.highest.get(stem, 0), int(number[0]))
        self.root.used_ids.add(task.task_id)

    def _taken(self, task: TaskObject, known: TaskObject | None, at: At) -> None:
        if known is not None and (known.circumstances or task.circumstances):
            task.alias_of, known.twins = known, True  # the branches of an unknown condition each make one
            return
        message = f"task id {task.task_id!r} is used twice in {self.describe()}"
        related = (("first used here", known.span),) if known is not None else ()
        finding = Finding("A2D404", message, at.span, related, dag_id=self.dag_id, task_id=task.task_id)
        self.give_up(finding, at)
        if known is not None:
            task.alias_of = known

    def adopt(self, tasks: Sequence[TaskObject], at: At) -> None:
        """`task.dag = dag`, `dag.add_task(task)`: a task may be given a DAG once."""
        for task in tasks:
            if task.dag is None:
                self.add_task(task, at)
            elif task.dag is not self:
                at.raise_("AirflowException", f"The DAG assigned to {task.task_id} can not be changed")

    # --- operations -----------------------------------------------------------------------------------------

    def enter(self, at: At) -> Any:
        self.session.open_dags.append(self)
        return self.instance if self.instance is not None else self

    def exit(self, at: At) -> None:
        if self in self.session.open_dags:
            self.session.open_dags.remove(self)
        # Leaving the context registers the DAG with the file that is being loaded (Airflow 2.4). In 1.10 only the
        # names of the module count.
        auto = self.given.get("auto_register")
        if self.session.line != "1" and not (auto is not None and auto.value is False):
            self.register()

    def register(self) -> None:
        if self not in self.session.collected:
            self.session.collected.append(self)

    def binary(self, op: str, other: Any, reflected: bool, at: At) -> Any:
        host = as_host(other)
        if op in (">>", "<<") and isinstance(host, Endpoint):
            self.adopt(host.leaves(), at)
            return other
        if op in ("==", "!="):
            return (self is host) == (op == "==")
        return NotImplemented

    def item(self, key: Any, at: At) -> Any:
        return self._get_task(key, at)

    def attribute(self, name: str, at: At) -> Any:
        match name:
            case "dag_id":
                return self.dag_id_value(at)
            case "safe_dag_id":
                return self.dag_id.replace(".", "__dot__")
            case "default_args":
                return self.default_args
            case "params":
                return self.params
            case "task_group" | "_task_group":
                return self.root
            case "tasks":
                return list(self.tasks.values())
            case "task_dict":
                return dict(self.tasks)
            case "task_ids":
                return list(self.tasks)
            case "roots":
                return [t for t in self.tasks.values() if not t.upstream]
            case "leaves":
                return [t for t in self.tasks.values() if not t.downstream]
            case "get_task" | "get_task_by_id":
                return Method(name, lambda a, k, at: self._get_task(values(a, k, "task_id").get("task_id"), at))
            case "has_task":
                return Method(name, lambda a, k, at: self._has_task(values(a, k, "task_id").get("task_id"), at))
            case "add_task":
                return Method(name, lambda a, k, at: self._add(values(a, k, "task").get("task"), at))
            case "add_tasks":
                return Method(name, lambda a, k, at: self._add(values(a, k, "tasks").get("tasks"), at))
            case "set_dependency":
                return Method(name, self._set_dependency)
            case "add_result":
                return Method(name, lambda a, k, at: a[0].value if a else None)
            case "param":
                return Method(name, self._param)
            case "task":
                from .taskflow import TaskDecorator

                return TaskDecorator(self.session, "python", {}, self)
            case "set_edge_info" | "cli" | "test" | "validate" | "run" | "clear" | "sync_to_db" | "tree_view":
                return Method(name, lambda *_: None)
            case "topological_sort":
                return Method(name, lambda *_: self.in_order())
            case "task_count":
                return len(self.tasks)
            case "fileloc" | "filepath" | "folder" | "full_filepath" | "log" | "owner":
                return at.unknown(f"DAG.{name}")
        if name in self.given:
            return self.given[name].value
        return at.unknown(f"DAG.{name}")

    def set_attribute(self, name: str, value: Any, at: At) -> None:
        if name == "default_args" and isinstance(value, dict):
            self.default_args = dict(value)
        elif name == "dag_id":
            if isinstance(value, str):
                self.dag_id, self.nameless = value, False
            else:
                self.nameless = True
        elif name in ("tasks", "task_dict", "task_group"):
            self.unknown_effect(f"{name} is assigned", at)
        else:
            self.given[name] = Given(name, value, at.span)

    def in_order(self) -> list[TaskObject]:
        """A topological order, ties by creation."""
        done: dict[TaskObject, None] = {}
        waiting = list(self.tasks.values())
        while waiting:
            ready = [t for t in waiting if all(u in done or u not in waiting for u in t.upstream)] or waiting
            done.update(dict.fromkeys(ready))
            waiting = [t for t in waiting if t not in done]
        return list(done)

    def _get_task(self, task_id: Any, at: At) -> Any:
        if isinstance(task_id, str):
            if task_id in self.tasks:
                return self.tasks[task_id]
            group = self.root.find(task_id)
            if group is not None:
                return group
            if not any(t.nameless for t in self.tasks.values()):
                at.raise_("TaskNotFound", f"Task {task_id} not found")
        return at.unknown(f"a task of {self.describe()} with an unknown id")

    def _has_task(self, task_id: Any, at: At) -> Any:
        if isinstance(task_id, str) and not self.incomplete:
            return task_id in self.tasks
        return at.unknown(f"whether {self.describe()} has a task")

    def _add(self, value: Any, at: At) -> None:
        found = [as_host(v) for v in value] if isinstance(value, (list, tuple)) else [as_host(value)]
        for task in found:
            if isinstance(task, TaskObject):
                self.adopt([task], at)
            else:
                self.unknown_effect(f"an unknown task is added: {text(task)}", at)

    def _set_dependency(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> None:
        ids = values(args, kwargs, "upstream_task_id", "downstream_task_id")
        up = self._get_task(ids.get("upstream_task_id"), at)
        down = self._get_task(ids.get("downstream_task_id"), at)
        if isinstance(up, Endpoint):
            up.relate(down, at, upstream=False)
        else:
            self.unknown_effect("a dependency between unknown tasks", at)

    def _param(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        found = values(args, kwargs, "name", "default")
        name = found.get("name")
        if isinstance(name, str) and ("default" in found or name not in self.params):
            self.params[name] = found.get("default")
        return Deferred("item", (PARAMS, name), span=at.span)


# --- making one ----------------------------------------------------------------------------------------------


def positional_names(session: Session) -> tuple[str, ...]:
    return tuple(p.name for p in dag_parameters(session.line) if not p.keyword_only) or ("dag_id", "description")


def make_dag(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> DagObject:
    """`DAG(...)`: the arguments as given, `default_args` copied, params of default_args taken out."""
    known = {name: given(name, arg) for name, arg in kwargs.items() if name != "**"}
    for name, arg in zip(positional_names(session), args, strict=False):
        known.setdefault(name, given(name, arg))
    dag_id = plain(known["dag_id"].value) if "dag_id" in known else None
    if "dag_id" not in known and "**" not in kwargs:
        at.raise_("TypeError", "DAG() missing 1 required positional argument: 'dag_id'")
    default_args = known["default_args"].value if "default_args" in known else None
    dag = DagObject(
        session,
        dag_id if isinstance(dag_id, str) else session.placeholder("dag"),
        known,
        dict(default_args) if isinstance(default_args, dict) else {},
        at.span,
        at.conditional,
        at.repeated,
        nameless=not isinstance(dag_id, str),
    )
    if dag.nameless:
        reason = describe(dag_id)
        session.report(Finding("A2D012", f"the dag_id cannot be known: {reason}", at.span), at)
    elif not KEY.match(dag.dag_id):
        at.raise_("AirflowException", f"The key {dag.dag_id!r} has to be made of alphanumeric characters, dashes, dots")
    if default_args is not None and not isinstance(default_args, dict):
        unknown_default_args(dag, default_args, at)
    _take_params(dag)
    session.dags.append(dag)
    return dag


def unknown_default_args(dag: DagObject, value: Any, at: At) -> None:
    """Default arguments cannot add or remove tasks, so the DAG stays complete; what they set is not known."""
    message = f"default_args of {dag.describe()} cannot be known: {text(value)}"
    dag.session.report(Finding("A2D304", message, at.span, dag_id=dag.dag_id), at)


def _take_params(dag: DagObject) -> None:
    own = dag.given["params"].value if "params" in dag.given else None
    if isinstance(own, dict):
        dag.params.update(own)
    inherited = dag.default_args.pop("params", None)
    if isinstance(inherited, dict):
        dag.params.update(inherited)


@dataclass(slots=True, eq=False)
class DagClass(HostClass):
    """`DAG` itself."""

    session: Session
    path: str = DAG_PATH

    def describe(self) -> str:
        return "DAG"

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return make_dag(self.session, args, kwargs, at)

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        dag = make_dag(self.session, args, kwargs, at)
        dag.instance = instance
        dag.cls_name = instance.cls.name
        made_at = getattr(instance.at, "span", None)
        dag.span = made_at or dag.span
        instance.host = dag
        return None

    def attribute(self, name: str, at: At) -> Any:
        return unbound_init(self) if name == "__init__" else at.unknown(f"DAG.{name}")


@dataclass(slots=True, eq=False)
class DagDecorator(HostObject):
    """`@dag` and `@dag(...)`."""

    session: Session
    args: list[Arg]
    kwargs: dict[str, Arg]

    def describe(self) -> str:
        return "@dag"

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        function = args[0].value if args else None
        if isinstance(function, UserFunction) and len(args) == 1 and not kwargs:
            return DagFactory(self.session, function, self.args, self.kwargs, at.span)
        return DagDecorator(self.session, args, kwargs)


@dataclass(slots=True, eq=False)
class DagFactory(HostObject):
    """A function decorated with `@dag`: each call makes a DAG, with the function's parameters as its params."""

    session: Session
    function: UserFunction
    args: list[Arg]
    kwargs: dict[str, Arg]
    span: Span

    def describe(self) -> str:
        return f"@dag {self.function.name}"

    def attribute(self, name: str, at: At) -> Any:
        if name == "__name__":
            return self.function.name
        return self.function if name in ("function", "__wrapped__") else at.unknown(f"@dag.{name}")

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        name = Arg(self.function.name, ast.copy_location(ast.Constant(self.function.name), self.function.node), at)
        dag = make_dag(self.session, self.args, {"dag_id": name, **self.kwargs} if not self.args else self.kwargs, at)
        dag.given.get("dag_id", Given("dag_id", "", at.span)).span = self.span
        dag.span = self.span
        docstring = self._docstring()
        if docstring and "doc_md" not in dag.given:
            dag.given["doc_md"] = Given("doc_md", docstring, self.span, origin="decorator")
        dag.enter(at)
        try:
            at.call(self.function, (), self._params(dag, args, kwargs, at))
        finally:
            dag.exit(at)
        return dag

    def _docstring(self) -> str | None:
        node = self.function.node
        return None if isinstance(node, ast.Lambda) else ast.get_docstring(node, clean=False)

    def _params(self, dag: DagObject, args: list[Arg], kwargs: dict[str, Arg], at: At) -> dict[str, Any]:
        """What the function is called with: for each parameter a reference to the DAG's param of that name."""
        parameters = self.function.node.args
        names = [a.arg for a in (*parameters.posonlyargs, *parameters.args)]
        defaults = dict(zip(names[len(names) - len(self.function.defaults) :], self.function.defaults, strict=False))
        names += [a.arg for a in parameters.kwonlyargs]
        defaults |= self.function.keyword_defaults
        passed = values(args, kwargs, *names)
        for name in names:
            dag.params[name] = passed.get(name, defaults.get(name))
        return {name: Deferred("item", (PARAMS, name), span=at.span) for name in names}


def dag_of(value: Any) -> DagObject | None:
    host = as_host(value)
    return host if isinstance(host, DagObject) else None


def param_spec(value: Any) -> ParamSpec:
    return value if isinstance(value, ParamSpec) else ParamSpec(value)
