"""Models of Python's builtin functions and classes."""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from ..airflow_model import Symbol, Unknown
from ..findings import Finding
from .builtin_iteration import ITERATION, late_call
from .builtin_types import CONSTRUCTED
from .calls import CONSTRUCTORS
from .core import Place
from .host import HostObject
from .objects import (
    MISSING,
    BoundMethod,
    BoundReached,
    HostInit,
    Instance,
    Native,
    NativeMethod,
    Partial,
    Raised,
    Super,
    UserClass,
    UserFunction,
    UserModule,
    Wrapped,
)
from .stdlib.files import open_file
from .stdlib.model import lazy
from .values import LATE, describe

Run = Callable[[list[Any], dict[str, Any], Place], Any]


@functools.cache
def table() -> Mapping[str, Any]:
    """The builtin names."""
    names: dict[str, Any] = {
        name: value for name, value in vars(builtins).items() if isinstance(value, type) and not name.startswith("_")
    }
    names.update(
        {
            "True": True,
            "False": False,
            "None": None,
            "NotImplemented": NotImplemented,
            "Ellipsis": ...,
            "__debug__": True,
        }
    )
    for kept in ("abs", "ascii", "bin", "chr", "divmod", "hex", "oct", "ord", "pow", "round", "hash"):
        names[kept] = Native(kept, _plainly(kept))
    for name, model in _MODELS.items():
        names[name] = lazy(name, model)
    for cls, constructor in CONSTRUCTED.items():
        CONSTRUCTORS.setdefault(cls, lazy(cls.__name__, constructor))
    for wrapper in ("property", "classmethod", "staticmethod"):
        names[wrapper] = Native(wrapper, _wrapper(wrapper), lazy=True)
    for lazy_type in ("enumerate", "zip", "map", "filter", "reversed", "super", "memoryview"):
        names[lazy_type] = lazy(lazy_type, _MODELS[lazy_type]) if lazy_type in _MODELS else Symbol(lazy_type)
    names["open"] = lazy("open", open_file)
    return MappingProxyType(names)


def _plainly(name: str) -> Run:
    function = getattr(builtins, name)

    def run(args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if name == "pow" and len(args) == 2:
            return at.machine.binary("**", args[0], args[1], at.node, at.frame)
        if name == "pow" and len(args) == 3 and any(isinstance(a, int) and a.bit_length() > 2000 for a in args):
            raise BoundReached("a power of large numbers")
        return function(*args, **kwargs)

    return run


def _wrapper(kind: str) -> Run:
    def run(args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        function = args[0] if args else kwargs.get("fget")
        return Wrapped(kind, function, args[1] if len(args) > 1 else None)

    return run


def _len(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    (value,) = args
    if type(value) in LATE:
        return late_call(machine, "len", args, kwargs, at)
    method = machine.method(value, "__len__")
    if method is not MISSING:
        return machine.call(method, [], {}, at.node, at.frame)
    if (
        isinstance(value, (str, bytes, list, tuple, dict, set, frozenset, range))
        or type(value).__module__ == "collections"
    ):
        if not isinstance(value, (str, bytes)) and any(
            type(x) is Unknown and x.reason.startswith("elements known") for x in value
        ):
            return at.unknown("the length of something known at run time only")
        return len(value)
    if type(value) is Instance and value.base is not MISSING:
        return _len(machine, [value.base], {}, at)
    if type(value) is UserClass and value.members is not None:
        return len(value.members)
    if isinstance(value, (HostObject, Instance)):
        return at.unknown(f"the length of {describe(value)}")
    at.raise_("TypeError", f"object of type {describe(value)!r} has no len()")


def _print(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return None


def _repr(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.text(args[0], at.node, at.frame, "r")


def _format(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.text(args[0], at.node, at.frame, "s", args[1] if len(args) > 1 else "")


def _isinstance(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.is_instance(args[0], args[1], at.node, at.frame)


def _issubclass(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    cls, of = args
    options = of if isinstance(of, tuple) else (of,)
    if isinstance(cls, type) and all(isinstance(o, type) for o in options):
        return issubclass(cls, options)
    if type(cls) is UserClass:
        if any(
            o in cls.mro
            or o is object
            or any(isinstance(b, type) and isinstance(o, type) and issubclass(b, o) for b in cls.mro)
            for o in options
        ):
            return True
        return at.unknown("issubclass") if machine.opaque(cls) or machine.host_base(cls) is not None else False
    return at.unknown("issubclass")


def _getattr(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if type(args[1]) in LATE:
        return at.unknown(f"an attribute named by {describe(args[1])}")
    try:
        return machine.attribute(args[0], args[1], at.node, at.frame)
    except Raised as error:
        if len(args) > 2 and isinstance(error.value, AttributeError):
            return args[2]
        raise


def _hasattr(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    try:
        found = _getattr(machine, args, {}, at)
    except Raised as error:
        if isinstance(error.value, AttributeError):
            return False
        raise
    return late_call(machine, "hasattr", args, kwargs, at) if type(found) in LATE and type(args[0]) in LATE else True


def _setattr(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if isinstance(args[1], str):
        machine.set_attribute(args[0], args[1], args[2], at.node, at.frame)


def _delattr(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    attributes = getattr(args[0], "attributes", None)
    if isinstance(attributes, dict):
        machine.touch(attributes)
        attributes.pop(args[1], None)


def _callable(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0]
    if type(value) in LATE:
        return late_call(machine, "callable", args, kwargs, at)
    if type(value) is Instance:
        return machine.method(value, "__call__") is not MISSING
    if isinstance(value, HostObject):
        return at.unknown(f"callable({describe(value)})")
    return isinstance(value, (UserFunction, UserClass, Native, NativeMethod, BoundMethod, Partial, HostInit, type))


def _globals(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return at.frame.module.namespace


def _locals(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return at.frame.names if at.frame.is_module else dict(at.frame.names)


def _vars(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.attribute(args[0], "__dict__", at.node, at.frame) if args else _locals(machine, args, kwargs, at)


def _dir(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0] if args else None
    if not args:
        return sorted(k for k in at.frame.names if isinstance(k, str))
    if type(value) is UserModule:
        return sorted(k for k in value.namespace if isinstance(k, str))
    if isinstance(value, (Instance, UserClass)):
        cls = value.cls if isinstance(value, Instance) else value
        names = set(value.attributes)
        for base in cls.mro:
            names |= set(base.attributes) if type(base) is UserClass else set()
        return sorted(names)
    return at.unknown("dir(…)")


def _super(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    frame = at.frame
    if args:
        if type(args[0]) is not UserClass:
            return at.unknown("super()")
        return Super(args[0], args[1] if len(args) > 1 else frame.self_value)
    owner = frame.owner
    while owner is None and frame.parent is not None:
        frame = frame.parent
        owner = frame.owner
    if owner is None:
        at.raise_("RuntimeError", "super(): no arguments")
    return Super(owner, frame.self_value)


def _import(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if args and isinstance(args[0], str) and args[0]:
        value = machine.import_module(args[0], at.node, at.frame)
        return (
            value
            if len(args) > 3 or "fromlist" in kwargs
            else machine.import_module(args[0].partition(".")[0], at.node, at.frame)
        )
    return at.unknown("a module named at run time")


def _evaluated(name: str) -> Callable[..., Any]:
    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if name == "eval" and args and isinstance(args[0], str) and len(args[0]) < 1000:
            # A literal is the same by either way.
            try:
                return ast.literal_eval(args[0])
            except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
                pass
        if name != "compile":
            at.report(Finding("A2D015", f"The reader does not carry out {name}().", at.span))
            at.frame.module.partial = name == "exec" or at.frame.module.partial
        return at.unknown(f"the result of {name}()")

    return run


def _input(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return at.unknown("input()")


def _exit(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    raise machine.raising(SystemExit(*args[:1]), at.node, at.frame)


def _id(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return at.unknown("id()")


_MODELS: dict[str, Callable[..., Any]] = {
    "len": _len,
    "print": _print,
    "repr": _repr,
    "format": _format,
    "isinstance": _isinstance,
    "issubclass": _issubclass,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "delattr": _delattr,
    "callable": _callable,
    "globals": _globals,
    "locals": _locals,
    "vars": _vars,
    "dir": _dir,
    "super": _super,
    "__import__": _import,
    "exec": _evaluated("exec"),
    "eval": _evaluated("eval"),
    "compile": _evaluated("compile"),
    "input": _input,
    "exit": _exit,
    "quit": _exit,
    "id": _id,
    "breakpoint": _print,
    **ITERATION,
}
