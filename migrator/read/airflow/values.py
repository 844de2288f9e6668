"""Names of Airflow's that are values or functions at load time: Variables, connections, params, enums, time zones.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from ...airflow_model import ConnectionRef, Deferred, ParamSpec, Symbol, VariableRef
from ...records import dataclass
from ..host import Arg, At, HostClass, HostObject
from .session import Method, values


@dataclass(slots=True, eq=False)
class EnumMember(HostObject):
    """`TriggerRule.ALL_DONE`, `State.SUCCESS` …: members that are their own text, as these enums are `str`."""

    cls: str
    name: str
    value: str

    def describe(self) -> str:
        return f"{self.cls}.{self.name}"

    def text(self, at: At) -> str:
        return self.value

    def attribute(self, name: str, at: At) -> Any:
        if name in ("value", "name"):
            return getattr(self, name)
        return at.unknown(f"{self.describe()}.{name}")

    def binary(self, op: str, other: Any, reflected: bool, at: At) -> Any:
        if op in ("==", "!=") and isinstance(other, (str, EnumMember)):
            return (plain(other) == self.value) == (op == "==")
        return NotImplemented

    def __eq__(self, other: object) -> bool:
        return plain(other) == self.value if isinstance(other, (str, EnumMember)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)


def plain(value: Any) -> Any:
    return value.value if isinstance(value, EnumMember) else value


@dataclass(slots=True, eq=False)
class EnumClass(HostObject):
    """`TriggerRule`, `WeightRule`, `State`, `TaskInstanceState`, `DagRunState`."""

    name: str

    def describe(self) -> str:
        return self.name

    def attribute(self, name: str, at: At) -> Any:
        if name.isupper():
            return EnumMember(self.name, name, name.lower())
        return at.unknown(f"{self.name}.{name}")

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        value = next((a.value for a in (*args, *kwargs.values())), None)
        return EnumMember(self.name, value.upper(), value) if isinstance(value, str) else at.unknown(f"{self.name}(…)")

    def item(self, key: Any, at: At) -> Any:
        return self.attribute(key, at) if isinstance(key, str) else at.unknown(f"{self.name}[…]")


@dataclass(slots=True, eq=False)
class VariableClass(HostObject):
    """`Variable`: `get` gives a reference to what the metadata database holds at run time."""

    def describe(self) -> str:
        return "Variable"

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return Deferred("call", (Symbol("airflow.sdk.Variable"), *(a.value for a in args)), span=at.span)

    def attribute(self, name: str, at: At) -> Any:
        match name:
            case "get":
                return Method("Variable.get", _variable)
            case "setdefault":
                return Method("Variable.setdefault", _setdefault)
            case "set" | "update" | "delete":
                return Method(f"Variable.{name}", lambda *_: None)
            case "get_variable_from_secrets":
                return Method(f"Variable.{name}", lambda a, k, _: VariableRef(next(iter([*a, *k.values()])).value))
        return at.unknown(f"Variable.{name}")


def _variable(args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    found = values(args, kwargs, "key", "default_var", "deserialize_json")
    default = next((n for n in ("default", "default_var") if n in found), None)
    as_json = found.get("deserialize_json") is True
    given = at.supplied("Airflow variable", found.get("key"))
    if given is not None:
        return _decoded(given, at) if as_json else given
    return VariableRef(found.get("key"), default is not None, found.get(default or ""), as_json)


def _decoded(text: str, at: At) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return at.raise_("JSONDecodeError", f"{text!r} is not JSON")


def _setdefault(args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    found = values(args, kwargs, "key", "default", "description", "deserialize_json")
    given = at.supplied("Airflow variable", found.get("key"))
    if given is not None:
        return _decoded(given, at) if found.get("deserialize_json") is True else given
    return VariableRef(found.get("key"), True, found.get("default"), found.get("deserialize_json") is True)


@dataclass(slots=True, eq=False)
class ConnectionClass(HostClass):
    """`BaseHook` and `Connection`: a look-up by id gives a reference; anything else is left for run time."""

    path: str

    def describe(self) -> str:
        return self.path.rpartition(".")[2]

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        named = tuple((n, a.value) for n, a in kwargs.items())
        return Deferred("call", (Symbol(self.path), *(a.value for a in args)), keywords=named, span=at.span)

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return None

    def attribute(self, name: str, at: At) -> Any:
        if name in ("get_connection", "get", "get_connection_from_secrets"):
            return Method(f"{self.describe()}.{name}", _connection)
        return Symbol(f"{self.path}.{name}")


def _connection(args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    return ConnectionRef(next((a.value for a in (*args, *kwargs.values())), None))


def param(args: list[Arg], kwargs: dict[str, Arg], at: At) -> ParamSpec:
    """`Param(default, type=…, description=…, **schema)`."""
    found = values(args, kwargs, "default", "description")
    description = found.get("description")
    schema = tuple((n, v) for n, v in found.items() if n not in ("default", "description", "schema", "source"))
    own = found.get("schema")
    if isinstance(own, dict):
        schema += tuple((str(n), v) for n, v in own.items())
    return ParamSpec(
        found.get("default"), "default" in found, description if isinstance(description, str) else None, schema
    )


def params_dict(args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    return next((a.value for a in (*args, *kwargs.values())), {})


# --- airflow.utils.timezone ----------------------------------------------------------------------------------


def timezone_datetime(args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    """`timezone.datetime(2024, 1, 1)`: in UTC unless it says otherwise."""
    given = [a.value for a in args]
    named = {n: a.value for n, a in kwargs.items()}
    if not all(isinstance(v, int) for v in given):
        return Deferred("call", (Symbol("airflow.sdk.timezone.datetime"), *given), span=at.span)
    try:
        return dt.datetime(*given, **{"tzinfo": dt.timezone.utc, **named})
    except (TypeError, ValueError) as error:
        return at.raise_(type(error).__name__, str(error))


def timezone_parse(args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
    text = next((a.value for a in (*args, *kwargs.values())), None)
    found = parsed_date(text) if isinstance(text, str) else None
    return found or Deferred("call", (Symbol("airflow.sdk.timezone.parse"), text), span=at.span)


def parsed_date(text: str) -> dt.datetime | None:
    """A date as Airflow's timezone.parse reads a string: ISO 8601, in UTC unless it has an offset."""
    for form in (text, text.replace("/", "-"), f"{text}-01", f"{text}-01-01"):
        try:
            found = dt.datetime.fromisoformat(form.replace("Z", "+00:00"))
        except ValueError:
            continue
        return found if found.tzinfo else found.replace(tzinfo=dt.timezone.utc)
    return None


TIMEZONE: dict[str, Any] = {
    "datetime": Method("timezone.datetime", timezone_datetime),
    "parse": Method("timezone.parse", timezone_parse),
    "utc": dt.timezone.utc,
}
