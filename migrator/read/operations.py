"""Operators, attributes, items, truth, iteration and text of every kind of value."""

from __future__ import annotations

import ast
import operator
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..airflow_model import Deferred, EnvRef, Symbol, Unknown
from .branches import Branches
from .core import ATOMS, LATE, OBJECTS, describe
from .frames import Frame
from .host import HostObject
from .natives import SAFE, native_attribute
from .objects import (
    MISSING,
    BoundMethod,
    BoundReached,
    Foreign,
    Generator,
    HostInit,
    Instance,
    Native,
    NativeMethod,
    NativeModule,
    Partial,
    ProjectPath,
    ProjectStr,
    Raised,
    Super,
    UserClass,
    UserFunction,
    UserModule,
    Wrapped,
)

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "@": operator.matmul,
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
DUNDER = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "<<": "lshift",
    ">>": "rshift",
    "|": "or",
    "&": "and",
    "^": "xor",
    "@": "matmul",
    "==": "eq",
    "!=": "ne",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
}
_REFLECTED = {"<": "gt", ">": "lt", "<=": "ge", ">=": "le", "==": "eq", "!=": "ne"}
_NUMBERS = (int, float, complex)


class Operations(Branches):
    """What Python's operators do here."""

    # --- attributes ---

    def attribute(self, value: Any, name: str, node: ast.AST, frame: Frame) -> Any:
        kind = type(value)
        if kind in LATE:
            if kind is Unknown:
                return value
            if kind is Symbol:
                return Symbol(f"{value.path}.{name}")
            if kind is Deferred and value.op == "if":
                return self.each(value, node, frame, lambda v: self.attribute(v, name, node, frame))
            return self.defer("attribute", (value,), node, frame, name=name)
        if isinstance(value, HostObject):
            return value.attribute(name, self.at(node, frame))
        found = self._attribute(value, kind, name, node, frame)
        if found is MISSING:
            self.raise_("AttributeError", f"{describe(value)} has no attribute {name!r}", node, frame)
        return found

    def _attribute(self, value: Any, kind: type, name: str, node: ast.AST, frame: Frame) -> Any:
        if kind is Instance:
            return self.instance_attribute(value, name, node, frame)
        if kind is UserClass:
            return self.class_attribute(value, name, node, frame)
        if kind is UserModule:
            return self.module_attribute(value, name, node, frame)
        if kind is NativeModule:
            found = value.names.get(name, MISSING)
            return Symbol(f"{value.path}.{name}") if found is MISSING else found
        if kind is UserFunction:
            if name in value.attributes:
                return value.attributes[name]
            if value.opaque and not name.startswith("__"):
                return self.unknown(f"{value.name}.{name}", node, frame)
            return {
                "__name__": value.name,
                "__qualname__": value.qualname,
                "__module__": value.module.name,
                "__doc__": ast.get_docstring(value.node) if not isinstance(value.node, ast.Lambda) else None,
                "__dict__": value.attributes,
                "__wrapped__": value,
            }.get(name, MISSING)
        if kind is BoundMethod:
            if name == "__self__":
                return value.instance
            return value.function if name == "__func__" else self.attribute(value.function, name, node, frame)
        if kind is Partial:
            parts = {"func": value.function, "args": tuple(value.args), "keywords": value.kwargs}
            return parts.get(name, MISSING)
        if kind is Super:
            return self.super_attribute(value, name, node, frame)
        if kind is Wrapped:
            if name in ("setter", "getter", "deleter"):
                return Native(
                    f"property.{name}", lambda args, kwargs, at: self._with_setter(value, name, args), lazy=True
                )
            return value.function if name == "__func__" else self.attribute(value.function, name, node, frame)
        if kind is Foreign:
            return (value.message,) if name == "args" else self.unknown(f"{value.name}.{name}", node, frame)
        return native_attribute(self, value, name, self.at(node, frame))

    def _with_setter(self, wrapped: Wrapped, name: str, args: list[Any]) -> Wrapped:
        return Wrapped("property", wrapped.function, args[0] if name == "setter" else wrapped.setter)

    def module_attribute(self, module: UserModule, name: str, node: ast.AST, frame: Frame) -> Any:
        if name in module.namespace:
            return module.namespace[name]
        if name == "__dict__":
            return module.namespace
        if module.star_imports:
            return Symbol(f"{module.star_imports[-1]}.{name}")
        if module.partial or not module.finished or (name.startswith("__") and name.endswith("__")):
            return self.unknown(f"{module.name}.{name}", node, frame)
        return MISSING

    def instance_attribute(self, value: Instance, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def class_attribute(self, value: UserClass, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def super_attribute(self, value: Super, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def method(self, value: Any, name: str) -> Any:
        """A special method a user's class defines, bound; MISSING when it does not."""
        if type(value) is Instance:
            found = value.cls.find(name)
            if found is not MISSING:
                return BoundMethod(found, value)
        return MISSING

    def set_attribute(self, value: Any, name: str, new: Any, node: ast.AST, frame: Frame) -> None:
        kind = type(value)
        if kind is Instance:
            found = value.cls.find(name)
            if type(found) is Wrapped and found.kind == "property":
                if found.setter is not None:
                    self.call(found.setter, [value, new], {}, node, frame)
                    return
            elif found is MISSING and isinstance(value.host, HostObject):
                value.host.set_attribute(name, new, self.at(node, frame))
            self.touch(value.attributes)
            value.attributes[name] = new
        elif kind is UserClass or kind is UserFunction:
            self.touch(value.attributes)
            value.attributes[name] = new
        elif kind is UserModule:
            self.touch(value.namespace)
            value.namespace[name] = new
        elif isinstance(value, HostObject):
            value.set_attribute(name, new, self.at(node, frame))
        elif kind is Deferred and value.op == "if":
            self.each(value, node, frame, lambda v: self.set_attribute(v, name, new, node, frame))
        elif isinstance(value, types.SimpleNamespace):
            self.touch(vars(value))
            setattr(value, name, new)

    # --- items ---

    def item(self, value: Any, key: Any, node: ast.AST, frame: Frame) -> Any:
        kind = type(value)
        if kind in LATE:
            if kind is Unknown:
                return value
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
                return self.item(tuple(self._tuple_of(value)), key, node, frame)
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
            if late is None or _has(value, key):
                if isinstance(value, dict) and hasattr(value, "default_factory"):
                    return self._default_item(value, key, node, frame)
                if _has(value, key):
                    return value[key]
                uncertain = next((k for k in value if type(k) in LATE), None)
                if uncertain is not None:
                    return uncertain if type(uncertain) is Unknown else self.unknown(describe(uncertain), node, frame)
                return self.guarded(lambda: value[key], node, frame)
            return self.defer("item", (value, key), node, frame)
        if late is not None:
            return self.defer("item", (value, key), node, frame)
        if isinstance(value, (str, bytes, list, tuple, range)) or kind.__module__ in ("collections", "re"):
            return self.guarded(lambda: value[key], node, frame)
        if isinstance(value, type):
            return value  # list[int] and the like
        if isinstance(value, SAFE):
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
            return
        if isinstance(value, (dict, list, bytearray)) or hasattr(value, "appendleft"):
            self.touch(value)
            if isinstance(key, slice):
                items = self.iterate(new, node, frame)
                new = [new] if type(items) in LATE else list(items)
            if isinstance(value, dict):
                if len(value) >= self.bounds.elements:
                    raise BoundReached(f"a container of more than {self.bounds.elements:,} elements")
                if not _hashable(key):
                    key = (
                        self.unknown("a key known at run time", node, frame) if self.later((key,)) is not None else key
                    )
                if self.repeated and type(value) is dict and not _has(value, key):
                    self.guarded(lambda: operator.setitem(value, key, new), node, frame)
                    self.mark_repeated(value, [key])
                    return
            elif self.later((key,)) is not None:
                value[:] = [self.unknown("an element set at a place known at run time", node, frame) for _ in value]
                return
            self.guarded(lambda: operator.setitem(value, key, new), node, frame)
            return
        self.raise_("TypeError", f"{describe(value)} does not support item assignment", node, frame)

    # --- operators ---

    def binary(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        a, b = type(left), type(right)
        if a in ATOMS and b in ATOMS:
            return self._real(op, left, right, node, frame)
        if a is Deferred and left.op == "if" and (_objects(left) or isinstance(right, OBJECTS)):
            return self.each(left, node, frame, lambda v: self.binary(op, v, right, node, frame))
        if b is Deferred and right.op == "if" and (_objects(right) or isinstance(left, OBJECTS)):
            return self.each(right, node, frame, lambda v: self.binary(op, left, v, node, frame))
        for value, other, reflected in ((left, right, False), (right, left, True)):
            result = self._operand(op, value, other, reflected, node, frame)
            if result is not NotImplemented:
                return result
        if a in LATE or b in LATE:
            if op == "%" and isinstance(left, str):
                return self.percent(left, right, node, frame)
            if op == "+" and (isinstance(left, str) or isinstance(right, str)):
                return self.concatenate([left, right], node, frame)
            return self.dated(op, left, right, node, frame) or self.defer(op, (left, right), node, frame)
        if op in ("==", "!="):
            if isinstance(left, OBJECTS) or isinstance(right, OBJECTS):
                return (left is right) == (op == "==")
            late = self.later((left, right))
            if late is not None and not (
                isinstance(left, (list, dict)) and type(left) is type(right) and len(left) != len(right)
            ):
                return left is right or self.defer(op, (left, right), node, frame)
        if op == "%" and isinstance(left, str):
            return self.percent(left, right, node, frame)
        return self._real(op, left, right, node, frame)

    def dated(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        """A date plus or minus a deferred value that can be computed after all (a relativedelta); None otherwise."""
        return None

    def _operand(self, op: str, value: Any, other: Any, reflected: bool, node: ast.AST, frame: Frame) -> Any:
        """What one operand's own class makes of the operator; NotImplemented where it has nothing to say."""
        if isinstance(value, HostObject):
            return value.binary(op, other, reflected, self.at(node, frame))
        if type(value) is Instance:
            short = DUNDER.get(op, "")
            name = (_REFLECTED.get(op) or f"r{short}") if reflected else short
            method = self.method(value, f"__{name}__")
            if method is MISSING and op == "!=":
                method = self.method(value, "__eq__")
                if method is not MISSING:
                    return self.negate(self.call(method, [other], {}, node, frame), node, frame)
            if method is not MISSING:
                return self.call(method, [other], {}, node, frame)
            if (
                value.cls.fields is not None
                and type(other) is Instance
                and op in ("==", "!=")
                and other.cls is value.cls
            ):
                return self.binary(op, self._tuple_of(value), self._tuple_of(other), node, frame)
            if isinstance(value.host, HostObject):
                return value.host.binary(op, other, reflected, self.at(node, frame))
            if value.base is not MISSING:
                pair = (other, value.base) if reflected else (value.base, other)
                return self.binary(op, *pair, node, frame)
            if self.opaque(value.cls) and op not in ("==", "!="):
                return self.unknown(f"an operator of {value.cls.name}", node, frame)
        if op == "|" and (isinstance(value, (type, UserClass)) or value is None) and not reflected:
            return self.unknown("a type union", node, frame)
        return NotImplemented

    def opaque(self, cls: UserClass) -> bool:
        """Whether a class inherits from something whose code is not available."""
        return any(type(base) in LATE for base in cls.mro)

    def _tuple_of(self, value: Instance) -> tuple[Any, ...]:
        return tuple(value.attributes.get(f.name, MISSING) for f in value.cls.fields or ())

    def _real(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        bounds = self.bounds
        if op in ("*", "**", "<<", "+", "%", "|"):
            what = _too_large(op, left, right, bounds.elements, bounds.characters, bounds.bits)
            if what:
                return self.bound(what, node, frame)
        if op == "%" and isinstance(left, (str, bytes)):
            return (
                self.percent(left, right, node, frame)
                if isinstance(left, str)
                else self.unknown("bytes % …", node, frame)
            )
        result = self.guarded(lambda: BINARY[op](left, right), node, frame)
        if type(left) in (ProjectStr, ProjectPath) or type(right) is ProjectStr:
            return self.in_project(left, result)
        if op == "+" and type(left) is list:
            self.carry_marks(left, result, zip(left, left, strict=True))
            self.carry_marks(right, result, zip(right, right, strict=True))
        return result

    def in_project(self, origin: Any, result: Any) -> Any:
        """A path computed from a path of the project is one too."""
        return ProjectStr(result) if type(origin) is ProjectStr and type(result) is str else result

    def percent(self, left: str, right: Any, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def concatenate(self, parts: list[Any], node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def contains(self, element: Any, container: Any, node: ast.AST, frame: Frame) -> Any:
        """`element in container`."""
        kind = type(container)
        if kind in LATE:
            if kind is Deferred and container.op == "if":
                return self.each(container, node, frame, lambda c: self.contains(element, c, node, frame))
            return self.defer("in", (element, container), node, frame)
        if isinstance(container, HostObject):
            result = container.binary("in", element, True, self.at(node, frame))
            return self.unknown(f"in {container.describe()}", node, frame) if result is NotImplemented else result
        if kind is Instance:
            method = self.method(container, "__contains__")
            if method is not MISSING:
                return self.call(method, [element], {}, node, frame)
            if container.base is not MISSING:
                return self.contains(element, container.base, node, frame)
        if isinstance(container, (dict, set, frozenset)) and _hashable(element):
            if element in container:
                return True
            uncertain = self.later((element,)) is not None or any(type(k) in LATE for k in container)
            return self.defer("in", (element, container), node, frame) if uncertain else False
        if isinstance(container, (str, bytes, range)):
            if self.later((element,)) is not None:
                return self.defer("in", (element, container), node, frame)
            return self.guarded(lambda: element in container, node, frame)
        items = self.iterate(container, node, frame)
        if type(items) in LATE:
            return self.defer("in", (element, items), node, frame)
        undecided: Any = None
        for n, item in enumerate(items):
            if n > self.bounds.turns:
                raise BoundReached(f"more than {self.bounds.turns:,} turns of a loop")
            equal: Any = item is element or self.truth(self.binary("==", item, element, node, frame), node, frame)
            if equal is True:
                return True
            if equal is not False:
                undecided = equal
        return False if undecided is None else self.defer("in", (element, container), node, frame)

    def negate(self, value: Any, node: ast.AST, frame: Frame) -> Any:
        truth = self.truth(value, node, frame)
        return (not truth) if isinstance(truth, bool) else self.defer("not", (truth,), node, frame)

    def truth(self, value: Any, node: ast.AST, frame: Frame) -> bool | Any:
        kind = type(value)
        if kind is bool:
            return value
        if kind in LATE:
            if (
                kind is Symbol
                and value.path.rpartition(".")[2][:1].isupper()
                and not value.path.rpartition(".")[2].isupper()
            ):
                return True  # a class
            if kind is EnvRef and value.default is None and value.name in _NEVER_SET:
                return False
            if kind is Deferred and value.op == "if":
                a, b = (self.truth(v, node, frame) for v in value.operands[1:])
                if isinstance(a, bool) and isinstance(b, bool):
                    known = self.known_condition(value.operands[0])
                    if known is not None:
                        return a if known else b
                    if a == b:
                        return a
                    return value.operands[0] if a else self.defer("not", (value.operands[0],), node, frame)
            return value
        if isinstance(value, HostObject):
            return value.truth(self.at(node, frame))
        if kind is Instance:
            for name in ("__bool__", "__len__"):
                method = self.method(value, name)
                if method is not MISSING:
                    return self.truth(self.call(method, [], {}, node, frame), node, frame)
            return True if value.base is MISSING else self.truth(value.base, node, frame)
        if isinstance(value, SAFE) or kind in ATOMS:
            return bool(value)
        return True

    # --- iteration ---

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
                return iter(self._tuple_of(value))
            if isinstance(value.host, HostObject):
                return self.iterate(value.host, node, frame)
            return self.unknown(f"iterating over {describe(value)}", node, frame)
        if kind is UserClass and value.members is not None:
            return iter(list(dict.fromkeys(value.members.values())))
        if hasattr(kind, "__next__") or kind.__module__ in ("collections", "builtins", "itertools"):
            return self.guarded(lambda: iter(value), node, frame)
        if isinstance(value, SAFE) or value is None or kind in (UserFunction, BoundMethod, UserModule):
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


_ITEM: Callable[[Any, Any], Any] = operator.getitem
_NEVER_SET = frozenset({"PYTEST_CURRENT_TEST"})


def _has(mapping: Any, key: Any) -> bool:
    try:
        return key in mapping
    except TypeError:
        return False


def _hashable(value: Any) -> bool:
    try:
        hash(value)
    except (TypeError, RecursionError):
        return False
    return True


def _objects(value: Deferred) -> bool:
    """Whether an alternative of a `Deferred("if")` is an object one can only work with, not compute with."""
    return any(
        isinstance(v, (*OBJECTS, list, tuple, HostInit)) or (type(v) is Deferred and v.op == "if" and _objects(v))
        for v in value.operands[1:]
    )


def _too_large(op: str, left: Any, right: Any, elements: int, characters: int, bits: int) -> str:
    """Which bound an operation on real objects would break; empty for none."""
    if op == "+":
        if isinstance(left, (str, bytes)) and isinstance(right, (str, bytes)) and len(left) + len(right) > characters:
            return f"a string of more than {characters:,} characters"
        if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)) and len(left) + len(right) > elements:
            return f"a container of more than {elements:,} elements"
        return ""
    if isinstance(left, int) and isinstance(right, int):
        size = left.bit_length()
        if (
            (op == "**" and right > 0 and size > 1 and size * right > bits)
            or (op == "<<" and size + right > bits)
            or (op == "*" and size + right.bit_length() > bits)
        ):
            return f"a number of more than {bits:,} bits"
        return ""
    if op == "*":
        if isinstance(left, int):
            left, right = right, left
        if isinstance(right, int):
            if isinstance(left, (str, bytes)) and len(left) * right > characters:
                return f"a string of more than {characters:,} characters"
            if isinstance(left, (list, tuple)) and len(left) * right > elements:
                return f"a container of more than {elements:,} elements"
    return ""
