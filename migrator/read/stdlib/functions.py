"""Models of functools, itertools, operator, copy, math, contextlib, random and the like."""

from __future__ import annotations

import ast
import itertools
import math
import operator
from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol
from ..objects import (
    BoundMethod,
    BoundReached,
    EnterOnly,
    Instance,
    Native,
    Partial,
    UserFunction,
    Wrapped,
)
from ..values import LATE
from .model import Names, identity_decorator, late, lazy, pure, pures

if TYPE_CHECKING:
    from ..core import Place


# --- functools ---


def _partial(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    function, *rest = args
    if type(function) in LATE:
        return machine.defer_call(Symbol("functools.partial"), args, kwargs, at.node, at.frame)
    if isinstance(function, Partial):
        return Partial(function.function, [*function.args, *rest], {**function.kwargs, **kwargs})
    return Partial(function, rest, dict(kwargs))


def _reduce(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    function, iterable, *initial = args
    items = machine.elements(iterable, at.node, at.frame)
    if type(items) in LATE:
        return machine.defer_call(Symbol("functools.reduce"), args, kwargs, at.node, at.frame)
    items = [*initial, *items]
    if not items:
        at.raise_("TypeError", "reduce() of empty iterable with no initial value")
    total = items[0]
    for item in items[1:]:
        total = machine.call(function, [total, item], {}, at.node, at.frame)
    return total


def _wraps(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """`wraps(f)(g)`: g under f's name; what runs is g."""
    original = args[0] if args else None

    def apply(inner: list[Any], _kwargs: dict[str, Any], _at: Place) -> Any:
        wrapper = inner[0]
        if isinstance(wrapper, UserFunction):
            source = original.function if isinstance(original, BoundMethod) else original
            if isinstance(source, UserFunction):
                wrapper.attributes.update(
                    {"__wrapped__": original, "__name__": source.name, "__qualname__": source.qualname}
                )
                wrapper.attributes["__doc__"] = (
                    ast.get_docstring(source.node) if not isinstance(source.node, ast.Lambda) else None
                )
        return wrapper

    return Native("functools.wraps", apply, lazy=True)


def _cached_property(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return Wrapped("property", args[0])


def _single_dispatch(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """The general function; what is registered with it is not looked at."""
    if isinstance(args[0], UserFunction):
        args[0].opaque = True
    return args[0]


def _functools(machine: Any) -> dict[str, Any]:
    same = identity_decorator
    return {
        "partial": lazy("functools.partial", _partial),
        "reduce": lazy("functools.reduce", _reduce),
        "wraps": lazy("functools.wraps", _wraps),
        "lru_cache": same("functools.lru_cache"),
        "cache": same("functools.cache"),
        "cached_property": lazy("functools.cached_property", _cached_property),
        "total_ordering": same("functools.total_ordering"),
        "singledispatch": lazy("functools.singledispatch", _single_dispatch),
        "singledispatchmethod": lazy("functools.singledispatchmethod", _single_dispatch),
        "update_wrapper": Native("functools.update_wrapper", lambda a, k, at: a[0], lazy=True),
    }


# --- itertools ---


def _over(name: str, *, bounded: bool = False) -> Native:
    """An itertools function over iterables of any values; those whose result may be huge are bounded."""
    function = getattr(itertools, name)

    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        converted = []
        size = 1
        for arg in args:
            if isinstance(arg, int):
                converted.append(arg)
                continue
            items = machine.elements(arg, at.node, at.frame)
            if type(items) in LATE:
                return machine.defer_call(Symbol(f"itertools.{name}"), args, kwargs, at.node, at.frame)
            size *= max(len(items), 1)
            converted.append(items)
        if bounded and size > machine.bounds.elements:
            raise BoundReached(f"more than {machine.bounds.elements:,} combinations")
        return machine.guarded(lambda: function(*converted, **kwargs), at.node, at.frame)

    return lazy(f"itertools.{name}", model)


def _flat(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    result: list[Any] = []
    for inner in machine.elements(args[0], at.node, at.frame):
        items = machine.elements(inner, at.node, at.frame)
        result += [items] if type(items) in LATE else items
    return iter(result)


def _islice(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.iterate(args[0], at.node, at.frame)
    if type(items) in LATE or machine.later(args[1:]) is not None:
        return machine.defer_call(Symbol("itertools.islice"), args, kwargs, at.node, at.frame)
    return machine.guarded(lambda: itertools.islice(items, *args[1:]), at.node, at.frame)


def _groupby(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    key = args[1] if len(args) > 1 else kwargs.get("key")
    items = machine.elements(args[0], at.node, at.frame)
    if type(items) in LATE:
        return machine.defer_call(Symbol("itertools.groupby"), args, kwargs, at.node, at.frame)
    groups: list[tuple[Any, list[Any]]] = []
    for item in items:
        value = item if key is None else machine.call(key, [item], {}, at.node, at.frame)
        if (
            groups
            and machine.truth(machine.binary("==", groups[-1][0], value, at.node, at.frame), at.node, at.frame) is True
        ):
            groups[-1][1].append(item)
        else:
            groups.append((value, [item]))
    return iter(groups)


def _keeping(name: str) -> Native:
    """takewhile, dropwhile, filterfalse, starmap, accumulate: with a function of the user's."""

    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        iterable = args[0] if name == "accumulate" else args[1]
        items = machine.elements(iterable, at.node, at.frame)
        if type(items) in LATE:
            return machine.defer_call(Symbol(f"itertools.{name}"), args, kwargs, at.node, at.frame)

        def call(*values: Any) -> Any:
            return machine.call(args[0], list(values), {}, at.node, at.frame)

        def holds(value: Any) -> bool:
            return machine.truth(call(value), at.node, at.frame) is True

        if name == "starmap":
            return iter([call(*machine.elements(item, at.node, at.frame)) for item in items])
        if name == "accumulate":
            function = args[1] if len(args) > 1 else kwargs.get("func")
            result: list[Any] = []
            for item in items:
                if result and function is not None:
                    item = machine.call(function, [result[-1], item], {}, at.node, at.frame)
                elif result:
                    item = machine.binary("+", result[-1], item, at.node, at.frame)
                result.append(item)
            return iter(result)
        return getattr(itertools, name)(holds, items)

    return lazy(f"itertools.{name}", model)


def _itertools(machine: Any) -> dict[str, Any]:
    names: dict[str, Any] = {
        n: _over(n) for n in ("chain", "zip_longest", "cycle", "compress", "pairwise") if hasattr(itertools, n)
    }
    names.update(
        {
            n: _over(n, bounded=True)
            for n in ("product", "permutations", "combinations", "combinations_with_replacement")
        }
    )
    names.update({n: _keeping(n) for n in ("takewhile", "dropwhile", "filterfalse", "starmap", "accumulate")})
    names["chain.from_iterable"] = names["from_iterable"] = lazy("itertools.chain.from_iterable", _flat)
    names["islice"] = lazy("itertools.islice", _islice)
    names["groupby"] = lazy("itertools.groupby", _groupby)
    names["count"] = pure("itertools.count", itertools.count)
    names["repeat"] = Native("itertools.repeat", lambda a, k, at: itertools.repeat(*a, **k), lazy=True)
    names["chain"] = _Chain(names["chain"], names["from_iterable"])
    names["tee"] = lazy("itertools.tee", _tee)
    return names


def _tee(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    count = args[1] if len(args) > 1 else 2
    return tuple(items if type(items) in LATE else iter(items) for _ in range(min(count, 100)))


def _Chain(chain: Native, flat: Native) -> Any:
    from ..host import HostObject

    class Chain(HostObject):
        __slots__ = ()

        def call(self, args: Any, kwargs: Any, at: Any) -> Any:
            return chain.run([a.value for a in args], {}, at)

        def attribute(self, name: str, at: Any) -> Any:
            return flat if name == "from_iterable" else at.unknown(f"itertools.chain.{name}")

    return Chain()


# --- operator, copy, math ---


def _getter(kind: str) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        def one(value: Any, key: Any) -> Any:
            if kind == "itemgetter":
                return machine.item(value, key, at.node, at.frame)
            for part in str(key).split("."):
                value = machine.attribute(value, part, at.node, at.frame)
            return value

        def get(inner: list[Any], _kwargs: dict[str, Any], _at: Place) -> Any:
            return one(inner[0], args[0]) if len(args) == 1 else tuple(one(inner[0], key) for key in args)

        return Native(f"operator.{kind}", get, lazy=True)

    return lazy(f"operator.{kind}", model)


def _binary(name: str, op: str) -> Native:
    return lazy(f"operator.{name}", lambda m, a, k, at: m.binary(op, a[0], a[1], at.node, at.frame))


def _in_place(name: str, op: str) -> Native:
    return lazy(f"operator.{name}", lambda m, a, k, at: m.in_place(op, a[0], a[1], at.node, at.frame))


def _operator(machine: Any) -> dict[str, Any]:
    symbols = {
        "add": "+",
        "sub": "-",
        "mul": "*",
        "truediv": "/",
        "floordiv": "//",
        "mod": "%",
        "pow": "**",
        "or_": "|",
        "and_": "&",
        "xor": "^",
        "eq": "==",
        "ne": "!=",
        "lt": "<",
        "le": "<=",
        "gt": ">",
        "ge": ">=",
        "rshift": ">>",
        "lshift": "<<",
        "concat": "+",
    }
    names: dict[str, Any] = {name: _binary(name, op) for name, op in symbols.items()}
    for name, op in {"iadd": "+", "iconcat": "+", "ior": "|"}.items():
        names[name] = _in_place(name, op)
    names["itemgetter"], names["attrgetter"] = _getter("itemgetter"), _getter("attrgetter")
    names["getitem"] = lazy("operator.getitem", lambda m, a, k, at: m.item(a[0], a[1], at.node, at.frame))
    names["not_"] = lazy("operator.not_", lambda m, a, k, at: m.negate(a[0], at.node, at.frame))
    names["contains"] = lazy("operator.contains", lambda m, a, k, at: m.contains(a[1], a[0], at.node, at.frame))
    names["neg"] = pure("operator.neg", operator.neg)
    return names


def _copy(deep: bool) -> Native:
    def copied(value: Any, depth: int, budget: list[int]) -> Any:
        budget[0] -= 1
        if budget[0] < 0 or depth > 100:
            raise BoundReached("a copy of a great many elements")
        if isinstance(value, Instance):
            made = Instance(
                value.cls, dict(value.attributes), value.host, value.base, value.args, value.kwargs, value.at
            )
            if deep:
                made.attributes = {k: copied(v, depth + 1, budget) for k, v in value.attributes.items()}
            return made
        if type(value) not in (list, dict, tuple, set) and not isinstance(value, (dict, list)):
            return value
        if not deep:
            return value.copy() if not isinstance(value, tuple) else value
        if isinstance(value, dict):
            made_dict = value.copy()
            made_dict.clear()
            made_dict.update({copied(k, depth + 1, budget): copied(v, depth + 1, budget) for k, v in value.items()})
            return made_dict
        return type(value)(copied(x, depth + 1, budget) for x in value)

    name = "copy.deepcopy" if deep else "copy.copy"

    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        result = copied(args[0], 0, [100_000])
        if isinstance(args[0], (list, dict)) and len(args[0]) == len(result):
            machine.carry_marks(args[0], result, zip(args[0], result, strict=True))
        return result

    return lazy(name, model)


def _math(machine: Any) -> dict[str, Any]:
    def factorial(n: int) -> int:
        if n > 1000:
            raise BoundReached("the factorial of a large number")
        return math.factorial(n)

    safe = [n for n in dir(math) if not n.startswith("_") and n not in ("factorial", "comb", "perm", "prod", "lcm")]
    return {**pures("math", math, safe), "factorial": pure("math.factorial", factorial), "prod": late("math.prod")}


# --- contextlib ---


def _contextmanager(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if isinstance(args[0], UserFunction):
        args[0].context_manager = True
    return args[0]


def _contextlib(machine: Any) -> dict[str, Any]:
    return {
        "contextmanager": lazy("contextlib.contextmanager", _contextmanager),
        "suppress": Native("contextlib.suppress", lambda a, k, at: EnterOnly(None, tuple(a)), lazy=True),
        "nullcontext": Native("contextlib.nullcontext", lambda a, k, at: EnterOnly(a[0] if a else None), lazy=True),
        "redirect_stdout": Native(
            "contextlib.redirect_stdout", lambda a, k, at: EnterOnly(a[0] if a else None), lazy=True
        ),
        "closing": Native("contextlib.closing", lambda a, k, at: EnterOnly(a[0] if a else None), lazy=True),
    }


def _all_late(module: str, names: str) -> Any:
    return lambda machine: {name: late(f"{module}.{name}") for name in names.split()}


NAMES: Names = {
    "functools": _functools,
    "itertools": _itertools,
    "operator": _operator,
    "copy": lambda machine: {"copy": _copy(deep=False), "deepcopy": _copy(deep=True)},
    "math": _math,
    "contextlib": _contextlib,
    "random": _all_late("random", "random randint choice choices sample shuffle uniform seed randrange"),
    "secrets": _all_late("secrets", "token_hex token_urlsafe token_bytes choice randbelow"),
    "atexit": lambda machine: {"register": Native("atexit.register", lambda a, k, at: a[0] if a else None, lazy=True)},
    "warnings": lambda machine: (
        {
            n: Native(f"warnings.{n}", lambda a, k, at: None, lazy=True)
            for n in ("warn", "filterwarnings", "simplefilter")
        }
        | {"catch_warnings": Native("warnings.catch_warnings", lambda a, k, at: EnterOnly(None), lazy=True)}
    ),
}
