"""Methods and attributes of real Python objects: which are safe to use as they are, and models for the others."""

from __future__ import annotations

import collections
import datetime
import enum
import re
import string
import types
from collections.abc import Callable
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any, TypeAlias

from ..airflow_model import Symbol, Unknown
from . import folders
from .objects import MISSING, BoundReached, NativeMethod
from .reaching import REASON, change

if TYPE_CHECKING:
    from .core import Place

SAFE: set[type] = {
    str,
    bytes,
    bytearray,
    int,
    float,
    complex,
    list,
    tuple,
    dict,
    set,
    frozenset,
    range,
    slice,
    type(None),
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
    PurePath,
    re.Pattern,
    re.Match,
    string.Template,
    collections.deque,
    BaseException,
    types.SimpleNamespace,
    types.MappingProxyType,
    collections.ChainMap,
}
"""Real types whose public attributes only compute."""

Handler: TypeAlias = Callable[[Any, Any, list[Any], dict[str, Any], "Place"], Any]
"""(machine, owner, args, kwargs, at) -> result"""

METHODS: dict[tuple[type, str], Handler] = {}
"""Models of methods that are not simply called; looked up along the type's MRO."""

ATTRIBUTES: dict[tuple[type, str], Callable[[Any, Any, Place], Any]] = {}
"""Models of attributes real objects do not have, or not like this: (machine, owner, at) -> value."""

SYMBOLS: dict[Any, str] = {}
"""The dotted path of real classes, for deferred calls of them."""

MUTATING = frozenset(
    {
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "sort",
        "reverse",
        "add",
        "discard",
        "update",
        "setdefault",
        "popitem",
        "appendleft",
        "extendleft",
        "popleft",
        "rotate",
        "move_to_end",
        "difference_update",
        "subtract",
        "intersection_update",
        "symmetric_difference_update",
    }
)
_ITERABLE_ARGUMENT = frozenset(
    {
        "extend",
        "extendleft",
        "union",
        "intersection",
        "difference",
        "symmetric_difference",
        "issubset",
        "issuperset",
        "isdisjoint",
        "update",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
    }
)
_STORING = frozenset({"append", "appendleft", "insert", "add", "setdefault", "extend", "extendleft"})
CONTAINERS = (list, dict, set, frozenset, tuple, collections.deque)


def is_safe(value: Any) -> bool:
    """Whether a real object is of a type (or of a subclass of one) whose public attributes only compute."""
    return not SAFE.isdisjoint(type(value).__mro__)


def method(*owners: type, names: str) -> Callable[[Handler], Handler]:
    """Register a model for methods (space-separated names) of real types."""

    def register(handler: Handler) -> Handler:
        for owner in owners:
            for name in names.split():
                METHODS[owner, name] = handler
        return handler

    return register


def find_method(owner: Any, name: str) -> Handler | None:
    """The model of a method of a real object, or of a class's method when `owner` is a type."""
    for base in (owner if isinstance(owner, type) else type(owner)).__mro__:
        handler = METHODS.get((base, name))
        if handler is not None:
            return handler
    return None


def native_attribute(machine: Any, value: Any, name: str, at: Place) -> Any:
    """An attribute of a real object; MISSING when it surely has none of this name."""
    cls = value if isinstance(value, type) else type(value)
    for base in cls.__mro__:
        model = ATTRIBUTES.get((base, name))
        if model is not None:
            return model(machine, value, at)
    if find_method(value, name) is not None:
        return NativeMethod(value, name)
    if name == "__class__":
        return type(value)
    if isinstance(value, type):
        return _class_attribute(value, name, at)
    if name.startswith("__"):
        return Unknown(f"{cls.__name__}.{name}", at.span) if hasattr(value, name) else MISSING
    if isinstance(value, enum.Enum):
        return (
            getattr(value, name, MISSING) if name in ("name", "value") else Unknown(f"{cls.__name__}.{name}", at.span)
        )
    if not is_safe(value):
        if isinstance(value, types.GeneratorType) or hasattr(cls, "__next__"):
            return NativeMethod(value, name) if hasattr(value, name) else MISSING
        return Unknown(f"{cls.__name__}.{name}", at.span)
    if name.startswith("_") and not isinstance(value, tuple):
        return getattr(value, name, MISSING) if isinstance(value, types.SimpleNamespace) else MISSING
    try:
        found = getattr(value, name)
    except AttributeError:
        # pendulum's dates are plain datetimes here; what only they can do is not known.
        return (
            Unknown(f"datetime.{name}", at.span) if isinstance(value, (datetime.date, datetime.timedelta)) else MISSING
        )
    if isinstance(value, types.SimpleNamespace):
        return found
    if isinstance(found, (types.BuiltinMethodType, types.MethodType, types.MethodWrapperType, types.FunctionType)):
        return NativeMethod(value, name)
    if isinstance(value, PurePosixPath) and name == "parent":
        return folders.parent(value)
    return folders.parents(value) if isinstance(value, PurePosixPath) and name == "parents" else found


def _class_attribute(cls: type, name: str, at: Place) -> Any:
    if name in ("__name__", "__qualname__", "__module__"):
        return getattr(cls, name)
    if issubclass(cls, enum.Enum) and name in cls.__members__:
        return cls[name]
    if name.startswith("__"):
        return (
            NativeMethod(cls, name)
            if name in ("__init__", "__new__", "__setattr__", "__getattribute__")
            else (Unknown(f"{cls.__name__}.{name}", at.span) if hasattr(cls, name) else MISSING)
        )
    if not hasattr(cls, name):
        return Symbol(f"{symbol_of(cls).path}.{name}") if cls.__module__ != "builtins" else MISSING
    found = getattr(cls, name)
    return NativeMethod(cls, name) if callable(found) and not isinstance(found, type) else found


def symbol_of(cls: Any) -> Symbol:
    """The symbol that stands for a real class in a deferred call."""
    if cls in SYMBOLS:
        return Symbol(SYMBOLS[cls])
    return Symbol(cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}")


def call_method(machine: Any, bound: NativeMethod, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """Call a method of a real object."""
    owner, name = bound.owner, bound.name
    handler = find_method(owner, name)
    if handler is not None:
        return handler(machine, owner, args, kwargs, at)
    node, frame = at.node, at.frame
    if isinstance(owner, type):
        return _call_of_class(machine, owner, name, args, kwargs, at)
    if isinstance(owner, CONTAINERS):
        return _call_of_container(machine, owner, name, args, kwargs, at)
    late = machine.later([*args, *kwargs.values()])
    if late is not None:
        return machine.defer_call(
            machine.defer("attribute", (owner,), node, frame, name=name), args, kwargs, node, frame
        )
    if isinstance(owner, (str, bytes)):
        _bound_string(machine, owner, name, args)
    if not machine.plain([args, kwargs]):
        return at.unknown(f"{type(owner).__name__}.{name}(…)")
    return machine.guarded(lambda: getattr(owner, name)(*args, **kwargs), node, frame)


def _bound_string(machine: Any, owner: Any, name: str, args: list[Any]) -> None:
    limit = machine.bounds.characters
    width = args[0] if args and isinstance(args[0], int) else 0
    if name in ("ljust", "rjust", "center", "zfill", "expandtabs") and max(width, 1) * (len(owner) or 1) > limit:
        raise BoundReached(f"a string of more than {limit:,} characters")
    if (
        name == "replace"
        and len(args) > 1
        and isinstance(args[1], (str, bytes))
        and owner.count(args[0]) * len(args[1]) > limit
    ):
        raise BoundReached(f"a string of more than {limit:,} characters")


def _call_of_container(machine: Any, owner: Any, name: str, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    node, frame = at.node, at.frame
    if name in _ITERABLE_ARGUMENT:
        converted = []
        for arg in args:
            items = machine.elements(arg, node, frame)
            if not isinstance(items, list):
                if name not in MUTATING:
                    return machine.defer_call(
                        machine.defer("attribute", (owner,), node, frame, name=name), args, kwargs, node, frame
                    )
                # It stands for any number of elements.
                items = [items if type(items) is Unknown else at.unknown(REASON)]
            converted.append(items)
        args = converted
    if isinstance(owner, set):
        if name == "add":
            machine.arrive(args)
        elif name == "pop" and owner:
            machine.touch(owner)
            first = machine.in_order(owner)[0]
            owner.discard(first)
            return first
        elif name in _ITERABLE_ARGUMENT:
            for items in args:
                if isinstance(items, list):
                    machine.arrive(items)
    if name in MUTATING:
        if len(owner) >= machine.bounds.elements:
            raise BoundReached(f"a container of more than {machine.bounds.elements:,} elements")
        machine.touch(owner)
    if name in _STORING and machine.repeated:
        machine.mark_repeated(
            owner, args[0] if name.startswith("extend") else args[-1:] if name != "setdefault" else args[:1]
        )
    result = machine.guarded(lambda: getattr(owner, name)(*args, **kwargs), node, frame)
    if name == "copy":
        machine.carry_marks(owner, result, ((x, x) for x in owner))
    return result


def _call_of_class(machine: Any, cls: type, name: str, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """A class method or static method (`dict.fromkeys`), or a method called through its class (`str.upper(x)`)."""
    node, frame = at.node, at.frame
    if name == "__init__" or name == "__setattr__":
        if name == "__setattr__" and len(args) == 3 and isinstance(args[1], str):
            machine.set_attribute(args[0], args[1], args[2], node, frame)
        return None
    if args and isinstance(args[0], cls) and not isinstance(vars(cls).get(name), (classmethod, staticmethod)):
        return call_method(machine, NativeMethod(args[0], name), args[1:], kwargs, at)
    if machine.later([*args, *kwargs.values()]) is not None or not machine.plain([args, kwargs]):
        path = f"{symbol_of(cls).path}.{name}"
        return machine.defer_call(Symbol(path), args, kwargs, node, frame)
    if name.startswith("__"):
        return at.unknown(f"{cls.__name__}.{name}(…)")
    return machine.guarded(lambda: getattr(cls, name)(*args, **kwargs), node, frame)


# --- strings ---


@method(str, names="format")
def _format(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if isinstance(owner, type):
        return at.unknown("str.format")
    return machine.format_method(owner, args, kwargs, at.node, at.frame)


@method(str, names="format_map")
def _format_map(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if len(args) == 1 and isinstance(args[0], dict):
        return machine.format_method(owner, [], args[0], at.node, at.frame)
    return at.unknown("str.format_map")


@method(str, names="join")
def _join(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if isinstance(owner, type):
        owner, args = args[0], args[1:]
    return machine.join(owner, args[0] if args else (), at.node, at.frame)


# --- containers ---


@method(list, collections.deque, names="sort")
def _sort(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    machine.touch(owner)
    owner[:] = machine.sorted(list(owner), kwargs, at.node, at.frame)


def _getter(removes: bool) -> Handler:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        node, frame = at.node, at.frame
        if isinstance(owner, type):
            owner, args = args[0], args[1:]
        if not args:
            machine.raise_("TypeError", "expected at least 1 argument, got 0", node, frame)
        key = args[0]
        if machine.later((key,)) is not None:
            if removes:
                change(machine, owner, "pop", at.unknown(REASON))
            getter = machine.defer("attribute", (owner,), node, frame, name="get")
            return machine.defer_call(getter, args, kwargs, node, frame)
        if machine.guarded(lambda: key in owner, node, frame):
            if not removes:
                return owner[key]
            machine.touch(owner)
            return owner.pop(key)
        uncertain = next((k for k in owner if type(k) is Unknown), None)
        if uncertain is not None:
            return uncertain
        if removes and len(args) < 2:
            raise machine.raising(KeyError(key), node, frame)
        return args[1] if len(args) > 1 else None

    return handler


METHODS[dict, "get"] = _getter(removes=False)
METHODS[dict, "pop"] = _getter(removes=True)


def _view(name: str) -> Handler:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if isinstance(owner, type):
            (owner,) = args
        result: list[Any] = list(getattr(owner, name)())
        machine.carry_marks(owner, result, zip(owner, result, strict=True))
        return result

    return handler


for _name in ("items", "values", "keys"):
    METHODS[dict, _name] = _view(_name)


@method(dict, names="update")
def _update(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if isinstance(owner, type):
        owner, args = args[0], args[1:]
    machine.touch(owner)
    for arg in args:
        machine.merge_into(owner, arg, at.node, at.frame)
    owner.update(kwargs)
    if len(owner) > machine.bounds.elements:
        raise BoundReached(f"a container of more than {machine.bounds.elements:,} elements")


@method(dict, names="fromkeys")
def _from_keys(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    if not isinstance(items, list):
        return machine.defer_call(Symbol("dict.fromkeys"), args, kwargs, at.node, at.frame)
    result = dict.fromkeys(items, args[1] if len(args) > 1 else None)
    machine.carry_marks(args[0], result, ((x, x) for x in items))
    return result


@method(dict, names="setdefault")
def _setdefault(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    key, default = args[0], args[1] if len(args) > 1 else None
    if machine.later((key,)) is not None:
        return machine.new_item(owner, key, default, at.node, at.frame)
    if key in owner:
        return owner[key]
    machine.set_item(owner, key, default, at.node, at.frame)
    return default
