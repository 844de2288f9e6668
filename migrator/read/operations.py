"""Operators and truth of every kind of value."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from ..airflow_model import Deferred, EnvRef, Symbol
from .frames import Frame
from .host import HostObject
from .items import Items, is_hashable
from .natives import is_safe
from .objects import (
    MISSING,
    BoundReached,
    HostInit,
    Instance,
    UserClass,
)
from .values import ATOMS, LATE, OBJECTS

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


class Operations(Items):
    """What Python's operators do here."""

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
                return self.binary(op, self.fields_of(value), self.fields_of(other), node, frame)
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
        if op == "+" and type(left) is list:
            self.carry_marks(left, result, zip(left, left, strict=True))
            self.carry_marks(right, result, zip(right, right, strict=True))
        return result

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
        if isinstance(container, (dict, set, frozenset)) and is_hashable(element):
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
        if is_safe(value) or kind in ATOMS:
            return bool(value)
        return True


_NEVER_SET = frozenset({"PYTEST_CURRENT_TEST"})


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
