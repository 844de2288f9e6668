"""A TaskView that writes the simplest possible text, so that a rule's own words can be looked at by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NoReturn

from migrator.airflow_model import Argument, Dag, Function, Symbol, Task, Value, XComRef
from migrator.dagster_model import Body, Code
from migrator.rules import find, load
from migrator.rules.api import OtherDag, Result
from migrator.rules.connections import parameter_name
from migrator.source import SourceFile, Span

PLACE = Span("dag.py", 1)


class GivenUpError(Exception):
    """What `manual` raises."""


class Stub:
    """Hands out text, and remembers what was read, dropped, said and asked for."""

    gates = False

    def __init__(self, task: Task, airflow: Any = "2", types: dict[str, str] | None = None) -> None:
        self.task = task
        self.dag = Dag("dag", "dag.py", PLACE, airflow)
        self.types = types or {}
        other = OtherDag(
            "other", {"a": ("other", "a"), "b": ("other", "b")}, {"both": ("a", "b")}, "other_job", airflow
        )
        self.others = {"other": other, "dag": OtherDag("dag", {"task": ("dag", "task")}, {}, "dag", airflow)}
        self.sensors: dict[str, str] = {}
        self.depends: list[tuple[str, tuple[str, ...]]] = []
        self.read: set[str] = set()
        self.dropped: dict[str, str] = {}
        self.lost: dict[str, str] = {}
        self.said: list[str] = []
        self.imports: set[str] = set()

    def given(self, name: str) -> bool:
        return (argument := self.task.argument(name)) is not None and argument.value is not None

    def value(self, name: str, default: Value = None) -> Value:
        self.read.add(name)
        argument = self.task.argument(name)
        return default if argument is None else argument.value

    def literal(self, name: str, kind: Any, default: Any = None) -> Any:
        value = self.value(name, default)
        return value if isinstance(value, kind) else default

    def template_source(self, name: str) -> tuple[str, ...] | None:
        value = argument.value if (argument := self.task.argument(name)) else None
        texts = value if isinstance(value, list) else [value]
        return tuple(texts) if all(isinstance(t, str) for t in texts) else None

    def code(self, name: str, default: str = "None") -> str:
        self.read.add(name)
        return self.expression(self.value(name)) if self.task.argument(name) else default

    def template(self, name: str, default: str = "None") -> str:
        self.read.add(name)
        return self.rendered(self.value(name)) if self.task.argument(name) else default

    def expression(self, value: Value) -> str:
        match value:
            case Function():
                return value.name
            case Symbol(path):
                return path
            case XComRef():
                return value.task_id
            case timedelta():
                return f"timedelta(seconds={value.total_seconds():g})"
            case list():
                return f"[{', '.join(map(self.expression, value))}]"
            case dict():
                return f"{{{', '.join(f'{self.expression(k)}: {self.expression(v)}' for k, v in value.items())}}}"
        return repr(value)

    def rendered(self, value: Value) -> str:
        text = self.expression(value)
        return f"render({text})" if "{{" in text else text

    def connection(self, name: str, conn_type: str | None, default: str | None = None) -> str:
        return parameter_name(str(self.value(name, default)))

    def connection_type(self, name: str, default: str | None = None) -> str | None:
        argument = self.task.argument(name)
        return self.types.get(str(argument.value if argument else default))

    def compat(self, part: str, name: str) -> str:
        self.imports.add(f"@compat.{part}.{name}")
        return name

    def library(self, module: str, name: str = "", alias: str = "") -> str:
        self.imports.add(f"{module}.{name}".rstrip("."))
        return alias or name or module

    def context(self) -> str:
        return "context"

    def airflow_context(self) -> str:
        return "airflow"

    def call_function(self, function: Function, args: list[str], kwargs: dict[str, str], with_context: bool) -> str:
        own = [p.name for p in function.parameters if p.name in ("ds", "ti") and with_context]
        return f"{function.name}({', '.join([*args, *(f'{k}={v}' for k, v in kwargs.items()), *own])})"

    def function_body(
        self, function: Function, args: list[Value], kwargs: dict[str, Value], *, with_context: bool = True
    ) -> Body:
        given = [self.rendered(v) for v in args] + [f"{k}={self.rendered(v)}" for k, v in kwargs.items()]
        return Code(f"<body of {function.name}>({', '.join(given)}){'' if with_context else ' without context'}")

    def logical_date(self, *, moment: bool = False) -> str:
        return "moment" if moment else "logical_date"

    def other_dag(self, dag_id: str) -> OtherDag | None:
        return self.others.get(dag_id)

    def other_dag_name(self, dag_id: str) -> str:
        return f"{dag_id}_dag"

    def depend_on(self, dag_id: str, task_ids: Sequence[str] = ()) -> bool:
        self.depends.append((dag_id, tuple(task_ids)))
        return dag_id != self.dag.dag_id

    def sensor(self, job: str, body: str) -> None:
        self.sensors[job] = body

    def text(self, body: str) -> Body:
        return Code(body)

    def drop(self, name: str, reason: str) -> None:
        self.read.add(name)
        if self.task.argument(name):
            self.dropped[name] = reason

    def unsupported(self, name: str, consequence: str) -> None:
        self.read.add(name)
        if self.task.argument(name):
            self.lost[name] = consequence

    def differs(self, how: str) -> None:
        self.said.append(how)

    def manual(self, code: str, why: str) -> NoReturn:
        raise GivenUpError(f"manual {code}: {why}")

    def bridge(self) -> Result:
        self.read |= {a.name for a in self.task.arguments}
        return Result(Code("bridge"), fidelity="bridged")


def function(name: str = "work", *parameters: str, source: str = "", **fields: Any) -> Function:
    """A user's function by its parameters' names."""
    from migrator.airflow_model import Parameter

    file = SourceFile("dag.py", "dag", source)
    span = Span("dag.py", 1, 0, max(1, len(source.splitlines())))
    kinds = {p: "var_keyword" if p.startswith("**") else "positional" for p in parameters}
    own = tuple(Parameter(p.lstrip("*"), kind) for p, kind in kinds.items())  # type: ignore[arg-type]
    return Function(name, name, file, span, own, **fields)


def apply(name: str, airflow: str = "2", types: dict[str, str] | None = None, **arguments: Any) -> tuple[Result, Stub]:
    """What the rule of an operator makes of these arguments. `callable_`: its function."""
    load()
    called = arguments.pop("callable_", None)
    positional, keywords = arguments.pop("call", ((), {}))
    task = Task(
        "task",
        name.rpartition(".")[2],
        name,
        PLACE,
        tuple(Argument(k, v, PLACE) for k, v in arguments.items()),
        decorator=name.removeprefix("@") if name.startswith("@") else None,
        function=called,
        op_args=tuple(Argument(str(n), v, PLACE) for n, v in enumerate(positional)),
        op_kwargs=tuple(Argument(k, v, PLACE) for k, v in keywords.items()),
    )
    found = find(name)
    assert found is not None, name
    view = Stub(task, airflow, types)
    try:
        return found.function(view), view
    except GivenUpError as error:
        return Result(Code(str(error)), fidelity="manual"), view


def text(result: Result) -> str:
    """The body a rule wrote."""
    assert isinstance(result.body, Code)
    return result.body.text
