"""Values as Python expressions: what the reader knows about an argument, written so that it can be computed again."""

from __future__ import annotations

import builtins
import datetime as dt
import decimal
import enum
import importlib.util
import keyword
import pathlib
import re
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from ..airflow_model import (
    FILES,
    AssetRef,
    ClassRef,
    ConnectionRef,
    Deferred,
    EnvRef,
    Function,
    InstanceRef,
    MappedArgument,
    ParamSpec,
    Symbol,
    TaskRef,
    Unknown,
    Value,
    VariableRef,
    XComRef,
    own_path,
    own_paths,
)
from ..dagster_model import EnvVariable, Import

OPERATORS = frozenset(
    {"+", "-", "*", "/", "//", "%", "**", "@", "==", "!=", "<", ">", "<=", ">=", "&", "|", "^", "<<", ">>"}
    | {"in", "not in", "is", "is not", "and", "or"}
)
_PATH = Symbol("pathlib.Path")


class CannotWriteError(Exception):
    """The value cannot be written as an expression; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def string(text: str) -> str:
    """A string literal: triple-quoted where it has several lines and reads the same that way."""
    if text.count("\n") >= 1 and len(text) > 20:
        body = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        if body.endswith('"'):
            body = body[:-1] + '\\"'
        if all(c == "\n" or c == "\t" or c.isprintable() for c in text):
            return f'"""{body}"""'
    return repr(text)


class Pen:
    """Writes values as expressions and remembers what they need: imports and environment variables.

    `function`, `xcom`, `user_class` and `context` write a user's function, an XCom value, a user's class and a variable
    of Airflow's context; the caller knows how those are carried over. `late` writes an
    imported name that is imported only when the code runs, `mapped` an argument that dynamic mapping gives.
    """

    def __init__(
        self,
        *,
        function: Callable[[Function], str] | None = None,
        xcom: Callable[[XComRef], str] | None = None,
        user_class: Callable[[ClassRef], str] | None = None,
        context: Callable[[str], str] | None = None,
        late: Callable[[str], str | None] | None = None,
        mapped: Callable[[MappedArgument], str] | None = None,
    ) -> None:
        self.imports: set[Import] = set()
        self.env: set[EnvVariable] = set()
        self.files: set[str] = set()
        """The paths made from `__file__` that were written."""
        self._function = function
        self._xcom = xcom
        self._class = user_class
        self._context = context
        self._late = late
        self._mapped = mapped

    def use(self, module: str, name: str = "", alias: str = "") -> str:
        """Import, and give the name to use. A second module's name of the same spelling gets an alias."""
        wanted = alias or name or module
        for other in self.imports:
            if (other.alias or other.name or other.module) == wanted and (other.module, other.name) != (
                module,
                name,
            ):
                alias = f"{module.rpartition('.')[2].lstrip('_')}_{name}" if name else module.replace(".", "_")
                break
        self.imports.add(Import(module, name, alias if alias != (name or module) else ""))
        return alias or name or module

    def expression(self, value: Value) -> str:
        """The value as an expression. Raises CannotWriteError where it cannot be reproduced."""
        match value:
            case None | bool() | int() | complex():
                return repr(value)
            case enum.Enum():
                return self.expression(value.value)
            case float():
                return repr(value) if value == value and abs(value) != float("inf") else f'float("{value}")'
            case str():
                return string(str(value))
            case bytes():
                return repr(value)
            case dt.datetime():
                return self._datetime(value)
            case dt.date():
                self.use("datetime", "date")
                return f"date({value.year}, {value.month}, {value.day})"
            case dt.timedelta():
                return self._timedelta(value)
            case dt.time():
                self.use("datetime", "time")
                return f"time({value.hour}, {value.minute}, {value.second})"
            case dt.tzinfo():
                return self._timezone(value)
            case decimal.Decimal():
                return f'{self.use("decimal", "Decimal")}("{value}")'
            case pathlib.PurePath():
                return f"{self.use('pathlib', 'Path')}({string(str(value))})"
            case re.Pattern():
                return f"{self.use('re')}.compile({value.pattern!r})"
            case list():
                return f"[{', '.join(self.expression(v) for v in value)}]"
            case tuple():
                inside = ", ".join(self.expression(v) for v in value)
                return f"({inside},)" if len(value) == 1 else f"({inside})"
            case set() | frozenset():
                inside = ", ".join(sorted(self.expression(v) for v in value))
                text = f"{{{inside}}}" if inside else "set()"
                return text if isinstance(value, set) else f"frozenset({text})"
            case dict():
                return "{" + ", ".join(f"{self.expression(k)}: {self.expression(v)}" for k, v in value.items()) + "}"
            case range():
                return repr(value)
            case VariableRef():
                return self._variable(value)
            case EnvRef():
                return self._environment(value)
            case ConnectionRef():
                if isinstance(value.conn_id, str):
                    self.env.add(connection_variable(value.conn_id))
                return f"{self.use('@compat.connections', 'get_connection')}({self.expression(value.conn_id)})"
            case ParamSpec():
                return self.expression(value.default)
            case AssetRef():
                return self._asset(value)
            case Symbol():
                return self._symbol(value.path)
            case Deferred():
                return self._deferred(value)
            case XComRef() if self._xcom is not None:
                return self._xcom(value)
            case Function() if self._function is not None:
                return self._function(value)
            case MappedArgument() if self._mapped is not None:
                return self._mapped(value)
            case ClassRef() if self._class is not None:
                return self._class(value)
            case InstanceRef():
                return f"{self.expression(value.cls)}({self.arguments(value.args, value.keywords)})"
            case Unknown():
                raise CannotWriteError(value.reason)
            case TaskRef():
                raise CannotWriteError(f"the task {value.task_id} itself")
        raise CannotWriteError(f"a {type(value).__name__}")

    def arguments(self, args: tuple[Value, ...], keywords: tuple[tuple[str, Value], ...]) -> str:
        """Positional and keyword arguments of a call."""
        return ", ".join([*(self.expression(a) for a in args), *(f"{k}={self.expression(v)}" for k, v in keywords)])

    def _asset(self, value: AssetRef) -> str:
        if value.kind == "alias":
            raise CannotWriteError(f"the asset alias {value.name!r}")
        if value.extra:
            raise CannotWriteError(f"the asset {value.name!r}, which has an `extra`")
        same = value.name == value.uri or value.uri is None
        arguments = self.expression(value.name) if same else self.arguments((value.name, value.uri), ())
        return f"{self.use('@compat.events', 'Asset')}({arguments})"

    def _datetime(self, value: dt.datetime) -> str:
        parts = [
            value.year,
            value.month,
            value.day,
            value.hour,
            value.minute,
            value.second,
            value.microsecond,
        ]
        while len(parts) > 3 and not parts[-1]:
            parts.pop()
        text = ", ".join(map(str, parts))
        self.use("datetime", "datetime")
        if value.tzinfo is None:
            return f"datetime({text})"
        return f"datetime({text}, tzinfo={self._timezone(value.tzinfo)})"

    def _timezone(self, value: dt.tzinfo) -> str:
        name = zone_name(value)
        if name == "UTC":
            self.use("datetime", "timezone")
            return "timezone.utc"
        if name.startswith(("+", "-")):
            self.use("datetime", "timezone")
            offset = value.utcoffset(None) or dt.timedelta(0)
            return f"timezone({self._timedelta(offset)})"
        return f'{self.use("zoneinfo", "ZoneInfo")}("{name}")'

    def _timedelta(self, value: dt.timedelta) -> str:
        self.use("datetime", "timedelta")
        if value.days < 0:
            return f"-{self._timedelta(-value)}" if value != dt.timedelta.min else "timedelta.min"
        days, rest, micro = value.days, value.seconds, value.microseconds
        fields = {
            "days": days,
            "hours": rest // 3600,
            "minutes": rest % 3600 // 60,
            "seconds": rest % 60,
            "microseconds": micro,
        }
        return f"timedelta({', '.join(f'{k}={v}' for k, v in fields.items() if v)})"

    def _variable(self, value: VariableRef) -> str:
        if not isinstance(value.key, str):
            default = f", default={self.expression(value.default)}" if value.has_default else ""
            json = ", deserialize_json=True" if value.deserialize_json else ""
            return f"{self.use('@compat.variables', 'get_variable')}({self.expression(value.key)}{default}{json})"
        name = f"AIRFLOW_VAR_{value.key.upper()}"
        self.env.add(EnvVariable(name, f"Airflow Variable `{value.key}`", required=not value.has_default))
        plain_name = re.fullmatch(r"[A-Z0-9_]+", name) is not None
        if (
            plain_name
            and not value.deserialize_json
            and (not value.has_default or isinstance(value.default, str | None))
        ):
            self.use("os")
            if not value.has_default:
                return f'os.environ["{name}"]'
            return f'os.environ.get("{name}"{"" if value.default is None else ", " + self.expression(value.default)})'
        if plain_name and value.deserialize_json and not value.has_default:
            self.use("os")
            return f'{self.use("json")}.loads(os.environ["{name}"])'
        default = f", default={self.expression(value.default)}" if value.has_default else ""
        json = ", deserialize_json=True" if value.deserialize_json else ""
        return f"{self.use('@compat.variables', 'get_variable')}({value.key!r}{default}{json})"

    def _environment(self, value: EnvRef) -> str:
        self.use("os")
        if isinstance(value.name, str):
            self.env.add(EnvVariable(value.name, "Read by the DAG files from the environment", required=value.required))
        name = self.expression(value.name)
        if value.required:
            return f"os.environ[{name}]"
        return f"os.environ.get({name}{'' if value.default is None else ', ' + self.expression(value.default)})"

    def _symbol(self, path: str) -> str:
        if self._context is not None and path.startswith("airflow.context."):
            return self._context(path.removeprefix("airflow.context."))
        if path == FILES.path:
            return self.use("@compat.files", "DAG_FILES")
        if self._late is not None and (text := self._late(path)) is not None:
            return text
        if path.startswith("airflow.") or path == "airflow":
            raise CannotWriteError(f"{path}, which only Airflow has")
        module, _, name = path.rpartition(".")
        if module == "builtins" or (not module and hasattr(builtins, name)):
            return name
        if not all(part.isidentifier() and not keyword.iskeyword(part) for part in path.split(".")):
            raise CannotWriteError(f"the name {path}")
        if not module:
            return self.use(name)
        found, rest = split_symbol(path)
        module, _, name = found.rpartition(".")
        return ".".join([self.use(module, name) if module else self.use(name), *rest])

    def _deferred(self, value: Deferred) -> str:
        operands = value.operands
        match value.op:
            case "call" if operands[0] == _PATH and len(operands) == 2 and (own := own_path(operands[1])):
                self.files.add(own)
                files = self.expression(FILES)
                return files if own == "." else f"({files} / {string(own)})"
            case "call":
                return f"{self._atom(operands[0])}({self.arguments(operands[1:], value.keywords)})"
            case "attribute":
                return f"{self._atom(operands[0])}.{value.name}"
            case "item":
                return f"{self._atom(operands[0])}[{self.expression(operands[1])}]"
            case "format":
                self.files |= own_paths(value)
                return format_string([o if isinstance(o, str) else self._piece(o) for o in operands])
            case "if" if len(operands) == 3:
                test, then, otherwise = map(self.expression, operands)
                return f"({then} if {test} else {otherwise})"
            case "not":
                return f"not {self._atom(operands[0])}"
            case op if op in OPERATORS and len(operands) == 2:
                return f"{self._atom(operands[0])} {op} {self._atom(operands[1])}"
            case "-" | "+" | "~" if len(operands) == 1:
                return f"{value.op}{self._atom(operands[0])}"
        raise CannotWriteError(f"an expression with {value.op}")

    def _piece(self, value: Value) -> Expression:
        text = isinstance(value, EnvRef) and (value.required or isinstance(value.default, str))
        return (TextExpression if text else Expression)(self.expression(value))

    def _atom(self, value: Value) -> str:
        text = self.expression(value)
        simple = not isinstance(value, Deferred) or value.op in ("call", "attribute", "item", "format")
        return text if simple and not isinstance(value, int | float | complex) else f"({text})"


def connection_variable(conn_id: str) -> EnvVariable:
    """The environment variable that Airflow itself, and the runtime module, read a connection from."""
    about = f"Airflow connection `{conn_id}`, as a URI or JSON"
    return EnvVariable(f"AIRFLOW_CONN_{conn_id.upper()}", about, secret=True)


def split_symbol(path: str) -> tuple[str, list[str]]:
    """A dotted path as what to import (`module.name`) and the attributes after it: `datetime.date` and `today`.

    Of the standard library the modules are known; elsewhere a name with a capital is a class, and what precedes it the
    module.
    """
    parts = path.split(".")
    if parts[0] in sys.stdlib_module_names:
        length = 1
        while length < len(parts) - 1 and _is_module(".".join(parts[: length + 1])):
            length += 1
    else:
        length = next((n for n, part in enumerate(parts) if part.lstrip("_")[:1].isupper()), len(parts) - 1)
    length = max(length, 1)
    return ".".join(parts[: length + 1]), parts[length + 1 :]


@cache
def _is_module(path: str) -> bool:
    """Whether a dotted path of the standard library is a module."""
    try:
        return importlib.util.find_spec(path) is not None
    except (ImportError, ValueError):
        return False


class Expression(str):
    """A piece of an f-string that is an expression, not text."""

    __slots__ = ()


class TextExpression(Expression):
    """An expression whose value is text, whatever happens."""

    __slots__ = ()


def format_string(pieces: list[str]) -> str:
    """An f-string of text and `Expression` pieces that Python 3.10 reads, too; a concatenation where none can be.

    Before 3.12 an expression in an f-string may hold neither a backslash nor the string's own quote. Text that is a
    template is concatenated as well: in an f-string each of its braces would stand twice.
    """
    if not any(isinstance(p, Expression) for p in pieces):
        return string("".join(pieces))
    inside = "".join(p for p in pieces if isinstance(p, Expression))
    text = "".join(p for p in pieces if not isinstance(p, Expression))
    template = "{{" in text or "{%" in text
    several = "\n" in text and all(c in "\n\t" or c.isprintable() for c in text)
    quotes = [] if template else ['"""', "'''"] if several else ['"', "'"]
    for quote in quotes:
        if quote[0] in inside or "\\" in inside or "\n" in inside or "#" in inside or (quote in text and several):
            continue
        return (
            "f"
            + quote
            + "".join(f"{{{_guard(p)}}}" if isinstance(p, Expression) else _escape(p, quote, several) for p in pieces)
            + quote
        )
    return " + ".join(_part(p) for p in pieces if p)


def _part(piece: str) -> str:
    """A piece of a concatenation."""
    if isinstance(piece, TextExpression):
        return str(piece)
    return f"str({piece})" if isinstance(piece, Expression) else string(piece)


def _guard(expression: str) -> str:
    return f" {expression}" if expression.startswith("{") else expression


def _escape(text: str, quote: str, several: bool) -> str:
    text = text.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}")
    if several:
        return text[:-1] + "\\" + quote[0] if text.endswith(quote[0]) else text
    text = text.replace(quote, "\\" + quote)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def zone_name(zone: Any) -> str:
    """The IANA name of a time zone, `UTC`, or its fixed offset as `+02:00`."""
    key = getattr(zone, "key", None) or getattr(zone, "zone", None) or getattr(zone, "name", None)
    if isinstance(key, str):
        return "UTC" if key in ("UTC", "Etc/UTC", "utc") else key
    offset = zone.utcoffset(None)
    if not offset:
        return "UTC"
    minutes = int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "-"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
