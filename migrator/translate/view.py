"""The task a rule sees: its arguments as code, and what that code needs, gathered for the asset."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from copy import copy
from typing import Any, NoReturn

from .. import airflow_model as am
from ..dagster_model import Body, Code, Key, Origin, ResourceUse, Sensor
from ..rules.api import OtherDag, Result
from ..source import SourceFile
from . import function_values, functions, templates
from .arguments import ManualError, reason
from .names import identifier
from .pen import CannotWriteError, Pen, split_symbol
from .pulls import Pulls
from .shared import Shared

PLAIN_DATES = {
    "ds": '.strftime("%Y-%m-%d")',
    "ds_nodash": '.strftime("%Y%m%d")',
    "ts": ".isoformat()",
    "ts_nodash": '.strftime("%Y%m%dT%H%M%S")',
}
"""Context values that a partitioned asset has from its window alone, in UTC as Airflow gives them."""


class View(Pulls):
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
        self.resources: dict[str, ResourceUse] = {}
        self.asked_of_task: dict[str, str] = {}
        """Attributes of the operator that its code asks for, as expressions."""
        self.locals: dict[str, str] = {}
        """Local name -> the statement that sets it, before the body."""
        self.airflow_used = False
        self.context_used = False
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
        names = (self.mapped, self.inputs, self.instances, self.xcoms)
        kept = (*names, self.resources, self.locals, self.late_imports, self.decorator)
        state = [copy(part) for part in kept]
        flags = (self.airflow_used, self.context_used, self.may_skip, self.bridged)
        return state, flags, set(self.pen.imports), set(self.pen.env), set(self.pen.files), self.shared.carrier.mark()

    def reset(self, mark: tuple[Any, ...]) -> None:
        """Forget what was gathered since the mark."""
        state, flags, imports, env, files, carrier = mark
        self.mapped, self.inputs, self.instances, self.xcoms = state[:4]
        self.resources, self.locals, self.late_imports, self.decorator = state[4:]
        self.airflow_used, self.context_used, self.may_skip, self.bridged = flags
        self.pen.imports, self.pen.env, self.pen.files = imports, env, files
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
        return self._written(argument, self.rendered)

    def expression(self, value: am.Value) -> str:
        return self.pen.expression(value)

    def rendered(self, value: am.Value) -> str:
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
        intervals = self.shared.timing.intervals
        if intervals is not None and name in PLAIN_DATES and not self.gates:
            self.context_used = True
            start = "context.partition_time_window.start"
            if intervals.timezone != "UTC":
                self.library("datetime", "timezone")
                start += ".astimezone(timezone.utc)"
            return start + PLAIN_DATES[name]
        started = self.dag.dag_id in self.shared.others.started
        if name == "params" and self.shared.params is not None and not self.given("params") and not started:
            return f"{self.params_resource()}.model_dump()"
        return f'{self.airflow_context()}["{name}"]'

    def logical_date(self, *, moment: bool = False) -> str:
        if self.shared.timing.intervals is not None and not moment and not self.gates:
            return f"{self.context()}.partition_time_window.start"
        if self.shared.timing.intervals is not None or self.dag.airflow != "3":
            return self.context_expression("logical_date")
        dates = f"{self.airflow_context()}.dates"
        return f"({dates}.logical_date or {dates}.run_after)"

    def params_resource(self) -> str:
        """The parameter that holds the DAG's params; the caller knows that there is one."""
        params = self.shared.params
        assert params is not None
        self.resources[params.resource] = ResourceUse(params.resource, params.class_name)
        return params.resource

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
        return function_values.reference(function, self)

    def _user_class(self, cls: am.ClassRef) -> str:
        library = self.shared.library
        module = library.of_file(cls.span.file)
        if module is None:
            raise CannotWriteError(f"the class {cls.name}")
        if module.item(cls.name) is None:
            raise CannotWriteError(f"the class {cls.name}, which is made when the file is loaded")
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
        self, function: am.Function, args: list[am.Value], kwargs: dict[str, am.Value], *, with_context: bool = True
    ) -> Body:
        return functions.body(function, args, kwargs, with_context, self)

    # --- other DAGs --------------------------------------------------------------------------------------------

    def asset_named(self, name: str) -> am.AssetRef | None:
        return self.shared.outlets.made(am.AssetRef(name, None))

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
