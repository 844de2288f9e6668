"""Timetables of the user's own: their classes carried over, with the runtime's names in the place of Airflow's.

https://airflow.apache.org/docs/apache-airflow/stable/howto/timetable.html
"""

from __future__ import annotations

import ast
import datetime as dt

from .. import airflow_model as am
from ..read.names import is_airflow
from ..read.trees import parse
from .late import deferred, late
from .library import Library
from .parts import part
from .pen import CannotWriteError, Pen, zone_name
from .sensors import Text
from .standins import stand_in

PARTS = frozenset({"", "exceptions", "timetable_bases", "timetables", "timezone"})
"""The parts of the runtime module that a timetable may use."""


def own_timetable(value: am.InstanceRef, library: Library) -> Text:
    """The timetable as an expression, its class copied to lib/. Raises CannotWriteError where it cannot be."""
    pen = _Pen(library)
    if late(value):
        raise CannotWriteError("an argument that is not known until the code runs")
    return Text(pen.expression(value), tuple(sorted(pen.imports)))


class _Pen(Pen):
    """Writes points in time as pendulum's, which is what timetables reckon with."""

    def __init__(self, library: Library) -> None:
        super().__init__(user_class=self._carried)
        self._library = library

    def _carried(self, cls: am.ClassRef) -> str:
        module = self._library.of_file(cls.source.file)
        if module is None or (item := module.item(cls.name)) is None or item.kind != "class":
            raise CannotWriteError(f"the class {cls.name}, which is not at the top level of its module")
        return self.use(copied(cls.name, module, self._library), cls.name)

    def _datetime(self, value: dt.datetime) -> str:
        if value.tzinfo is None:
            return super()._datetime(value)
        name = zone_name(value.tzinfo)
        if name.startswith(("+", "-")):
            return f"{self.use('pendulum')}.instance({super()._datetime(value)})"
        parts = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
        while len(parts) > 3 and not parts[-1]:
            parts.pop()
        zone = "" if name == "UTC" else f", tz={name!r}"
        return f"{self.use('pendulum')}.datetime({', '.join(map(str, parts))}{zone})"

    def expression(self, value: am.Value) -> str:
        match value:
            case am.VariableRef() | am.ConnectionRef():
                raise CannotWriteError("an argument that is not known until the code runs")
            case dt.time():
                parts = [value.hour, value.minute, value.second, value.microsecond]
                while len(parts) > 1 and not parts[-1]:
                    parts.pop()
                return f"{self.use('pendulum')}.time({', '.join(map(str, parts))})"
            case dt.date() if not isinstance(value, dt.datetime):
                return f"{self.use('pendulum')}.date({value.year}, {value.month}, {value.day})"
            case dt.tzinfo() if not zone_name(value).startswith(("+", "-")):
                return f"{self.use('pendulum')}.timezone({zone_name(value)!r})"
        return super().expression(value)


def copied(name: str, module: am.Module, library: Library) -> str:
    """Copy a class of a module to lib/; the import path to use. Raises CannotWriteError.

    The module is copied whole where the runtime has all that it takes from Airflow; otherwise the class is, with what
    it needs.
    """
    _check(name, module, library)
    return library.whole(module) if library.pure(module) else part(module, [name], library)


def _check(name: str, module: am.Module, library: Library) -> None:
    """Raise CannotWriteError for a class that needs what the runtime does not have for timetables, and name that.

    What asks for Variables or connections may do so in a task, but not when the project is loaded.
    """
    seen: set[tuple[str, str]] = set()
    waiting = [(module, name)]
    while waiting:
        module, name = waiting.pop()
        if (module.source.file, name) in seen:
            continue
        seen.add((module.source.file, name))
        if deferred(name, module, library):
            raise CannotWriteError(f"{name}, which is not known until the code runs")
        for item in (item for item in module.items if item.name == name):
            waiting += [(module, need) for need in item.needs]
            if item.imports is None:
                paths = _imported_inside(item, module)
            elif (other := library.find(item.imports[0], module)) is not None:
                paths = []
                waiting.append((other, item.imports[1]))
            else:
                paths = [".".join(filter(None, item.imports))]
            for path in filter(is_airflow, paths):
                if (found := stand_in(path)) is None or not (found.part in PARTS or found.name == "LoggingMixin"):
                    raise CannotWriteError(path)


def _imported_inside(item: am.ModuleItem, module: am.Module) -> list[str]:
    """What the functions of a definition import."""
    return [
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in parse(module.source.file, module.source.text).imports_in_functions
        if item.span.line <= node.lineno <= item.span.end_line and not getattr(node, "level", 0)
        for alias in node.names
    ]
