"""Bridging: an asset whose body imports the Airflow operator, executes it, and keeps its value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..read.template_files import extensions, templated_texts
from ..rules.api import Result
from ..rules.common import COMMON
from ..source import Span
from . import templates
from .arguments import ManualError
from .carry import keywords_at
from .pen import CannotWriteError, connection_variable

if TYPE_CHECKING:
    from .view import View

KEPT = frozenset({"do_xcom_push", "multiple_outputs", "params"})
"""Arguments of every operator that change what execute() does."""


def bridge(view: View, function: str) -> Result:
    """The operator itself, made and executed when the asset runs; the project loads without Airflow.

    Its templates are rendered by the runtime's context as it executes, as Airflow does.
    """
    task = view.task
    view.bridged = True
    cls, statement = _class(view)
    view.late_import(statement)
    arguments = [f"task_id={task.task_id.rpartition('.')[2]!r}"]
    given = _given(view) if task.cls is not None else None
    for argument in task.arguments:
        if given is not None and argument.origin != "default_args" and argument.name not in given:
            view.fate(argument.name, "translated", "the class sets it by itself")
            continue
        if argument.name in ("task_id", "dag", "task_group") or (argument.name in COMMON and argument.name not in KEPT):
            continue
        if argument.origin == "default_args" and not _accepts(task, argument.name):
            view.drop(argument.name, "the operator does not have this argument")
            continue
        try:
            _inputs_of(argument.value, view)
            text = view.code(argument.name)
        except CannotWriteError as error:
            raise ManualError(
                "A2D304", f"`{argument.name}` cannot be written: {error.reason}", argument.span
            ) from error
        if argument.name.endswith("conn_id") and isinstance(argument.value, str):
            view.pen.env.add(connection_variable(argument.value))
        if argument.name.isidentifier():
            arguments.append(f"{argument.name}={text}")
    _copy_templates(view)
    execute = view.compat("bridge", function)
    airflow = view.airflow_context()
    value = f"{execute}(operator, {airflow})"
    if task.task_id in view.shared.keyed:
        value = f"{airflow}.keyed({value})"
    body = f"operator = {cls}({', '.join(arguments)})\nreturn {value}"
    return Result(view.text(body), kinds=("airflow",), fidelity="bridged", may_skip=True)


def _copy_templates(view: View) -> None:
    """Have the files copied that the operator's templated fields name: it renders them by those names."""
    task, line = view.task, view.dag.airflow
    endings = extensions(task, line)
    for text in dict.fromkeys(templated_texts(task, line) if endings else ()):
        if not text.endswith(endings) or "\n" in text:
            continue
        file = view.shared.project.template_files.get((view.dag.dag_id, text))
        if file is not None:
            templates.copy_by_name(text, file.text, view)
        else:
            message = f"`{text}` is named as a template file, and is not in the given folders"
            view.shared.report("A2D307", message, task.span, task.task_id)


def _class(view: View) -> tuple[str, str]:
    """The operator class's name and the statement that imports it."""
    task = view.task
    if task.cls is None:
        module, _, name = task.name.rpartition(".")
        user = view.shared.library.by_path(module)
        if user is None:
            return name, f"from {module} import {name}"
        return name, f"from ...{view.shared.library.whole(user).removeprefix('@')} import {name}"
    source = view.shared.library.of_file(task.cls.span.file)
    if source is None:
        raise ManualError("A2D202", f"The class {task.cls.name} was not found", task.span)
    if view.shared.defines_dags(source.source.file):
        path = view.shared.library.pick(source, (task.cls.name,))
    else:
        path = view.shared.library.whole(source)
    return task.cls.name, f"from ...{path.removeprefix('@')} import {task.cls.name}"


def _given(view: View) -> frozenset[str]:
    """The arguments the user's own class is called with; the others it sets by itself in its `__init__`.

    Raises ManualError for one whose value its `__init__` changes, since what it was given is not known any more.
    """
    task = view.task
    inside = {a.name for a in task.arguments if a.span in task.span}
    source = view.shared.library.of_file(task.span.file)
    named = keywords_at(source.source) if source is not None else {}
    places = {p: n for p, n in named.items() if n and Span(task.span.file, *p, *p) in task.span}
    for argument in task.arguments:
        if argument.name in places.values() and argument.name not in inside and argument.origin == "operator class":
            why = f"`{argument.name}` is changed by the `__init__` of {task.operator}"
            raise ManualError("A2D304", why, argument.span)
    return frozenset(inside)


def _accepts(task: am.Task, name: str) -> bool:
    """Whether the operator's own signature has an argument that default_args gives; unknown operators take none."""
    from ..read.signatures import mro, signature

    for path in (task.name, *task.bases):
        for cls in mro(path) or (path,):
            found = signature(cls)
            if found is not None and any(p.name == name for p in found.parameters):
                return True
    return False


def _inputs_of(value: am.Value, view: View) -> None:
    """Make the tasks that templates in the value pull from inputs that the runtime's context answers for."""
    from . import templates

    for task_id in templates.pulled_tasks(value):
        view.give_xcom(task_id)
