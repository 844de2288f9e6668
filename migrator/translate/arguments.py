"""The arguments of a task: what they hold, the code for it, and what became of each."""

from __future__ import annotations

from typing import Any

from .. import airflow_model as am
from ..dagster_model import Fate
from ..read.signatures import signature
from ..read.template_files import extensions
from ..source import SourceFile, Span
from . import templates
from .carry import keywords_at
from .late import deferred
from .pen import CannotWriteError, Pen
from .shared import Shared


class ManualError(Exception):
    """The task cannot be translated with these arguments; its asset raises NotImplementedError."""

    def __init__(self, code: str, why: str, span: Span | None = None) -> None:
        super().__init__(why)
        self.code, self.why, self.span = code, why, span


class Arguments:
    """A task's arguments. Reading one marks it as translated; its fate says what became of it."""

    pen: Pen
    bridged: bool

    def __init__(self, task: am.Task, shared: Shared) -> None:
        self.task = task
        self.dag = shared.dag
        self.shared = shared
        self.fates: dict[str, Fate] = {}

    def given(self, name: str) -> bool:
        argument = self.task.argument(name)
        return argument is not None and argument.value is not None

    def _read(self, name: str) -> am.Argument | None:
        argument = self.task.argument(name)
        if argument is not None and name not in self.fates:
            self.fate(name, "translated")
        return argument

    def fate(self, name: str, fate: Any, detail: str = "") -> None:
        """Record what became of an argument; a later word replaces an earlier one."""
        argument = self.task.argument(name)
        if argument is None:
            return
        value = argument.source or ""
        self.fates[name] = Fate(name, fate, detail, argument.origin, value if len(value) <= 200 else value[:197] + "…")

    def value(self, name: str, default: am.Value = None) -> am.Value:
        argument = self._read(name)
        return default if argument is None else argument.value

    def literal(self, name: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        argument = self._read(name)
        if argument is None or argument.value is None:
            return default
        if isinstance(argument.value, kind):
            return argument.value
        raise ManualError("A2D304", f"`{name}` is not known: {reason(argument.value)}", argument.span)

    def code(self, name: str, default: str = "None") -> str:
        argument = self._read(name)
        if argument is None:
            return default
        carried = self._as_written(argument)
        return carried if carried is not None else self._written(argument, self.pen.expression)

    def span_of_text(self, text: str) -> Span:
        """The place of the argument that holds a text; the task's where it is not found."""
        for argument in (*self.task.arguments, *self.task.op_args, *self.task.op_kwargs):
            if any(part == text for part in templates.strings(argument.value)):
                return argument.span
        return self.task.span

    def _written(self, argument: am.Argument, write: Any) -> str:
        try:
            return str(write(argument.value))
        except CannotWriteError as error:
            raise ManualError(
                "A2D304", f"`{argument.name}` cannot be written: {error.reason}", argument.span
            ) from error

    def _as_written(self, argument: am.Argument) -> str | None:
        """The user's own expression, where it is built of module-level constants that can be carried over."""
        if not argument.names or argument.source is None or argument.origin != "call":
            return None
        module = self.shared.library.of_file(argument.span.file)
        if module is None or module.source.file != self.dag.file or "\n" in argument.source:
            return None
        # What comes in by `**settings` has the whole mapping for its expression.
        if keywords_at(module.source).get((argument.span.line, argument.span.column)) != argument.name:
            return None
        items = [module.item(n) for n in argument.names]
        if any(i is None or i.airflow or i.kind not in ("assign", "import") for i in items):
            return None
        if self.bridged and any(i is not None and (i.kind == "import" or not _plain(i.value)) for i in items):
            return None
        if any(deferred(n, module, self.shared.library) for n in argument.names):
            return None
        if not isinstance(argument.value, str | int | float | bool | list | dict | tuple | am.Deferred):
            return None
        try:
            for name in argument.names:
                self.shared.carrier.need(name, module, where=argument.span)
        except CannotWriteError:
            return None
        return argument.source

    def _template_file(self, argument: am.Argument) -> SourceFile | None:
        """The file an argument names, where its operator reads such files."""
        return self.template_file(argument.value) if isinstance(argument.value, str) else None

    def template_file(self, text: str) -> SourceFile | None:
        """The file that a string in a templated field names, where the operator reads such files."""
        if not text.endswith(extensions(self.task, self.dag.airflow) or ("\0",)):
            return None
        return self.shared.project.template_files.get((self.dag.dag_id, text))

    def has_template_file(self, text: str) -> bool:
        return self.template_file(text) is not None

    def names_files(self, value: am.Value) -> bool:
        """Whether one of the strings in a templated field names such a file."""
        return any(map(self.has_template_file, templates.strings(value)))

    def _no_missing_file(self, argument: am.Argument) -> None:
        """Airflow fails to render a templated text that ends like a file and names none. Raises ManualError for it."""
        known = signature(self.task.name, self.dag.airflow)
        if known is None or argument.name not in known.template_fields:
            return
        texts = [argument.value] if isinstance(argument.value, str) else list(templates.strings(argument.value))
        for text in texts:
            found = (self.dag.dag_id, text) in self.shared.project.template_files
            if text.endswith(known.template_ext or ("\0",)) and not found:
                why = f"`{argument.name}` names the file {text!r}, which is not in the given folders"
                raise ManualError("A2D307", why, argument.span)

    def template_source(self, name: str) -> tuple[str, ...] | None:
        argument = self.task.argument(name)
        if argument is None:
            return None
        file = self._template_file(argument)
        if file is not None:
            return (file.text,)
        value = argument.value
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
            return tuple(value)
        return None

    def drop(self, name: str, reason: str) -> None:
        argument = self.task.argument(name)
        if argument is None or (name in self.fates and self.fates[name].fate == "dropped"):
            return
        self.fate(name, "dropped", reason)
        if argument.value is not None and argument.origin in ("call", "default_args"):
            self.report_argument("A2D302", f"`{name}`: {reason}", argument)

    def unsupported(self, name: str, consequence: str) -> None:
        argument = self.task.argument(name)
        if argument is not None:
            self.fate(name, "unsupported", consequence)
            self.report_argument("A2D303", f"`{name}`: {consequence}", argument)

    def report_argument(self, code: str, message: str, argument: am.Argument) -> None:
        """Add a finding about an argument; one that default_args gives to every task is told once for the DAG."""
        task_id = None if argument.origin == "default_args" else self.task.task_id
        self.shared.report(code, message, argument.span, task_id)


def _plain(value: am.Value) -> bool:
    """Whether a value is written without an import of a library."""
    match value:
        case list() | tuple() | set():
            return all(map(_plain, value))
        case dict():
            return all(map(_plain, value.values()))
    return isinstance(value, str | int | float | bool | None)


def reason(value: am.Value) -> str:
    """Why a value is not known."""
    match value:
        case am.Unknown():
            return value.reason
        case str():
            return f"{value!r} is a template"
        case None:
            return "it is not given"
    return "it is computed at run time"
