"""TaskFlow: `@task` and its variants, `@setup`, `@teardown`, calls, `override`, `partial`, `expand`.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/taskflow.html
"""

from __future__ import annotations

import ast
from dataclasses import field, replace
from typing import Any

from ...airflow_model import Deferred, Symbol
from ...records import dataclass
from ...source import Span
from .. import names
from ..host import Arg, At, HostObject
from ..objects import BoundMethod, Partial, UserFunction
from .dags import NUMBER, DagObject
from .operators import OperatorClass, _surroundings, new_task, place
from .session import Given, Method, Session, as_host, bound, given
from .tasks import TEARDOWN_RULE, Mapping, TaskObject, expansion
from .xcom import XComObject


@dataclass(slots=True, eq=False)
class TaskNamespace(HostObject):
    """`task` itself, with a decorator for every kind of TaskFlow task."""

    session: Session

    def describe(self) -> str:
        return "@task"

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return TaskDecorator(self.session, "python", {}, None).call(args, kwargs, at)

    def attribute(self, name: str, at: At) -> Any:
        if name in ("run_if", "skip_if"):
            return Method(
                name, lambda a, k, at: Condition(self.session, name, bound(a, k, "condition", "skip_message"))
            )
        return TaskDecorator(self.session, name, {}, None)


@dataclass(slots=True, eq=False)
class Condition(HostObject):
    """`@task.run_if(condition)` above `@task`: one more function in `pre_execute`, which is a list from then on."""

    session: Session
    kind: str
    kwargs: dict[str, Arg]

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        task = args[0].value if args else None
        if not isinstance(task, TaskDecorated):
            return at.raise_("TypeError", f"{self.kind} can only be used with task. decorate with @task before")
        arg, before = self.kwargs["condition"], task.settings.get("pre_execute")
        given = [self.kwargs[name].value for name in ("condition", "skip_message") if name in self.kwargs]
        hook = Deferred("call", (Symbol(f"airflow.sdk.task.{self.kind}"), *given), span=arg.span)
        hooks = [] if before is None or before.value is None else before.value
        hooks = [*hooks, hook] if isinstance(hooks, list) else [hooks, hook]
        return replace(task, settings={**task.settings, "pre_execute": replace(arg, value=hooks)})


@dataclass(slots=True, eq=False)
class TaskDecorator(HostObject):
    """`@task`, `@task(...)`, `@task.branch`, …: `kind` is the part after the dot, "python" where there is none."""

    session: Session
    kind: str
    kwargs: dict[str, Arg]
    dag: DagObject | None

    def describe(self) -> str:
        return "@task" if self.kind == "python" else f"@task.{self.kind}"

    def attribute(self, name: str, at: At) -> Any:
        return TaskDecorator(self.session, name, self.kwargs, self.dag)

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        function = args[0] if args else kwargs.get("python_callable")
        settings = {**self.kwargs, **{n: a for n, a in kwargs.items() if n != "python_callable"}}
        if function is None:
            return TaskDecorator(self.session, self.kind, settings, self.dag)
        target = function.value
        if isinstance(target, TaskDecorated):
            target = target.function
        return TaskDecorated(self.session, self.kind, target, settings, dag=self.dag, span=at.span)


@dataclass(slots=True, eq=False)
class TaskDecorated(HostObject):
    """A decorated function; each call makes a task. `settings` are the decorator's arguments."""

    session: Session
    kind: str
    function: Any
    settings: dict[str, Arg]
    fixed: dict[str, Arg] = field(default_factory=dict)
    dag: DagObject | None = None
    span: Span | None = None
    is_setup: bool = False
    is_teardown: bool = False

    def describe(self) -> str:
        return f"@task {self.name or ''}".rstrip()

    @property
    def name(self) -> str | None:
        target = self.function.function if isinstance(self.function, BoundMethod) else self.function
        if isinstance(target, Partial):
            target = target.function
        found = getattr(target, "name", None)
        return found if isinstance(found, str) and found.isidentifier() else None

    def attribute(self, name: str, at: At) -> Any:
        match name:
            case "override":
                return Method(name, lambda a, k, _: replace(self, settings={**self.settings, **k}))
            case "partial":
                return Method(name, lambda a, k, _: replace(self, fixed={**self.fixed, **k}))
            case "expand" | "expand_kwargs":
                return expansion(name, self._expand)
            case "function" | "__wrapped__" | "python_callable":
                return self.function
            case "__name__":
                return self.name or at.unknown("the name of a decorated function")
            case "is_setup":
                return self.is_setup
            case "is_teardown":
                return self.is_teardown
            case "kwargs":
                return {n: a.value for n, a in self.settings.items()}
        return at.unknown(f"{self.describe()}.{name}")

    def set_attribute(self, name: str, value: Any, at: At) -> None:
        if name == "is_setup":
            self.is_setup = bool(value)
        elif name == "is_teardown":
            self.is_teardown = bool(value)

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return XComObject(self.session, self._make(args, {**self.fixed, **kwargs}, None, at))

    def _expand(self, mapping: Mapping, at: At) -> Any:
        return XComObject(self.session, self._make([], self.fixed, mapping, at))

    def _make(self, args: list[Arg], kwargs: dict[str, Arg], mapping: Mapping | None, at: At) -> TaskObject:
        settings = dict(self.settings)
        if self.dag is not None:
            settings.setdefault("dag", Arg(self.dag, _node(self.name or "dag", at), at))
        dag, _ = _surroundings(self.session, settings)
        settings["task_id"] = self._task_id(settings, dag, at)
        cls = OperatorClass(self.session, f"airflow.sdk.task.{self.kind}", names.decorated_operator(self.kind) or "")
        task = new_task(self.session, cls, settings, at, origin="decorator", only_base_defaults=mapping is not None)
        task.name = cls.canonical
        task.decorator = "task" if self.kind == "python" else f"task.{self.kind}"
        task.function = self.function
        task.op_args = [given(n, a) for n, a in zip(self._positions(len(args)), args, strict=True)]
        task.op_kwargs = [given(n, a) for n, a in kwargs.items()]
        for name in ("op_args", "op_kwargs"):
            if name in task.arguments:
                self._merge(task, name)
        task.template_fields = tuple(dict.fromkeys(("op_args", "op_kwargs", *cls.template_fields())))
        task.mapping = mapping
        task.is_setup, task.is_teardown = self.is_setup, self.is_teardown
        if self.is_teardown:
            task.trigger_rule = TEARDOWN_RULE
        place(task, settings, at)
        task.depend_on_fields(at)
        return task

    def _merge(self, task: TaskObject, name: str) -> None:
        """`@task(op_kwargs={…})`: given before the call's own."""
        before = task.arguments.pop(name)
        if name == "op_kwargs" and isinstance(before.value, dict):
            own = {g.name for g in task.op_kwargs}
            more = [Given(str(k), v, before.span, origin="decorator") for k, v in before.value.items() if k not in own]
            task.op_kwargs = more + task.op_kwargs

    def _task_id(self, settings: dict[str, Arg], dag: DagObject | None, at: At) -> Arg:
        arg = settings.get("task_id")
        if arg is None:
            value: Any = self.name or at.unknown("the name of a decorated function")
            arg = Arg(value, _node(self.name or "task", at), at)
        if isinstance(arg.value, str):
            return replace(arg, value=unique_task_id(self.session, arg.value, dag, settings))
        return arg

    def _positions(self, count: int) -> list[str]:
        target = self.function.function if isinstance(self.function, BoundMethod) else self.function
        found: list[str] = []
        if isinstance(target, UserFunction):
            own = target.node.args
            found = [a.arg for a in (*own.posonlyargs, *own.args)][:count]
        return found + [str(i) for i in range(len(found), count)]


def unique_task_id(session: Session, task_id: str, dag: DagObject | None, settings: dict[str, Arg]) -> str:
    """The id of a further call of one function: `name__1` … (get_unique_task_id, airflow/sdk/bases/decorator.py).

    A call under an unknown condition whose other branch made the id before counts as a further call too.
    """
    if dag is None:
        return task_id
    own = as_host(settings["task_group"].value) if "task_group" in settings else None
    from .groups import GroupObject

    group = own if isinstance(own, GroupObject) else session.group(dag)
    full = group.child_id(task_id) if group is not None else task_id
    if full not in dag.tasks:
        return task_id
    taken = dag.highest.get(NUMBER.split(full)[0], 0)
    return f"{NUMBER.split(task_id)[0]}__{taken + 1}"


def _node(name: str, at: At) -> ast.expr:
    place = at.span
    return ast.Constant(
        name, lineno=place.line, col_offset=place.column, end_lineno=place.end_line, end_col_offset=place.end_column
    )


def setup(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    """`@setup`, alone or above `@task`."""
    return _marked(session, args[0].value if args else None, at, is_setup=True)


def teardown(session: Session, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    """`@teardown` and `@teardown(on_failure_fail_dagrun=True)`."""
    if not args:
        return Method("teardown", lambda a, k, at: _marked(session, a[0].value, at, more=kwargs, is_teardown=True))
    return _marked(session, args[0].value, at, more=kwargs, is_teardown=True)


def _marked(
    session: Session,
    function: Any,
    at: At,
    more: dict[str, Arg] | None = None,
    is_setup: bool = False,
    is_teardown: bool = False,
) -> Any:
    if not isinstance(function, TaskDecorated):
        function = TaskDecorated(session, "python", function, {}, span=at.span)
    return replace(function, settings={**function.settings, **(more or {})}, is_setup=is_setup, is_teardown=is_teardown)
