"""Values of the interpreted program: which are known, which only at run time, and how to speak of them."""

from __future__ import annotations

import datetime
import enum
import re
from pathlib import PurePath
from typing import Any

from ..airflow_model import (
    AssetCondition,
    AssetRef,
    ConnectionRef,
    Deferred,
    EnvRef,
    MappedArgument,
    ParamSpec,
    Symbol,
    TaskRef,
    Unknown,
    VariableRef,
    XComRef,
)
from .host import HostObject
from .moments import Days, PendulumDate
from .objects import (
    BoundMethod,
    Instance,
    Native,
    NativeModule,
    Partial,
    UserClass,
    UserFunction,
    UserModule,
)

LATE: frozenset[type] = frozenset(
    {
        Unknown,
        Deferred,
        Symbol,
        VariableRef,
        ConnectionRef,
        EnvRef,
        ParamSpec,
        AssetRef,
        AssetCondition,
        TaskRef,
        XComRef,
        MappedArgument,
    }
)
"""Values that exist at run time only: what is computed from one is deferred too."""

ATOMS: frozenset[type] = frozenset(
    {
        str,
        int,
        float,
        bool,
        bytes,
        type(None),
        complex,
        datetime.datetime,
        PendulumDate,
        datetime.date,
        datetime.time,
        datetime.timedelta,
        Days,
        datetime.timezone,
        type(Ellipsis),
    }
)

OBJECTS = (HostObject, Instance, UserFunction, UserClass, UserModule, BoundMethod, Partial, Native, NativeModule)
"""Values a condition cannot choose between in an expression, though each can be worked with."""


def describe(value: Any) -> str:
    """A few words for a value, for reasons and findings."""
    match value:
        case Unknown(reason=reason):
            return reason
        case Symbol(path=path):
            return path
        case EnvRef(name=name):
            return f"environment variable {name}"
        case VariableRef(key=key):
            return f"Airflow variable {key}"
        case ConnectionRef(conn_id=conn_id):
            return f"connection {conn_id}"
        case Deferred(op="call", operands=(function, *_)):
            return f"{describe(function)}(…)"
        case Deferred(op="attribute", operands=(owner,), name=name):
            return f"{describe(owner)}.{name}"
        case Deferred(op="item", operands=(owner, *_)):
            return f"{describe(owner)}[…]"
        case Deferred():
            return (
                f"a computation on {next((describe(o) for o in value.operands if type(o) in LATE), 'unknown values')}"
            )
        case HostObject():
            return value.describe()
        case UserFunction() | UserClass():
            return value.name
        case Instance():
            return f"an instance of {value.cls.name}"
        case UserModule():
            return value.name
        case NativeModule():
            return "module"
        case Native():
            return value.path
    return type(value).__name__


def fingerprint(value: Any) -> Any:
    """Equal for the same value; of what cannot be compared, for the same object."""
    kind = type(value)
    if kind in ATOMS or (kind in LATE and kind is not Deferred):
        try:
            return hash((kind, value))
        except (TypeError, RecursionError):
            pass
    return id(value)


def snapshot(value: Any) -> Any:
    """The value as it is now, whatever is put into it later."""
    if type(value) in (list, dict, set):
        return value.copy()
    return value


def first_late(value: Any, budget: list[int], depth: int) -> Any:
    """The first value in a value that is known at run time only; None where there is none, or the budget is used up."""
    kind = type(value)
    if kind in ATOMS:
        return None
    if kind in LATE:
        return value
    budget[0] -= 1
    if budget[0] < 0 or depth > 60:
        return None
    if isinstance(value, dict):
        for key, item in value.items():
            found = first_late(key, budget, depth + 1)
            if found is None:
                found = first_late(item, budget, depth + 1)
            if found is not None:
                return found
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            found = first_late(item, budget, depth + 1)
            if found is not None:
                return found
    return None


_REAL = (
    str,
    bytes,
    int,
    float,
    complex,
    PurePath,
    re.Pattern,
    re.Match,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
    enum.Enum,
    range,
    BaseException,
    bytearray,
)


def is_plain(value: Any, budget: list[int], depth: int) -> bool:
    """Whether a value and all in it are real Python objects; false where the budget is used up."""
    kind = type(value)
    if kind in ATOMS:
        return True
    if kind in LATE:
        return False
    budget[0] -= 1
    if budget[0] < 0 or depth > 60:
        return False
    if isinstance(value, dict):
        return all(is_plain(k, budget, depth + 1) and is_plain(v, budget, depth + 1) for k, v in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(is_plain(item, budget, depth + 1) for item in value)
    if isinstance(value, BaseException):
        return all(is_plain(item, budget, depth + 1) for item in value.args)
    return isinstance(value, (*_REAL, type)) or type(value).__module__ in _REAL_MODULES


_REAL_MODULES = frozenset(
    {
        "datetime",
        "decimal",
        "fractions",
        "uuid",
        "zoneinfo",
        "string",
        "collections",
        "ipaddress",
        "dateutil.relativedelta",
        "builtins",
    }
)
