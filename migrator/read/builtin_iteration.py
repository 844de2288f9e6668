"""Models of the builtin functions that iterate: zip, map, sorted, sum …"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..airflow_model import Symbol
from .core import Place
from .objects import (
    MISSING,
    Generator,
)
from .values import LATE


def late_call(machine: Any, name: str, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return machine.defer_call(Symbol(name), args, kwargs, at.node, at.frame)


def _iter(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.iterate(args[0], at.node, at.frame)
    return items


def _next(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0]
    if type(value) in LATE:
        return late_call(machine, "next", args, kwargs, at)
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
        return late_call(machine, "enumerate", args, kwargs, at)
    if machine.marks_of(iterable):
        pairs = list(enumerate(items, start))
        machine.carry_marks(iterable, pairs, ((element, pair) for pair in pairs for element in pair[1:]))
        return pairs
    return enumerate(items, start)


def _zip(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    lists = [machine.iterate(a, at.node, at.frame) for a in args]
    if any(type(x) in LATE for x in lists):
        return late_call(machine, "zip", args, {}, at)
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
        return late_call(machine, "map", args, kwargs, at)
    result = [machine.call(function, list(row), {}, at.node, at.frame) for row in zip(*lists, strict=False)]
    return iter(result)


def _filter(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    function, iterable = args
    items = machine.elements(iterable, at.node, at.frame)
    if type(items) in LATE:
        return late_call(machine, "filter", args, kwargs, at)
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
        return late_call(machine, "reversed", args, kwargs, at)
    result = items[::-1]
    machine.carry_marks(args[0], result, zip(result, result, strict=True))
    return result if machine.marks_of(result) else iter(result)


def _sorted(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    if type(items) in LATE:
        return late_call(machine, "sorted", args, kwargs, at)
    result = machine.sorted(items, kwargs, at.node, at.frame)
    machine.carry_marks(args[0], result, zip(result, result, strict=True))
    return result


def _sum(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame)
    if type(items) in LATE:
        return late_call(machine, "sum", args, kwargs, at)
    total = args[1] if len(args) > 1 else kwargs.get("start", 0)
    for item in items:
        total = machine.binary("+", total, item, at.node, at.frame)
    return total


def _extreme(name: str) -> Callable[..., Any]:
    op = "<" if name == "min" else ">"

    def run(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        items = machine.elements(args[0], at.node, at.frame) if len(args) == 1 else list(args)
        if type(items) in LATE or machine.later(items) is not None:
            return late_call(machine, name, args, kwargs, at)
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
            return late_call(machine, name, args, kwargs, at)
        late = None
        for item in items:
            truth = machine.truth(item, at.node, at.frame)
            if truth is (name == "any"):
                return truth
            if not isinstance(truth, bool):
                late = truth
        return name == "all" if late is None else late_call(machine, name, [items], kwargs, at)

    return run


ITERATION: dict[str, Callable[..., Any]] = {
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
}
"""The models by name."""
