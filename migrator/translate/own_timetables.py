"""Timetables of the user's own: their classes carried over, with the runtime's names in the place of Airflow's.

https://airflow.apache.org/docs/apache-airflow/stable/howto/timetable.html
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from .. import airflow_model as am
from ..dagster_model import Import, Rewrite
from ..read.names import is_airflow
from ..source import Span
from .carry import Carrier, loads_of, tree_of
from .late import deferred, late
from .library import Library, importable
from .names import Names
from .pen import CannotWriteError, Pen, zone_name
from .replaced import replacement
from .sensors import Text
from .standins import EXCEPTIONS

SUFFIX = "_timetables"
"""What the module is called that holds the timetables of one that holds more than can be copied."""


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
    if replaceable(module, library):
        return library.whole(module)
    dotted = f"{importable(library.name(module))}{SUFFIX}"
    carrier = library.parts.setdefault(dotted, (module, _Carrier(library, Names())))[1]
    mark = carrier.mark()
    try:
        carrier.need(name, module)
    except CannotWriteError:
        carrier.reset(mark)
        raise
    library.without_airflow.add(dotted)
    return f"@lib.{dotted}"


def replaceable(module: am.Module, library: Library) -> bool:
    """Whether the runtime has all that a module, and those of the user's that it imports, take from Airflow."""
    seen: dict[str, am.Module] = {}
    waiting = [module]
    while waiting:
        module = waiting.pop()
        if module.source.file in seen or library.pure(module):
            continue
        if next(_only_of_airflow(tree_of(module.source)), None) is not None:
            return False
        seen[module.source.file] = module
        waiting += library.imported(module)
    library.without_airflow |= {library.name(module) for module in seen.values()}
    return True


def _only_of_airflow(tree: ast.AST) -> Iterator[str]:
    """What code imports from Airflow that the runtime does not have, when it is run: here nothing is serialized."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef(name="serialize" | "deserialize"):
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for other in node.orelse:
                    yield from _only_of_airflow(other)
                continue
            case ast.Import(names=names):
                yield from (alias.name for alias in names if is_airflow(alias.name))
            case ast.ImportFrom(module=str() as path, level=0) if is_airflow(path):
                yield from (f"{path}.{alias.name}" for alias in node.names if not replacement(path, alias.name))
        yield from _only_of_airflow(node)


class _Carrier(Carrier):
    """Carries classes over that name Airflow: with the runtime's names instead, and nothing that is known later."""

    def _import(
        self,
        item: am.ModuleItem,
        module: am.Module,
        rewrites: dict[str, tuple[Rewrite, ...]] | None,
        where: Span | None,
    ) -> None:
        assert item.imports is not None
        path, name = item.imports
        alias = item.name if item.name != name else ""
        if where is not None and name != "*" and not loads_of(frozenset({item.name}), module.source, where):
            return
        if item.airflow:
            found = "@compat.exceptions" if name in EXCEPTIONS else replacement(path, name)
            if found is None:
                raise CannotWriteError(f"{path}.{name}" if name else path)
            self._add(Import(found, name, alias))
            return
        other = self._library.find(path, module)
        if other is None or not name or name == "*" or self._library.pure(other):
            super()._import(item, module, rewrites, where)
        elif replaceable(other, self._library):
            self._add(Import(self._library.whole(other), name, alias))
        elif alias:
            raise CannotWriteError(f"{name} imported as {alias} from a module that uses Airflow")
        else:
            self._sources.setdefault(module.source.file, set()).add(other.source.file)
            self.need(name, other, rewrites)

    def _definition(
        self,
        item: am.ModuleItem,
        module: am.Module,
        key: tuple[str, int, int, str],
        rewrites: dict[str, tuple[Rewrite, ...]],
    ) -> None:
        if late(item.value) or isinstance(item.value, am.VariableRef | am.ConnectionRef):
            raise CannotWriteError(f"{item.name}, which is not known until the code runs")
        if missing := next((n for n in item.needs if deferred(n, module, self._library)), None):
            raise CannotWriteError(f"{missing}, which is not known until the code runs")
        nodes = (node for node in tree_of(module.source).body if node.lineno <= item.span.end_line)
        inside = next(node for node in nodes if (node.end_lineno or node.lineno) >= item.span.end_line)
        if path := next(_only_of_airflow(inside), None):
            raise CannotWriteError(path)
        super()._definition(replace(item, airflow=False), module, key, rewrites)
