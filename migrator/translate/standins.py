"""Helper modules that need no Airflow once they import the runtime module's stand-ins for what they use of it.

A module that raises Airflow's exceptions, reads Variables in its functions or derives a hook of its own from `BaseHook`
is copied whole, with other imports and nothing else changed.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator

from .. import airflow_model as am
from ..dagster_model import EnvVariable, Import, Rewrite
from ..read.names import canonical, is_airflow
from ..read.places import span_of
from ..read.trees import parse
from ..records import dataclass
from ..source import Span
from .pen import connection_variable

EXCEPTIONS = frozenset(
    {"AirflowException", "AirflowSkipException", "AirflowFailException", "AirflowSensorTimeout", "AirflowTaskTimeout"}
    | {"AirflowNotFoundException"}
)
"""Airflow's exceptions that the runtime module has under the same names."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """What the runtime module has for a name of Airflow's: the part, the name there, and what may be done with it."""

    part: str
    name: str
    attributes: frozenset[str] | None = None
    """What is read of it when code runs (`Variable.get`); None: whatever is done with it works."""
    base: bool = False
    """A class may be derived from it."""

    def imported(self, local: str) -> Import:
        """The import that gives it the name a module has for Airflow's."""
        module = f"@compat.{self.part}" if self.part else "@compat"
        return Import(module, self.name, local if local != self.name else "")


_NONE: frozenset[str] = frozenset()

_TIMES = frozenset(
    {"coerce_datetime", "convert_to_utc", "datetime", "is_localized", "make_aware", "make_naive", "parse"}
    | {"parse_timezone", "utc", "utcnow"}
)

_CODES = "decode_interval decode_timezone encode_interval encode_timezone"
_BASES = "CronDataIntervalTimetable DeltaDataIntervalTimetable CronTriggerTimetable DeltaTriggerTimetable"
_TIMETABLES = (
    ("airflow.timetables.base", "timetables", "DagRunInfo DataInterval TimeRestriction Timetable"),
    ("airflow.exceptions", "timetables", "AirflowTimetableInvalid"),
    ("airflow.utils.types", "timetables", "DagRunType"),
    ("airflow.serialization.serialized_objects", "timetables", _CODES),
    ("airflow.serialization.encoders", "timetables", _CODES),
    ("airflow.serialization.decoders", "timetables", _CODES),
    ("airflow.sdk", "timetable_bases", _BASES),
    ("airflow.timetables._cron", "timetable_bases", "CronMixin"),
    ("airflow.timetables._delta", "timetable_bases", "DeltaMixin"),
)
"""What timetables of one's own are made with."""

STAND_INS = {
    "airflow.sdk.BaseHook": StandIn("standins", "BaseHook", frozenset({"get_connection"}), base=True),
    "airflow.sdk.Connection": StandIn("standins", "Connection", frozenset({"get"})),
    "airflow.sdk.Context": StandIn("context", "AirflowContext", _NONE),
    "airflow.sdk.Variable": StandIn("standins", "Variable", frozenset({"get"})),
    "airflow.utils.log.logging_mixin.LoggingMixin": StandIn("standins", "LoggingMixin"),
    "airflow.sdk.timezone": StandIn("", "timezone", _TIMES),
    **{f"airflow.{home}.timezone.{name}": StandIn("timezone", name) for home in ("sdk", "utils") for name in _TIMES},
    **{f"{module}.{name}": StandIn(part, name) for module, part, names in _TIMETABLES for name in names.split()},
}


def stand_in(path: str) -> StandIn | None:
    """The stand-in for what an import path names; None where there is none."""
    name = canonical(path)
    if is_airflow(name) and name.rpartition(".")[2] in EXCEPTIONS:
        return StandIn("exceptions", name.rpartition(".")[2])
    return STAND_INS.get(name)


@dataclass(frozen=True, slots=True)
class Served:
    """What stand-ins can do for a module."""

    rewrites: tuple[Rewrite, ...]
    """Its imports of Airflow's names, replaced."""
    unserved: frozenset[int]
    """The lines that need Airflow all the same; where there are none, the module needs no Airflow."""
    inside: frozenset[int]
    """The lines of imports from Airflow in functions: those are replaced in what is copied whole, a module or class."""
    raised: frozenset[tuple[str, int]]
    """Those of Airflow's exceptions that it raises, with the lines."""
    env: frozenset[EnvVariable]
    """The Variables and Connections it names literally."""


def served(module: am.Module, wanted: Container[str]) -> Served:
    """What to replace in a module so that it needs no Airflow, and what would need it still.

    `wanted` are the names that other modules import from it: those stay, others go where nothing uses them.
    """
    try:
        tree = parse(module.source.file, module.source.text).tree
    except (SyntaxError, ValueError):
        return Served((), frozenset({0}), frozenset(), frozenset(), frozenset())
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    loaded = {node.id for node in parents if isinstance(node, ast.Name)}
    names: dict[str, StandIn | None] = {}
    rewrites: list[Rewrite] = []
    unserved: set[int] = set()
    inside: set[int] = set()
    for node in parents:
        if isinstance(node, ast.Import) and any(is_airflow(alias.name) for alias in node.names):
            unserved.add(node.lineno)
            names |= {alias.asname or "airflow": None for alias in node.names if is_airflow(alias.name)}
        if not isinstance(node, ast.ImportFrom) or node.level or not is_airflow(node.module or ""):
            continue
        if _runs_when_called(node, parents):
            inside.add(node.lineno)
        made: dict[str, list[str]] = {}
        for alias in node.names:
            local = alias.asname or alias.name
            if local not in loaded and alias.name not in wanted and alias.name != "*":
                continue
            found = stand_in(f"{node.module}.{alias.name}")
            if found is None or names.setdefault(local, found) != found:
                names[local] = None
                unserved.add(node.lineno)
            else:
                one = found.imported(local)
                made.setdefault(one.module, []).append(one.name + (f" as {one.alias}" if one.alias else ""))
        lines = [f"from {path} import {', '.join(found)}" for path, found in sorted(made.items())]
        span = span_of(node, module.source)
        if len(lines) != 1 and module.source.lines()[span.line - 1][: span.column].strip():
            unserved.add(node.lineno)  # what is before it in its line may be all it stands under
        rewrites.append(Rewrite(span, "\n".join(lines)))
    env: set[EnvVariable] = set()
    raised: set[tuple[str, int]] = set()
    for node in parents:
        if isinstance(node, ast.Name) and node.id in names:
            found = names[node.id]
            if found is None or not _serves(node, found, parents):
                unserved.add(node.lineno)
                continue
            env.update(_asked_for(node, found, parents))
            if found.part == "exceptions" and not _caught(node, parents):
                raised.add((found.name, node.lineno))
    return Served(tuple(rewrites), frozenset(unserved), frozenset(inside), frozenset(raised), frozenset(env))


def when_called(names: Iterable[str], module: am.Module, span: Span) -> list[str] | None:
    """The imports of stand-ins for Airflow's names in a statement of a module that is put into a function; None where
    one has no stand-in, or more is done with it than that can."""
    try:
        tree = parse(module.source.file, module.source.text).tree
    except (SyntaxError, ValueError):
        return None
    found: list[str] = []
    for name in names:
        item = module.item(name)
        if item is None or item.imports is None or not item.airflow:
            continue
        one = stand_in(".".join(filter(None, item.imports)))
        if one is None:
            return None
        inside = [n for n in ast.walk(tree) if isinstance(n, ast.expr) and span.line <= n.lineno <= span.end_line]
        read = [n.value for n in inside if isinstance(n, ast.Attribute) and n.attr in (one.attributes or ())]
        loads = [n for n in inside if isinstance(n, ast.Name) and n.id == name]
        if one.attributes is not None and any(load not in read for load in loads):
            return None
        made = one.imported(name)
        found.append(f"from {made.module} import {made.name}" + (f" as {made.alias}" if made.alias else ""))
    return found


def catches(module: am.Module) -> bool:
    """Whether a module that uses Airflow names an exception of Airflow's in an `except`."""
    try:
        parsed = parse(module.source.file, module.source.text)
    except (SyntaxError, ValueError):
        return False
    handlers = [h.type for h in ast.walk(parsed.tree) if isinstance(h, ast.ExceptHandler) and h.type is not None]
    names = (node for handler in handlers for node in ast.walk(handler))
    found = {n.id if isinstance(n, ast.Name) else n.attr for n in names if isinstance(n, ast.Name | ast.Attribute)}
    return not found.isdisjoint(EXCEPTIONS)


_Parents = dict[ast.AST, ast.AST]


def _serves(node: ast.Name, found: StandIn, parents: _Parents) -> bool:
    """Whether the stand-in is enough for a use of its name."""
    if not isinstance(node.ctx, ast.Load):
        return False
    if found.attributes is None:
        return True
    at, parent = _annotated(node, parents)
    if at:
        return True
    if isinstance(parent, ast.ClassDef) and node in parent.bases:
        return found.base and _derives_only(parent)
    read = isinstance(parent, ast.Attribute) and parent.attr in found.attributes
    return read and _runs_when_called(node, parents)


def _caught(node: ast.Name, parents: _Parents) -> bool:
    """Whether a name stands in the head of an `except`, alone or among others."""
    parent = parents.get(node)
    if isinstance(parent, ast.Tuple):
        parent = parents.get(parent)
    return isinstance(parent, ast.ExceptHandler)


def _annotated(node: ast.AST, parents: _Parents) -> tuple[bool, ast.AST | None]:
    """Whether a node stands in an annotation; and its parent."""
    child: ast.AST = node
    direct = parents.get(node)
    while (parent := parents.get(child)) is not None and not isinstance(parent, ast.stmt):
        if isinstance(parent, ast.arg):
            return True, direct
        child = parent
    match parent:
        case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
            return child is returns, direct
        case ast.AnnAssign(annotation=annotation):
            return child is annotation, direct
    return False, direct


def _derives_only(cls: ast.ClassDef) -> bool:
    """Whether a class that is derived from Airflow's base of hooks takes nothing of it that the stand-in has not."""
    missing = {"get_hook", "get_connections", "get_conn"} - {f.name for f in cls.body if isinstance(f, ast.FunctionDef)}
    return not any(isinstance(node, ast.Attribute) and node.attr in missing for node in ast.walk(cls))


def _runs_when_called(node: ast.AST, parents: _Parents) -> bool:
    """Whether a node is in the body of a function: what loading the module runs must not ask for a Variable."""
    child, parent = node, parents.get(node)
    while parent is not None:
        if isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef) and child in parent.body:
            return True
        if isinstance(parent, ast.Lambda) and child is parent.body:
            return True
        child, parent = parent, parents.get(parent)
    return False


def _asked_for(node: ast.Name, found: StandIn, parents: _Parents) -> Iterator[EnvVariable]:
    """The environment variable that a literal `Variable.get` or `get_connection` reads."""
    call = parents.get(parents.get(node, node))
    if not isinstance(call, ast.Call) or not call.args:
        return
    match call.args[0]:
        case ast.Constant(value=str() as name) if found.name == "Variable":
            required = len(call.args) + len([k for k in call.keywords if k.arg in ("default", "default_var")]) < 2
            yield EnvVariable(f"AIRFLOW_VAR_{name.upper()}", f"Airflow Variable `{name}`", required=required)
        case ast.Constant(value=str() as name) if found.name in ("BaseHook", "Connection"):
            yield connection_variable(name)
