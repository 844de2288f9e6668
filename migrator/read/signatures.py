"""What the classes of Airflow and its providers take: bases, arguments with defaults, and templated fields.

Paths are canonical ones (see `names.canonical`). The newest release of each class is what counts, unless a
line is given: for "1" and "2" the class as Airflow 1.10.15 or the core of 2.11 has it, where that is
different. The tables under `data/` are written by `tools/airflow_tables.py` from source; nothing of Airflow
was run for them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, Literal

from ..records import dataclass
from .names import provider
from .tables import DATA, table

Kind = Literal["operator", "sensor", "hook", "notifier", "other"]

BASE_OPERATOR: Final = "airflow.sdk.BaseOperator"


@dataclass(frozen=True, slots=True)
class Required:
    """Stands for the default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A default that only running code would give; `text` is its expression in the source."""

    text: str


REQUIRED: Final = Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of an `__init__`. A required one has the default `REQUIRED`."""

    name: str
    default: object = REQUIRED
    keyword_only: bool = False

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class Signature:
    """One class. `parameters` are those of its own `__init__`, or of the nearest base's if it has none.

    `own` says which of the two. Templated fields, extensions and renderers are those in effect, wherever in the bases
    they were given.
    """

    path: str
    kind: Kind
    bases: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    own: bool
    template_fields: tuple[str, ...]
    template_ext: tuple[str, ...]
    template_fields_renderers: tuple[tuple[str, str], ...]

    @property
    def positional(self) -> tuple[str, ...]:
        """The names of the arguments that may be given by position, in order.

        Airflow itself refuses positional arguments to operators; hooks and other classes take them.
        """
        return tuple(item.name for item in self.parameters if not item.keyword_only)


@cache
def signature(path: str, line: str = "3") -> Signature | None:
    """The class of that canonical path, or None if it is not known. A class newer lines lack comes from an
    older.
    """
    record = _record(path, line)
    if record is None:
        return None
    line_of_classes = mro(path, line)
    init = next((item for item in line_of_classes if "params" in (_record(item, line) or ())), None)
    raw = (_record(init, line) or {})["params"] if init else []
    return Signature(
        path=path,
        kind=record["kind"],
        bases=tuple(record.get("bases", ())),
        parameters=tuple(_parameters(raw)),
        own=init == path,
        template_fields=tuple(_inherited(line_of_classes, line, "fields", ())),
        template_ext=tuple(_inherited(line_of_classes, line, "ext", ())),
        template_fields_renderers=tuple(_inherited(line_of_classes, line, "renderers", {}).items()),
    )


@cache
def mro(path: str, line: str = "3") -> tuple[str, ...]:
    """The class and its known bases in Python's resolution order; the path alone if it is not known."""
    bases = tuple((_record(path, line) or {}).get("bases", ()))
    waiting = [list(mro(base, line)) for base in bases if base != path]
    waiting.append([base for base in bases if base != path])
    order = [path]
    while waiting := [items for items in waiting if items]:
        head = next(
            (items[0] for items in waiting if not any(items[0] in other[1:] for other in waiting)),
            waiting[0][0],
        )
        order.append(head)
        waiting = [[item for item in items if item != head] for items in waiting]
    return tuple(order)


@cache
def parameters(path: str, line: str = "3") -> tuple[Parameter, ...]:
    """Every argument the class takes by keyword, its own first, then what its bases add where `**kwargs` go
    up to.

    The arguments of `BaseOperator` come last, as keyword-only ones; those of an unknown class are none.
    """
    found: dict[str, Parameter] = {}
    for item, raw in _inits(path, line):
        for parameter in _parameters(raw):
            keyword_only = parameter.keyword_only or (bool(found) and item != path)
            found.setdefault(parameter.name, Parameter(parameter.name, parameter.default, keyword_only))
    return tuple(found.values())


@cache
def parameter_names(path: str, line: str = "3") -> frozenset[str]:
    """The names of `parameters`, found sooner than all of them."""
    return frozenset(entry[0] for _, raw in _inits(path, line) for entry in raw if not isinstance(entry, str))


def _inits(path: str, line: str) -> Iterator[tuple[str, list[Any]]]:
    """The classes whose `__init__` keyword arguments reach, with their parameters as the tables have them."""
    for item in mro(path, line):
        raw = (_record(item, line) or {}).get("params")
        if raw is None:
            continue
        yield item, raw
        if not any(isinstance(entry, str) and entry.startswith("**") for entry in raw):
            break


def template_fields(path: str, line: str = "3") -> tuple[str, ...]:
    """The fields Airflow renders as templates, the class's own or inherited; none for an unknown class."""
    found = signature(path, line)
    return found.template_fields if found else ()


def is_operator(path: str, line: str = "3") -> bool:
    """Whether the class is an operator; sensors are operators."""
    found = _record(path, line)
    return found is not None and found["kind"] in ("operator", "sensor")


def known(kind: Kind | None = None) -> tuple[str, ...]:
    """The canonical paths of all classes the newest releases have, or of those of one kind, sorted."""
    paths: list[str] = []
    for file in DATA.glob("signatures-*.json"):
        if not file.name.startswith("signatures-only"):
            paths += (path for path, record in table(file.stem).items() if kind in (None, record["kind"]))
    return tuple(sorted(paths))


def base_operator_parameters(line: str) -> tuple[Parameter, ...]:
    """The arguments every operator of that Airflow line takes."""
    return _of_class(BASE_OPERATOR, line)


def dag_parameters(line: str) -> tuple[Parameter, ...]:
    """The arguments of `DAG` in that Airflow line, in order."""
    return _of_class("airflow.sdk.DAG", line)


def _of_class(path: str, line: str) -> tuple[Parameter, ...]:
    found = signature(path, line)
    return found.parameters if found else ()


@cache
def _record(path: str, line: str) -> dict[str, Any] | None:
    if not path.startswith("airflow."):
        return None
    if line in ("1", "2"):
        older = table(f"signatures-only{line}").get(path)
        if older is not None:
            return _as_record(older)
    newest = table(f"signatures-{provider(path) or 'airflow'}").get(path)
    if newest is not None:
        return _as_record(newest)
    for other in ("2", "1"):
        if path in (records := table(f"signatures-only{other}")):
            return _as_record(records[path])
    return None


def _as_record(value: Any) -> dict[str, Any]:
    record: dict[str, Any] = value
    return record


def _inherited(classes: tuple[str, ...], line: str, key: str, default: Any) -> Any:
    return next((record[key] for item in classes if key in (record := _record(item, line) or {})), default)


def _parameters(raw: list[Any]) -> Iterator[Parameter]:
    keyword_only = False
    for entry in raw:
        if isinstance(entry, str):
            keyword_only = True
            continue
        yield Parameter(entry[0], _value(entry[1]) if len(entry) > 1 else REQUIRED, keyword_only)


def _value(raw: Any) -> object:
    match raw:
        case {"code": str(text)}:
            return Computed(text)
        case {"seconds": int() | float() as seconds}:
            return datetime.timedelta(seconds=seconds)
        case {"tuple": [*items]}:
            return tuple(_value(item) for item in items)
        case {"set": [*items]}:
            return frozenset(_value(item) for item in items)
        case {"dict": [*items]}:
            return {_value(key): _value(value) for key, value in items}
        case [*items]:
            return [_value(item) for item in items]
    return raw
