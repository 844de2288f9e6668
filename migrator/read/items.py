"""Items of every kind of value: `value[key]`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..airflow_model import Deferred, Unknown
from .frames import Frame
from .host import HostObject
from .iteration import Iteration
from .natives import is_safe
from .objects import (
    MISSING,
    BoundReached,
    Instance,
    Native,
    NativeMethod,
    NativeModule,
    UserClass,
    UserFunction,
    UserModule,
)
from .reaching import REASON, change, change_item, linked, reached, taken
from .values import LATE, describe

_ITEM: Callable[[Any, Any], Any] = operator.getitem


class Items(Iteration):
    """Reading and setting items."""

    def item(self, value: Any, key: Any, node: ast.AST, frame: Frame) -> Any:
        kind = type(value)
        if kind in LATE:
            if kind is Unknown:
                return linked(self, value, taken(self, "item", (value, key), "")) if id(value) in self.links else value
            if kind is Deferred and value.op == "if":
                return self.each(value, node, frame, lambda v: self.item(v, key, node, frame))
            return self.defer("item", (value, key), node, frame)
        if isinstance(value, HostObject):
            return value.item(key, self.at(node, frame))
        if kind is Instance:
            method = self.method(value, "__getitem__")
            if method is not MISSING:
                return self.call(method, [key], {}, node, frame)
            if value.base is not MISSING:
                return self.item(value.base, key, node, frame)
            if value.cls.is_tuple and value.cls.fields and type(key) in (int, slice):
                return self.item(tuple(self.fields_of(value)), key, node, frame)
            if isinstance(value.host, HostObject):
                return value.host.item(key, self.at(node, frame))
            return self.unknown(f"{describe(value)}[…]", node, frame)
        if kind is UserClass:
            if value.members is not None and isinstance(key, str):
                if key in value.members:
                    return value.members[key]
                self.raise_("KeyError", key, node, frame)
            return value  # Generic[T]
        if type(key) is Deferred and key.op == "if":
            return self.each(key, node, frame, lambda k: self.item(value, k, node, frame))
        late = self.later((key,)) if type(key) is not slice else self.later((key.start, key.stop, key.step))
        if isinstance(value, Mapping):
            if late is None or has_key(value, key):
                if isinstance(value, dict) and hasattr(value, "default_factory"):
                    return self._default_item(value, key, node, frame)
                if has_key(value, key):
                    return value[key]
                uncertain = next((k for k in value if type(k) in LATE), None)
                if uncertain is not None:
                    return uncertain if type(uncertain) is Unknown else self.unknown(describe(uncertain), node, frame)
                return self.guarded(lambda: value[key], node, frame)
            if (factory := getattr(value, "default_factory", None)) is not None:
                return self.new_item(value, key, self.call(factory.function, [], {}, node, frame), node, frame)
            return self.defer("item", (value, key), node, frame)
        if late is not None:
            return self.defer("item", (value, key), node, frame)
        if isinstance(value, (str, bytes, list, tuple, range)) or kind.__module__ in ("collections", "re"):
            return self.guarded(lambda: value[key], node, frame)
        if isinstance(value, type):
            return value  # list[int] and the like
        if is_safe(value):
            return self.guarded(lambda: _ITEM(value, key), node, frame)
        if kind in (UserFunction, Native, NativeMethod, NativeModule, UserModule):
            self.raise_("TypeError", f"{describe(value)} is not subscriptable", node, frame)
        return self.unknown(f"{describe(value)}[…]", node, frame)

    def _default_item(self, value: Any, key: Any, node: ast.AST, frame: Frame) -> Any:
        if key in value:
            return value[key]
        if value.default_factory is None:
            self.raise_("KeyError", str(key), node, frame)
        self.touch(value)
        value[key] = made = self.call(value.default_factory.function, [], {}, node, frame)
        return made

    def new_item(self, value: Any, key: Any, made: Any, node: ast.AST, frame: Frame) -> Any:
        """What a mapping gets for a key known at run time only, which may be one of those that it has."""
        if has_key(value, key):
            return value[key]
        for known, other in list(value.items()):
            if self.later((known,)) is None:
                change(self, other, "setdefault", self.unknown(REASON, node, frame))
        self.set_item(value, key, made, node, frame)
        return made

    def set_item(self, value: Any, key: Any, new: Any, node: ast.AST, frame: Frame) -> None:
        kind = type(value)
        if isinstance(value, HostObject):
            value.set_item(key, new, self.at(node, frame))
            return
        if kind is Instance:
            method = self.method(value, "__setitem__")
            if method is not MISSING:
                self.call(method, [key, new], {}, node, frame)
            elif value.base is not MISSING:
                self.set_item(value.base, key, new, node, frame)
            elif isinstance(value.host, HostObject):
                value.host.set_item(key, new, self.at(node, frame))
            return
        if kind is Deferred and value.op == "if":
            self.each(value, node, frame, lambda v: self.set_item(v, key, new, node, frame))
            return
        if kind in LATE:
            for target in reached(self, value):
                change_item(self, target, key, self.unknown(REASON, node, frame))
            return
        if isinstance(value, (dict, list, bytearray)) or hasattr(value, "appendleft"):
            self.touch(value)
            if isinstance(key, slice):
                items = self.iterate(new, node, frame)
                new = [new] if type(items) in LATE else list(items)
            if isinstance(value, dict):
                if len(value) >= self.bounds.elements:
                    raise BoundReached(f"a container of more than {self.bounds.elements:,} elements")
                if not is_hashable(key):
                    key = (
                        self.unknown("a key known at run time", node, frame) if self.later((key,)) is not None else key
                    )
                if self.repeated and type(value) is dict and not has_key(value, key):
                    self.guarded(lambda: operator.setitem(value, key, new), node, frame)
                    self.mark_repeated(value, [key])
                    return
            elif self.later((key,)) is not None:
                value[:] = [self.unknown("an element set at a place known at run time", node, frame) for _ in value]
                return
            self.guarded(lambda: operator.setitem(value, key, new), node, frame)
            return
        self.raise_("TypeError", f"{describe(value)} does not support item assignment", node, frame)


def has_key(mapping: Any, key: Any) -> bool:
    try:
        return key in mapping
    except TypeError:
        return False


def is_hashable(value: Any) -> bool:
    try:
        hash(value)
    except (TypeError, RecursionError):
        return False
    return True
