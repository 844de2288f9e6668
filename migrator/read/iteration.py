"""Iteration over every kind of value."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from .attributes import Attributes
from .frames import Frame
from .host import HostObject
from .natives import is_safe
from .objects import (
    MISSING,
    BoundMethod,
    BoundReached,
    Generator,
    Instance,
    Raised,
    UserClass,
    UserFunction,
    UserModule,
)
from .values import ATOMS, LATE, describe


class Iteration(Attributes):
    """Iterators and elements."""

    def iterate(self, value: Any, node: ast.AST, frame: Frame) -> Iterator[Any] | Any:
        kind = type(value)
        if kind in LATE:
            return value
        if isinstance(value, HostObject):
            items = value.iterate(self.at(node, frame))
            return iter(items) if isinstance(items, list) else items
        if kind is Generator:
            return value.items
        if isinstance(value, (list, tuple, dict, set, frozenset, str, bytes, range)):
            if isinstance(value, (set, frozenset)):
                return iter(self.in_order(value))
            return iter(list(value) if isinstance(value, dict) else value)
        if kind is Instance:
            method = self.method(value, "__iter__")
            if method is not MISSING:
                made = self.call(method, [], {}, node, frame)
                if type(made) is Instance and self.method(made, "__next__") is not MISSING:
                    return self._nexts(made, node, frame)
                return self.iterate(made, node, frame)
            if self.method(value, "__next__") is not MISSING:
                return self._nexts(value, node, frame)
            if value.base is not MISSING:
                return self.iterate(value.base, node, frame)
            if value.cls.is_tuple:
                return iter(self.fields_of(value))
            if isinstance(value.host, HostObject):
                return self.iterate(value.host, node, frame)
            return self.unknown(f"iterating over {describe(value)}", node, frame)
        if kind is UserClass and value.members is not None:
            return iter(list(dict.fromkeys(value.members.values())))
        if hasattr(kind, "__next__") or kind.__module__ in ("collections", "builtins", "itertools"):
            return self.guarded(lambda: iter(value), node, frame)
        if is_safe(value) or value is None or kind in (UserFunction, BoundMethod, UserModule):
            self.raise_("TypeError", f"{describe(value)} is not iterable", node, frame)
        return self.unknown(f"iterating over {describe(value)}", node, frame)

    def in_order(self, value: Any) -> list[Any]:
        """A set's elements in an order that is the same in every run: Python's depends on the hash seed."""
        items = list(value)
        if len(items) < 2 or all(type(x) in (int, bool, float) for x in items):
            return items
        return sorted(items, key=self._rank)

    def _rank(self, value: Any) -> tuple[str, str, int]:
        if self.plain(value):
            text = repr(value) if not isinstance(value, (frozenset, tuple)) else repr(self._nested_order(value))
            return (type(value).__name__, text, 0)
        return (type(value).__name__, describe(value), self.arrivals.get(id(value), (None, 0))[1])

    def _nested_order(self, value: Any) -> list[Any]:
        items = self.in_order(value) if isinstance(value, frozenset) else value
        return [self._nested_order(x) if isinstance(x, (frozenset, tuple)) else x for x in items]

    def arrive(self, items: Any) -> None:
        """Remember in which order objects came into a set."""
        for item in items:
            if type(item) not in ATOMS and id(item) not in self.arrivals:
                self.arrivals[id(item)] = (item, len(self.arrivals))

    def _nexts(self, value: Instance, node: ast.AST, frame: Frame) -> Iterator[Any]:
        method = self.method(value, "__next__")
        while True:
            try:
                item = self.call(method, [], {}, node, frame)
            except Raised as error:
                if isinstance(error.value, StopIteration):
                    return
                raise
            yield item

    def elements(self, value: Any, node: ast.AST, frame: Frame) -> list[Any] | Any:
        """All elements of a known iterable, within bounds; or a value of LATE."""
        items = self.iterate(value, node, frame)
        if type(items) in LATE:
            return items
        result: list[Any] = []
        try:
            for item in items:
                result.append(item)
                if len(result) > self.bounds.elements:
                    raise BoundReached(f"more than {self.bounds.elements:,} elements")
        except (Raised, BoundReached):
            raise
        except RuntimeError as error:
            raise self.raising(error, node, frame) from None
        if self.marks and not isinstance(value, Generator):
            self.carry_marks(value, result, zip(result, result, strict=True))
        return result
