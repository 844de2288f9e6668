"""A DAG's own callbacks as sensors of its runs, and callbacks that are Airflow's notifiers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from .. import airflow_model as am
from ..dagster_model import Code, Fate, Origin, RunSensor
from ..source import Span
from .function_values import late_function
from .notifiers import NAME, WEBSERVER, define, notifier
from .pen import CannotWriteError

if TYPE_CHECKING:
    from .shared import Shared
    from .view import View

CALLBACKS: dict[str, Literal["success", "failure"]] = {
    "on_success_callback": "success",
    "on_failure_callback": "failure",
}


def callback(value: am.Value, view: View) -> str:
    """An expression for a callback. Raises CannotWriteError."""
    if _pulls(value):
        raise CannotWriteError("the output of a task, which a callback has no input for")
    match value:
        case am.Function():
            if ".log_url" in _text(value):
                view.pen.env.add(WEBSERVER)
            return late_function(value, view)
        case am.Deferred(op="call", operands=(am.Symbol(path=path), *_)) if path.startswith("airflow."):
            return notifier(value, view) or _late_notifier(value, path.rpartition(".")[2], value.span, view)
        case am.InstanceRef(cls=cls) if not _pure(cls, view):
            return _late_notifier(value, cls.name, cls.span, view)
    return view.expression(value)


def _pulls(value: am.Value) -> bool:
    """Whether the value is computed from what tasks return."""
    match value:
        case am.XComRef():
            return True
        case am.Deferred(operands=operands, keywords=keywords):
            return any(map(_pulls, operands)) or any(_pulls(v) for _, v in keywords)
        case am.InstanceRef(args=args, keywords=keywords):
            return any(map(_pulls, args)) or any(_pulls(v) for _, v in keywords)
        case list() | tuple():
            return any(map(_pulls, value))
        case dict():
            return any(map(_pulls, value.values()))
    return False


def _text(function: am.Function) -> str:
    """The lines a function is written on."""
    return "\n".join(function.source.lines()[function.span.line - 1 : function.span.end_line])


def _pure(cls: am.ClassRef, view: View) -> bool:
    """Whether a user's class has nothing of Airflow in it."""
    module = view.shared.library.of_file(cls.span.file)
    item = module.item(cls.name) if module is not None else None
    return item is not None and not item.airflow


def _late_notifier(value: am.Value, called: str, span: Span | None, view: View) -> str:
    """A function of ours that makes what needs Airflow when it is called: the project loads without Airflow."""
    kept, was = list(view.late_imports), view.bridged
    view.late_imports[:], view.bridged = [], True
    text = view.expression(value)
    imports, view.late_imports[:], view.bridged = list(view.late_imports), kept, was
    annotation = view.library("typing", "Any")
    call = view.compat("bridge", "notify")
    body = "\n    ".join([*imports, "", f"{call}({text}, context)"])
    known = len(view.shared.callbacks)
    name = define("_notify", f"def {NAME}(context: {annotation}) -> None:\n    {body}", view)
    if known < len(view.shared.callbacks):
        view.shared.report("A2D508", f"The callback {called} needs Airflow when it is called", span)
    return name


def run_sensors(shared: Shared) -> tuple[RunSensor, ...]:
    """The sensors that call the DAG's callbacks; those that cannot be carried over are findings."""
    from .view import View

    dag, found = shared.dag, []
    for name, status in CALLBACKS.items():
        argument = dag.argument(name)
        if argument is None or not argument.value or not dag.tasks:
            continue
        view = View(dag.tasks[0], shared)
        values = argument.value if isinstance(argument.value, list | tuple) else [argument.value]
        sensor = shared.sensor_names.unique(f"{shared.package}_{name.removesuffix('_callback')}")
        try:
            functions = [callback(value, view) for value in values]
        except CannotWriteError as error:
            shared.report("A2D109", f"`{name}` is not carried over: it needs {error.reason}", argument.span)
            _fate(shared, Fate(name, "unsupported", error.reason, argument.origin, (argument.source or "")[:200]))
            continue
        shared.needs_airflow_dag = True
        given = ["context", "airflow_dag", *functions]
        if shared.params is not None and all(field.default is not None for field in shared.params.fields):
            given.append(f"params={view.library('@resources', shared.params.class_name)}().model_dump()")
        text = f"{view.compat('callbacks', 'call_back')}({', '.join(given)})"
        code = Code(text, tuple(sorted(view.pen.imports)))
        found.append(RunSensor(sensor, shared.job_name, status, code, Origin(dag.dag_id, "", argument.span)))
        told = f"the sensor {sensor} calls it"
        _fate(shared, Fate(name, "translated", told, argument.origin, (argument.source or "")[:200]))
    return tuple(found)


def _fate(shared: Shared, fate: Fate) -> None:
    shared.dag_fates = tuple(fate if one.argument == fate.argument else one for one in shared.dag_fates)
