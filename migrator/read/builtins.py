"""Models of Python's builtin functions and classes."""

from __future__ import annotations

import ast
import builtins
import functools
from collections.abc import Callable, Iterator
from typing import Any

from ..airflow_model import Deferred, Symbol, Unknown
from ..findings import Finding
from .calls import CONSTRUCTORS
from .core import LATE, Place, describe
from .host import HostObject
from .objects import (
    MISSING,
    BoundMethod,
    BoundReached,
    Generator,
    HostInit,
    Instance,
    Native,
    NativeMethod,
    NativeModule,
    Partial,
    Raised,
    Super,
    UserClass,
    UserFunction,
    UserModule,
    Wrapped,
)
from .stdlib.files import open_file

Run = Callable[[list[Any], dict[str, Any], Place], Any]


def table(machine: Any) -> dict[str, Any]:
    """The builtin names for one interpreter."""
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
        names[kept] = Native(kept, _plainly(machine, kept))
    for name, model in _MODELS.items():
        names[name] = Native(name, functools.partial(model, machine), lazy=True)
    for cls, constructor in _CONSTRUCTED.items():
        CONSTRUCTORS.setdefault(cls, Native(cls.__name__, _with_machine(constructor), lazy=True))
    for wrapper in ("property", "classmethod", "staticmethod"):
        names[wrapper] = Native(wrapper, _wrapper(wrapper), lazy=True)
    for lazy_type in ("enumerate", "zip", "map", "filter", "reversed", "super", "memoryview"):
        names[lazy_type] = (
            Native(lazy_type, functools.partial(_MODELS[lazy_type], machine), lazy=True)
            if lazy_type in _MODELS
            else Symbol(lazy_type)
        )
    names["open"] = Native("open", functools.partial(open_file, machine), lazy=True)
    return names


def _plainly(machine: Any, name: str) -> Run:
    function = getattr(builtins, name)

    def run(args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if name == "pow" and len(args) == 2:
            return machine.binary("**", args[0], args[1], at.node, at.frame)
        if name == "pow" and len(args) == 3 and any(isinstance(a, int) and a.bit_length() > 2000 for a in args):
            raise BoundReached("a power of large numbers")
        return function(*args, **kwargs)

    return run


def _with_machine(constructor: Callable[..., Any]) -> Run:
    return lambda args, kwargs, at: constructor(at.machine, args, kwargs, at)


def _wrapper(kind: str) -> Run:
    def run(args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        function = args[0] if args else kwargs.get("fget")
        return Wrapped(kind, function, args[1] if len(args) > 1 else None)

    return run


def _late_call(machine: Any, name: str, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.defer_call(Symbol(name), args, kwargs, at.node, at.frame)


# --- functions ---


def _len(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    (value,) = args
    if type(value) in LATE:
        return _late_call(machine, "len", args, kwargs, at)
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
    return _late_call(machine, "hasattr", args, kwargs, at) if type(found) in LATE and type(args[0]) in LATE else True


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
        return _late_call(machine, "callable", args, kwargs, at)
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


# --- iteration ---


def _iter(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.iterate(args[0], at.node, at.frame)
    return items


def _next(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0]
    if type(value) in LATE:
        return _late_call(machine, "next", args, kwargs, at)
    method = machine.method(value, "__next__")
    if method is not MISSING:
        return machine.call(method, [], {}, at.node, at.frame)
    items = value.items if isinstance(value, Generator) else value
    if not isinstance(items, Iterator):
        return at.unknown("next(…)")
    found = next(items, MISSING)
    if found is MISSING:
        if len(args) > 1:
            return args[1]
        raise machine.raising(StopIteration(), at.node, at.frame)
    return found


def _enumerate(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    iterable = args[0] if args else kwargs.get("iterable")
    items = machine.iterate(iterable, at.node, at.frame)
    if type(items) in LATE:
        return _late_call(machine, "enumerate", args, kwargs, at)
    if machine.marks_of(iterable):
        pairs = list(enumerate(items, start))
        machine.carry_marks(iterable, pairs, ((element, pair) for pair in pairs for element in pair[1:]))
        return pairs
    return enumerate(items, start)


def _zip(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    lists = [machine.iterate(a, at.node, at.frame) for a in args]
    if any(type(x) in LATE for x in lists):
        return _late_call(machine, "zip", args, {}, at)
    if any(machine.marks_of(a) for a in args):
        rows = list(zip(*lists, strict=False))
        for n, source in enumerate(args):
            machine.carry_marks(source, rows, ((row[n], row) for row in rows))
        return rows
    return zip(*lists, strict=bool(kwargs.get("strict", False)))


def _map(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    function, *iterables = args
    lists = [machine.elements(a, at.node, at.frame) for a in iterables]
    if any(type(x) in LATE for x in lists):
        return _late_call(machine, "map", args, kwargs, at)
    result = [machine.call(function, list(row), {}, at.node, at.frame) for row in zip(*lists, strict=False)]
    return iter(result)


def _filter(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    function, iterable = args
    items = machine.elements(iterable, at.node, at.frame)
    if type(items) in LATE:
        return _late_call(machine, "filter", args, kwargs, at)
    kept: list[Any] = []
    for item in items:
        value = item if function is None else machine.call(function, [item], {}, at.node, at.frame)
        truth = machine.truth(value, at.node, at.frame)
        if truth is True:
            kept.append(item)
        elif truth is not False:
            kept.append(item)
            machine._mark(kept, [item], truth, at.node, at.frame)
    return kept if machine.marks_of(kept) else iter(kept)


def _reversed(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    if type(items) in LATE:
        return _late_call(machine, "reversed", args, kwargs, at)
    result = items[::-1]
    machine.carry_marks(args[0], result, zip(result, result, strict=True))
    return result if machine.marks_of(result) else iter(result)


def _sorted(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    if type(items) in LATE:
        return _late_call(machine, "sorted", args, kwargs, at)
    result = machine.sorted(items, kwargs, at.node, at.frame)
    machine.carry_marks(args[0], result, zip(result, result, strict=True))
    return result


def _sum(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    if type(items) in LATE:
        return _late_call(machine, "sum", args, kwargs, at)
    total = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for item in items:
        total = machine.binary("+", total, item, at.node, at.frame)
    return total


def _extreme(name: str) -> Callable[..., Any]:
    op = "<" if name == "min" else ">"

    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        items = machine.elements(args[0], at.node, at.frame) if len(args) == 1 else list(args)
        if type(items) in LATE or machine.later(items) is not None:
            return _late_call(machine, name, args, kwargs, at)
        if not items:
            if "default" in kwargs:
                return kwargs["default"]
            at.raise_("ValueError", f"{name}() iterable argument is empty")
        key = kwargs.get("key")
        keyed = [(x if key is None else machine.call(key, [x], {}, at.node, at.frame), x) for x in items]
        best = keyed[0]
        for pair in keyed[1:]:
            if machine.truth(machine.binary(op, pair[0], best[0], at.node, at.frame), at.node, at.frame) is True:
                best = pair
        return best[1]

    return run


def _any_all(name: str) -> Callable[..., Any]:
    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        items = machine.elements(args[0], at.node, at.frame)
        if type(items) in LATE:
            return _late_call(machine, name, args, kwargs, at)
        late = None
        for item in items:
            truth = machine.truth(item, at.node, at.frame)
            if truth is (name == "any"):
                return truth
            if not isinstance(truth, bool):
                late = truth
        return name == "all" if late is None else _late_call(machine, name, [items], kwargs, at)

    return run


# --- constructors ---


def _collection(cls: type) -> Callable[..., Any]:
    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if not args:
            return cls()
        items = machine.elements(args[0], at.node, at.frame)
        if type(items) in LATE:
            return _late_call(machine, cls.__name__, args, kwargs, at)
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
        return _late_call(machine, "str", args, kwargs, at)
    return text


def _bool(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    truth = machine.truth(args[0], at.node, at.frame) if args else False
    return truth if isinstance(truth, bool) else _late_call(machine, "bool", args, kwargs, at)


def _number(cls: type) -> Callable[..., Any]:
    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        args = [a.base if type(a) is Instance and a.base is not MISSING else a for a in args]
        if machine.later(args) is not None:
            return _late_call(machine, cls.__name__, args, kwargs, at)
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
        return _late_call(machine, "bytes", args, kwargs, at)
    if args and isinstance(args[0], int) and args[0] > machine.bounds.characters:
        raise BoundReached("a byte string of great length")
    if not machine.plain(args):
        return at.unknown("bytes(…)")
    return machine.guarded(lambda: bytes(*args, **kwargs), at.node, at.frame)


def _range(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later(args) is not None:
        return _late_call(machine, "range", args, kwargs, at)
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
        return _late_call(machine, "type", args, kwargs, at)
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
    "iter": _iter,
    "next": _next,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "reversed": _reversed,
    "sorted": _sorted,
    "sum": _sum,
    "min": _extreme("min"),
    "max": _extreme("max"),
    "any": _any_all("any"),
    "all": _any_all("all"),
    "breakpoint": _print,
}
_CONSTRUCTED: dict[type, Callable[..., Any]] = {
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
