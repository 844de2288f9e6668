"""Models of calling the builtin classes: list, dict, str, int …"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..airflow_model import Deferred, Symbol, Unknown
from .builtin_iteration import late_call
from .core import Place
from .host import HostObject
from .objects import (
    MISSING,
    BoundReached,
    Instance,
    NativeModule,
    UserClass,
    UserFunction,
    UserModule,
)
from .values import LATE, describe


def _collection(cls: type) -> Callable[..., Any]:
    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if not args:
            return cls()
        items = machine.elements(args[0], at.node, at.frame)
        if type(items) in LATE:
            return late_call(machine, cls.__name__, args, kwargs, at)
        if cls in (set, frozenset):
            machine.arrive(items)
        result = machine.guarded(lambda: cls(items), at.node, at.frame)
        machine.carry_marks(args[0], result, zip(items, items, strict=True))
        return result

    return run


def _dict(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    result: dict[Any, Any] = {}
    for arg in args:
        machine.merge_into(result, arg, at.node, at.frame)
    for name, value in kwargs.items():
        if name == "**":
            machine.merge_into(result, value, at.node, at.frame)
        else:
            result[name] = value
    return result


def _str(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0] if args else kwargs.get("object", "")
    if isinstance(value, bytes) and (len(args) > 1 or kwargs):
        return machine.guarded(lambda: str(*args, **kwargs), at.node, at.frame)
    text = machine.text(value, at.node, at.frame)
    if type(text) in LATE and not (isinstance(text, Deferred) and text.op == "format") and type(text) is not Unknown:
        return late_call(machine, "str", args, kwargs, at)
    return text


def _bool(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    truth = machine.truth(args[0], at.node, at.frame) if args else False
    return truth if isinstance(truth, bool) else late_call(machine, "bool", args, kwargs, at)


def _number(cls: type) -> Callable[..., Any]:
    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        args = [a.base if type(a) is Instance and a.base is not MISSING else a for a in args]
        if machine.later(args) is not None:
            return late_call(machine, cls.__name__, args, kwargs, at)
        if args and isinstance(args[0], str) and len(args[0]) > 10_000:
            raise BoundReached("a number of great length")
        if args and type(args[0]) is Instance:
            method = machine.method(args[0], f"__{cls.__name__}__")
            if method is not MISSING:
                return machine.call(method, [], {}, at.node, at.frame)
        if not machine.plain(args):
            return at.unknown(f"{cls.__name__}(…)")
        return machine.guarded(lambda: cls(*args, **kwargs), at.node, at.frame)

    return run


def _bytes(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later(args) is not None:
        return late_call(machine, "bytes", args, kwargs, at)
    if args and isinstance(args[0], int) and args[0] > machine.bounds.characters:
        raise BoundReached("a byte string of great length")
    if not machine.plain(args):
        return at.unknown("bytes(…)")
    return machine.guarded(lambda: bytes(*args, **kwargs), at.node, at.frame)


def _range(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later(args) is not None:
        return late_call(machine, "range", args, kwargs, at)
    return machine.guarded(lambda: range(*args), at.node, at.frame)


def _slice(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return at.unknown("a slice") if machine.later(args) is not None else slice(*args)


def _type(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if len(args) == 3 and isinstance(args[0], str) and isinstance(args[2], dict):
        node = ast.ClassDef(name=args[0], bases=[], keywords=[], body=[], decorator_list=[])
        cls = UserClass(args[0], args[0], ast.copy_location(node, at.node), at.frame.module, list(args[1]))
        cls.attributes.update(args[2])
        cls.mro = machine.resolution_order(cls, list(args[1]))
        return cls
    (value,) = args
    if type(value) in LATE:
        return late_call(machine, "type", args, kwargs, at)
    if type(value) is Instance:
        return value.cls
    if isinstance(value, HostObject):
        return at.unknown(f"the type of {describe(value)}")
    if type(value).__module__.startswith("migrator."):
        return (
            Symbol("types.FunctionType")
            if type(value) is UserFunction
            else Symbol("types.ModuleType")
            if type(value) in (UserModule, NativeModule)
            else type
        )
    return type(value)


def _object(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    node = ast.ClassDef(name="object", bases=[], keywords=[], body=[], decorator_list=[])
    cls = UserClass("object", "object", ast.copy_location(node, at.node), at.frame.module)
    cls.mro = [cls]
    return Instance(cls)


CONSTRUCTED: dict[type, Callable[..., Any]] = {
    list: _collection(list),
    tuple: _collection(tuple),
    set: _collection(set),
    frozenset: _collection(frozenset),
    dict: _dict,
    str: _str,
    bool: _bool,
    int: _number(int),
    float: _number(float),
    complex: _number(complex),
    bytes: _bytes,
    range: _range,
    slice: _slice,
    type: _type,
    object: _object,
}
"""The models by class."""
