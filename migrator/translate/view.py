"""The task a rule sees: its arguments as code, and what that code needs, gathered for the asset."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, NoReturn

import networkx as nx

from .. import airflow_model as am
from ..dagster_model import Body, CarriedBody, Code, Input, Key, Origin, ResourceUse, Sensor
from ..rules.api import OtherDag, Result
from ..source import SourceFile, Span
from . import functions, templates
from .arguments import Arguments, ManualError, reason
from .names import RESERVED, Names, identifier
from .pen import CannotWriteError, Pen, split_symbol
from .shared import Shared

PLAIN_DATES = {
    "ds": '.strftime("%Y-%m-%d")',
    "ds_nodash": '.strftime("%Y%m%d")',
    "ts": ".isoformat()",
    "ts_nodash": '.strftime("%Y%m%dT%H%M%S")',
}
"""Context values that a partitioned asset has from its window alone, in UTC as Airflow gives them."""


class View(Arguments):
    """Implements rules.api.TaskView for one task."""

    def __init__(self, task: am.Task, shared: Shared) -> None:
        super().__init__(task, shared)
        self.pen = Pen(
            function=self._function,
            xcom=self._xcom,
            user_class=self._user_class,
            context=self.context_expression,
            late=self._late_name,
            mapped=self._mapped_name,
        )
        self.differences: list[str] = []
        self.mapped: dict[str, str] = {}
        """Arguments that dynamic mapping gives the task -> the parameters that receive them."""
        self.inputs: dict[str, str] = {}
        """Upstream task id -> the name of the asset's input for its value."""
        self.for_decorators: set[str] = set()
        """Those of them that only a decorator takes."""
        self.resources: dict[str, ResourceUse] = {}
        self.locals: dict[str, str] = {}
        """Local name -> the statement that sets it, before the body."""
        self.local_names = Names({"context", "airflow", "airflow_dag", "xcom", "dg", *_names_of(task.function)})
        self.airflow_used = False
        self.context_used = False
        self.xcoms: dict[str, None] = {}
        """The tasks whose values the runtime's context is given."""
        self.late_imports: list[str] = []
        """Import statements inside the body: modules the project must load without."""
        self.decorator: dict[str, str] = {}
        """Arguments of the runtime's `airflow_task`, where it is needed."""
        self.may_skip = False
        self.bridged = False
        self.other_deps: list[Key] = []
        """Assets of other DAGs that the task's asset depends on."""

    @property
    def gates(self) -> bool:
        return self.task.task_id in self.shared.gates

    def mark(self) -> tuple[Any, ...]:
        """What has been gathered so far, to go back to with `reset`."""
        kept = (self.mapped, self.inputs, self.resources, self.locals, self.xcoms, self.late_imports, self.decorator)
        state = [copy(part) for part in kept]
        flags = (self.airflow_used, self.context_used, self.may_skip, self.bridged)
        return state, flags, set(self.pen.imports), set(self.pen.env), self.shared.carrier.mark()

    def reset(self, mark: tuple[Any, ...]) -> None:
        """Forget what was gathered since the mark."""
        state, flags, imports, env, carrier = mark
        self.mapped, self.inputs, self.resources, self.locals, self.xcoms, self.late_imports, self.decorator = state
        self.airflow_used, self.context_used, self.may_skip, self.bridged = flags
        self.pen.imports, self.pen.env = imports, env
        self.shared.carrier.reset(carrier)

    # --- arguments ---------------------------------------------------------------------------------------------

    def template(self, name: str, default: str = "None") -> str:
        argument = self._read(name)
        if argument is None:
            return default
        if not templates.has_template(argument.value):
            file = self._template_file(argument)
            if file is not None:
                return self.file_text(file)
            self._no_missing_file(argument)
            carried = None if self.names_files(argument.value) else self._as_written(argument)
            if carried is not None:
                return carried
        return self._written(argument, lambda value: self.rendered(value, name))

    def expression(self, value: am.Value) -> str:
        return self.pen.expression(value)

    def rendered(self, value: am.Value, name: str = "") -> str:
        return templates.expression(value, self)

    def file_text(self, file: SourceFile) -> str:
        """An expression for a template file's text, rendered; the file is copied beside the DAG's module."""
        name = self.shared.copy_file(file)
        path = f"{self.library('pathlib', 'Path')}(__file__).with_name({name!r})"
        if not templates.has_template(file.text):
            return f"{path}.read_text()"
        templates.prepare(file.text, self)
        return f"{self.airflow_context()}.render({path}.read_text())"

    # --- connections, imports, context -------------------------------------------------------------------------

    def connection(self, name: str, conn_type: str | None, default: str | None = None) -> str:
        argument = self._read(name)
        conn_id = argument.value if argument is not None and argument.value is not None else default
        if not isinstance(conn_id, str) or "{{" in conn_id:
            span = argument.span if argument is not None else self.task.span
            raise ManualError("A2D506", f"The connection `{name}` is not known: {reason(conn_id)}", span)
        return self.resource(conn_id, conn_type or "sql")

    def resource(self, conn_id: str, conn_type: str) -> str:
        """The name of the resource of a connection, which becomes a parameter of the asset."""
        name = self.shared.connections.resource(conn_id, conn_type)
        self.resources[name] = ResourceUse(name, "")
        return name

    def connection_type(self, name: str, default: str | None = None) -> str | None:
        argument = self.task.argument(name)
        conn_id = argument.value if argument is not None and argument.value is not None else default
        return self.shared.connections.known.get(conn_id) if isinstance(conn_id, str) else None

    def compat(self, part: str, name: str) -> str:
        return self.pen.use(f"@compat.{part}", name)

    def library(self, module: str, name: str = "", alias: str = "") -> str:
        return self.pen.use(module, name, alias)

    def context(self) -> str:
        self.context_used = True
        return "context"

    def airflow_context(self) -> str:
        self.airflow_used = True
        return "airflow"

    def context_value(self, name: str) -> str:
        """The name of a local that holds one of Airflow's context variables."""
        if name not in self.locals:
            self.locals[name] = f"{name} = {self.context_expression(name)}"
        return name

    def context_expression(self, name: str) -> str:
        """An expression for one of Airflow's context variables."""
        if self.shared.timing.partitions is not None and name in PLAIN_DATES and not self.gates:
            self.context_used = True
            start = "context.partition_time_window.start"
            if self.shared.timing.partitions.timezone != "UTC":
                self.library("datetime", "timezone")
                start += ".astimezone(timezone.utc)"
            return start + PLAIN_DATES[name]
        started = self.dag.dag_id in self.shared.others.started
        if name == "params" and self.shared.params is not None and not self.given("params") and not started:
            return f"{self.params_resource()}.model_dump()"
        return f'{self.airflow_context()}["{name}"]'

    def logical_date(self, *, moment: bool = False) -> str:
        if self.shared.timing.partitions is not None and not moment and not self.gates:
            return f"{self.context()}.partition_time_window.start"
        if self.shared.timing.partitions is not None or self.dag.airflow != "3":
            return self.context_expression("logical_date")
        dates = f"{self.airflow_context()}.dates"
        return f"({dates}.logical_date or {dates}.run_after)"

    def params_resource(self) -> str:
        """The parameter that holds the DAG's params; the caller knows that there is one."""
        params = self.shared.params
        assert params is not None
        self.resources[params.resource] = ResourceUse(params.resource, params.class_name)
        return params.resource

    # --- XCom --------------------------------------------------------------------------------------------------

    def input(self, task_id: str, wanted: str | None = None) -> str:
        """The name of the input that holds an upstream task's value."""
        if task_id not in self.inputs:
            if wanted is not None and wanted not in self.inputs.values() and wanted not in RESERVED:
                self.inputs[task_id] = wanted
            else:
                self.inputs[task_id] = self.local_names.unique(identifier(task_id))
            self.local_names.take(self.inputs[task_id])
            self.shared.consumed.add(task_id)
        return self.inputs[task_id]

    def pulled(
        self,
        task_id: str,
        key: str = "return_value",
        span: Span | None = None,
        wanted: str | None = None,
        *,
        strict: bool = False,
    ) -> str:
        """An expression for what another task pushed. Raises CannotWriteError where no input can hold it.

        A key that was not pushed is None, or with `strict` an error, as where a TaskFlow argument names it.
        """
        if task_id not in self.shared.keys or task_id in self.shared.absorbed:
            message = (
                f"There is no XCom of `{task_id}` in this DAG"
                if task_id not in self.shared.keys
                else f"The check `{task_id}` has no XCom"
            )
            self.shared.report("A2D503", message, span or self.task.span, self.task.task_id)
            return "None"
        if task_id == self.task.task_id or self.shared.reaches(self.task.task_id, task_id):
            raise CannotWriteError(f"the XCom of `{task_id}`, which does not run before")
        if not self.shared.reaches(task_id, self.task.task_id):
            message = f"`{self.task.task_id}` pulls from `{task_id}`, which is not upstream of it"
            self.shared.report("A2D502", message, span or self.task.span, self.task.task_id)
        by_key = (
            task_id in self.shared.decisions
            or task_id in self.shared.keyed
            or (key != "return_value" and task_id in self.shared.multiple)
        )
        if not self._pushes(task_id, key):
            message = f"`{task_id}` does not push {key!r}"
            self.shared.report("A2D503", message, span or self.task.span, self.task.task_id)
            if not by_key:
                return "None"
        name = self.input(task_id, None if by_key else wanted)
        if not by_key:
            return name
        if self.shared.outcome and task_id not in self.shared.keyed:
            return f"({name} or {{}}).get({key!r})"  # a skipped task has no value
        # What returns nothing has no return value, and that is no error, wherever it is read.
        return (
            f"{name}[{key!r}]"
            if strict and key != "return_value" and not self.shared.outcome
            else f"{name}.get({key!r})"
        )

    def _pushes(self, task_id: str, key: str) -> bool:
        """Whether a task may push a key, as far as that is known."""
        if key == "return_value" or task_id in self.shared.multiple:
            return True
        function = self.shared.tasks[task_id].function
        if task_id not in self.shared.keyed:
            return False
        pushes = [u for u in function.uses if u.kind == "push"] if function is not None else []
        return not pushes or any(u.name in ("", key) for u in pushes)

    def is_mapped(self, task_id: str) -> bool:
        """Whether a task is expanded by itself, so that its value is a list of its instances' values."""
        task = self.shared.tasks.get(task_id)
        return task is not None and task.mapping is not None

    def give_xcom(self, task_id: str) -> None:
        """Let the runtime's context answer `ti.xcom_pull` for this task."""
        known = task_id in self.shared.keys and task_id not in self.shared.absorbed
        if known and task_id != self.task.task_id and not self.shared.reaches(self.task.task_id, task_id):
            self.input(task_id)
            self.xcoms[task_id] = None
            self.airflow_used = True

    def upstream(self) -> tuple[str, ...]:
        """Every task that runs before this one."""
        return tuple(sorted(nx.ancestors(self.shared.graph, self.task.task_id)))

    def _xcom(self, value: am.XComRef) -> str:
        if value.steps:
            raise CannotWriteError("an XCom that is mapped or zipped")
        if value.dag_id != self.dag.dag_id:
            raise CannotWriteError(f"an XCom of the DAG {value.dag_id}")
        return self.pulled(value.task_id, value.key, strict=True)

    def _late_name(self, path: str) -> str | None:
        """A library's name in an asset that needs Airflow anyway: imported when it runs, so that the project loads."""
        root = path.partition(".")[0]
        if not self.bridged or root in sys.stdlib_module_names or "." not in path:
            return None
        found, rest = split_symbol(path)
        module, _, name = found.rpartition(".")
        self.late_import(f"from {module} import {name}")
        return ".".join([name, *rest])

    def _mapped_name(self, value: am.MappedArgument) -> str:
        if value.name not in self.mapped:
            # The parameter that receives it has its name; only a group's argument may need another.
            own = self.task.mapping is not None or self._passed_on(value)
            self.mapped[value.name] = value.name if own else self.local_names.unique(identifier(value.name))
        return self.mapped[value.name]

    def _passed_on(self, value: am.MappedArgument) -> bool:
        """Whether the function's parameter of that name is what gets it."""
        function = self.task.function
        names = [p.name for p in function.parameters] if function is not None else []
        if value.name not in names or identifier(value.name) != value.name:
            return False
        position = names.index(value.name)
        named = {a.name: a.value for a in self.task.op_kwargs}
        args = [a.value for a in self.task.op_args]
        return named.get(value.name, args[position] if position < len(args) else None) == value

    def late_import(self, statement: str) -> None:
        """Have an import statement at the beginning of the body, once."""
        if statement not in self.late_imports:
            self.late_imports.append(statement)

    # --- functions ---------------------------------------------------------------------------------------------

    def _function(self, function: am.Function) -> str:
        return functions.reference(function, self)

    def _user_class(self, cls: am.ClassRef) -> str:
        library = self.shared.library
        module = library.of_file(cls.span.file)
        if module is None:
            raise CannotWriteError(f"the class {cls.name}")
        if self.bridged and not library.pure(module):
            dags = self.shared.defines_dags(module.source.file)
            path = library.pick(module, (cls.name,)) if dags else library.whole(module)
            self.late_import(f"from ...{path.removeprefix('@')} import {cls.name}")
            return cls.name
        self.shared.carrier.reference(cls.name, module)
        return cls.name

    def call_function(self, function: am.Function, args: list[str], kwargs: dict[str, str], with_context: bool) -> str:
        return functions.call(function, args, kwargs, with_context, self)

    def function_body(
        self,
        function: am.Function,
        args: list[tuple[str, am.Value]],
        kwargs: dict[str, am.Value],
        *,
        templates: bool = True,
        with_context: bool = True,
    ) -> Body:
        return functions.body(function, [v for _, v in args], kwargs, templates, with_context, self)

    # --- other DAGs --------------------------------------------------------------------------------------------

    def other_dag(self, dag_id: str) -> OtherDag | None:
        return self.shared.others.dags.get(dag_id)

    def other_dag_name(self, dag_id: str) -> str:
        if dag_id == self.dag.dag_id:
            self.shared.needs_airflow_dag = True
            return "airflow_dag"
        names = self.shared.other_names
        if dag_id not in names:
            names[dag_id] = self.shared.names.unique(f"{identifier(dag_id)}_dag")
        return names[dag_id]

    def depend_on(self, dag_id: str, task_ids: Sequence[str] = ()) -> bool:
        if not self.shared.others.connect(dag_id, self.dag.dag_id):
            return False
        if task_ids:
            self.other_deps += [self.shared.others.dags[dag_id].tasks[task_id] for task_id in task_ids]
        else:
            self.shared.whole_dags.setdefault(self.task.task_id, []).append(dag_id)
        return True

    def sensor(self, job: str, body: str) -> None:
        task_id = self.task.task_id
        name = self.shared.sensor_names.unique(f"{self.shared.package}_{self.shared.functions[task_id]}_sensor")
        code = Code(body, tuple(sorted(self.pen.imports)))
        self.shared.sensors[task_id] = Sensor(name, job, code, Origin(self.dag.dag_id, task_id, self.task.span))

    # --- results -----------------------------------------------------------------------------------------------

    def text(self, body: str) -> Body:
        return Code(body)

    def differs(self, how: str) -> None:
        if how not in self.differences:
            self.differences.append(how)
            self.shared.report("A2D203", how, self.task.span, self.task.task_id)

    def manual(self, code: str, why: str) -> NoReturn:
        raise ManualError(code, why, self.task.span)

    def bridge(self, function: str = "execute_operator") -> Result:
        from .bridge import bridge

        return bridge(self, function)

    def finish(self, body: Body) -> Body:
        """The body with everything before it that its expressions asked for."""
        by_key = self.task.function is None and not self.bridged and templates.push(self.task)
        if by_key and isinstance(body, Code) and not body.text.startswith("raise "):
            body = replace(body, text=returning(body.text, f"{self.airflow_context()}.keyed"))
        before = list(self.late_imports)
        if self.gates:
            self.shared.needs_airflow_dag = True  # the context is given to it
        elif self.airflow_used:
            before.append(self._airflow_statement())
        elif "airflow" in self.locals:
            before.append(self.locals.pop("airflow"))
        before += self.locals.values()
        imports = tuple(sorted(self.pen.imports))
        if isinstance(body, CarriedBody):
            return replace(body, preamble=(*before, *body.preamble), imports=(*imports, *body.imports))
        text = "\n".join([*before, body.text])
        return Code(text, (*imports, *body.imports))

    def _airflow_statement(self) -> str:
        self.context_used = True
        self.shared.needs_airflow_dag = True
        arguments = [f"task_id={self.task.task_id!r}"]
        if self.xcoms:
            arguments.append("xcoms={" + ", ".join(f"{t!r}: {self.inputs[t]}" for t in self.xcoms) + "}")
            keyed = self.shared.keyed | self.shared.decisions.keys()
            for name, tasks in (("keyed", keyed), ("multiple_outputs", self.shared.multiple - self.shared.keyed)):
                chosen = [t for t in self.xcoms if t in tasks]
                if chosen:
                    arguments.append(f"{name}={chosen!r}")
        arguments += self.params_argument()
        return f"airflow = airflow_dag.context(context, {', '.join(arguments)})"

    def params_argument(self) -> list[str]:
        """The argument that gives the params to the runtime's context, where there are any."""
        own = self.task.argument("params")
        text = None
        if self.shared.params is not None:
            text = f"{self.params_resource()}.model_dump()"
        if own is not None and isinstance(own.value, dict):
            self.fate("params", "translated")
            task_params = self._written(own, self.pen.expression)
            text = task_params if text is None else f"{{**{text}, **{task_params}}}"
        return [] if text is None else [f"params={text}"]

    def asset_inputs(self) -> tuple[Input, ...]:
        """The inputs the expressions asked for."""
        return tuple(
            Input(name, self.shared.keys[task_id], for_decorator=task_id in self.for_decorators)
            for task_id, name in self.inputs.items()
        )


def returning(body: str, wrap: str) -> str:
    """A body whose value is what `wrap` makes of the value it had, or of None."""
    found = list(_returns(ast.parse(body)))
    lines = body.encode().splitlines(keepends=True)
    for node in reversed(found):
        value = ast.get_source_segment(body, node.value) if node.value is not None else "None"
        start, end = node.lineno - 1, node.end_lineno or node.lineno
        before, after = lines[start][: node.col_offset], lines[end - 1][node.end_col_offset :]
        lines[start:end] = [before + f"return {wrap}({value})".encode() + after]
    text = b"".join(lines).decode()
    return text if found else f"{text}\nreturn {wrap}(None)"


def _returns(node: ast.AST) -> Iterator[ast.Return]:
    """The return statements of a body, and not those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _returns(child)


def _names_of(function: am.Function | None) -> tuple[str, ...]:
    """The names a function's body has other uses for."""
    if function is None:
        return ()
    return (*function.globals_used, *function.captured, *(p.name for p in function.parameters))
