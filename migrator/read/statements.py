"""Statements: assignments, conditions, loops, `with`, `try`, definitions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from ..airflow_model import Deferred, Unknown
from ..findings import Finding
from .branches import BREAK, CONTINUE, Signal
from .frames import Frame, scan
from .objects import (
    BoundReached,
    Raised,
    UserClass,
    UserFunction,
)
from .protection import Protection
from .typed import NAMED_TUPLE, TYPED_DICT
from .values import LATE


class Statements(Protection):
    """`block` and one method for each kind of statement; a Signal says that a statement did not fall through."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handling: list[Raised] = []
        self._executors: dict[type, Callable[[Any, Frame], Signal | None]] = {
            ast.Expr: self._expr,
            ast.Assign: self._assign,
            ast.AnnAssign: self._ann_assign,
            ast.AugAssign: self._aug_assign,
            ast.If: self._if,
            ast.For: self._for,
            ast.While: self._while,
            ast.With: self._with,
            ast.Try: self._try,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.Delete: self._delete,
            ast.Assert: self._assert,
            ast.Match: self._match,
            ast.Pass: self._nothing,
            ast.Global: self._nothing,
            ast.Nonlocal: self._nothing,
            ast.Break: lambda n, f: BREAK,
            ast.Continue: lambda n, f: CONTINUE,
        }
        if hasattr(ast, "TryStar"):
            self._executors[ast.TryStar] = self._try
        if hasattr(ast, "TypeAlias"):
            self._executors[ast.TypeAlias] = self._type_alias

    def block(self, body: Sequence[ast.stmt], frame: Frame) -> Signal | None:
        for statement in body:
            self.steps += 1
            if self.steps > self.bounds.steps:
                self.step(statement, frame)
            executor = self._executors.get(type(statement))
            if executor is None:
                self._unsupported(statement, frame)
                continue
            try:
                signal = executor(statement, frame)
            except BoundReached as bound:
                self.bound(bound.what, statement, frame)
                self.forget(statement, frame, bound.what)
                continue
            if signal is not None:
                return signal
        return None

    def forget(self, statement: ast.stmt, frame: Frame, reason: str) -> None:
        """The names a statement that was not carried out would have assigned become unknown."""
        for name in sorted(scan([statement]).bound):
            if name not in frame.names:
                self.bind_name(name, self.unknown(reason, statement, frame), frame)
        frame.module.partial = True

    def _unsupported(self, statement: ast.stmt, frame: Frame) -> None:
        what = type(statement).__name__
        self.report(Finding("A2D015", f"The reader does not interpret this {what}.", self.span(statement, frame)))
        self.forget(statement, frame, f"a {what} statement")

    def _nothing(self, node: ast.stmt, frame: Frame) -> None:
        return None

    def _type_alias(self, node: Any, frame: Frame) -> None:
        self.bind_name(node.name.id, self.unknown("a type alias", node, frame), frame)

    def _expr(self, node: ast.Expr, frame: Frame) -> None:
        if type(node.value) is not ast.Constant:
            self.eval(node.value, frame)

    # --- conditions ---

    def _if(self, node: ast.If, frame: Frame) -> Signal | None:
        value = self.eval(node.test, frame)
        truth = self.truth(value, node.test, frame)
        if truth is True:
            return self.block(node.body, frame)
        if truth is False:
            return self.block(node.orelse, frame)
        return self.branch(
            truth, node.test, frame, lambda: self.block(node.body, frame), lambda: self.block(node.orelse, frame)
        )

    def branch(
        self,
        condition: Any,
        node: ast.AST,
        frame: Frame,
        then: Callable[[], Signal | None],
        other: Callable[[], Signal | None],
    ) -> Signal | None:
        """Fork two blocks and say how both together end."""
        done = self.fork(condition, node, frame, then, other)
        a: Signal | None = done[0][1]
        if len(done) == 1:
            return a
        b: Signal | None = done[1][1]
        if a is None and b is None:
            return None
        if a is not None and b is not None:
            if a.kind == b.kind == "return":
                return Signal("return", self.choice(condition, a.value, b.value, node, frame))
            if a.kind == b.kind:
                return a
        left, holds = (a, True) if a is not None else (b, False)
        assert left is not None
        # One of the two leaves: what follows here stands under the other.
        rest = self.condition(condition, node, frame, negated=holds)
        if left.kind == "return":
            frame.returns.append((condition if holds else self.defer("not", (condition,), node, frame), left.value))
            self.assumed.append((condition, not holds))
        elif left.kind == "break":
            self._left_loop.append(rest)
        self.conditional = (*self.conditional, rest)
        if a is not None and b is not None:
            return b if left is a else a
        return None

    def _assert(self, node: ast.Assert, frame: Frame) -> None:
        if self.truth(self.eval(node.test, frame), node.test, frame) is False:
            message = self.eval(node.msg, frame) if node.msg is not None else ""
            self.raise_("AssertionError", message if isinstance(message, str) else "", node, frame)

    # --- definitions ---

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
        decorators = [self.eval(d, frame) for d in node.decorator_list]
        function = self.make_function(node, node.name, frame)
        self.bind_name(node.name, self._decorate(function, decorators, node, frame), frame)

    def _decorate(self, definition: Any, decorators: list[Any], node: Any, frame: Frame) -> Any:
        value = definition
        for decorator, expression in zip(reversed(decorators), reversed(node.decorator_list), strict=True):
            if type(decorator) in LATE:
                # Nobody knows it: the function stays as it is.
                if isinstance(value, UserFunction):
                    value.opaque = True
                continue
            result = self.call(decorator, [value], {}, expression, frame, ([node], {}, {}))
            if type(result) not in (Unknown, Deferred):
                value = result
        if decorators and isinstance(definition, UserFunction):
            definition.decorators = decorators
            self.host.decorated(value, decorators, self.at(node, frame))
        return value

    def _class(self, node: ast.ClassDef, frame: Frame) -> None:
        decorators = [self.eval(d, frame) for d in node.decorator_list]
        bases = [dict if base is TYPED_DICT else base for base in self._elements_of(node.bases, frame)]
        keywords = {k.arg: self.eval(k.value, frame) for k in node.keywords if k.arg is not None}
        prefix = f"{frame.function.qualname}.<locals>." if frame.function is not None else ""
        if frame.is_class and frame.owner is not None:
            prefix = f"{frame.owner.qualname}."
        cls = UserClass(node.name, prefix + node.name, node, frame.module, bases, keywords=keywords)
        cls.is_tuple = any(base is NAMED_TUPLE for base in bases)
        cls.mro = self.resolution_order(cls, [b for b in bases if b is not NAMED_TUPLE])
        if any(type(b) is UserClass and b.is_tuple for b in cls.mro[1:]):
            cls.is_tuple = True
        inner = Frame(frame.module, cls.attributes, frame, is_class=True, function=frame.function)
        inner.owner = cls
        self.block(node.body, inner)
        self.finish_class(cls, node, frame)
        self.bind_name(node.name, self._decorate(cls, decorators, node, frame), frame)

    # --- provided above ---

    def _import(self, node: ast.Import, frame: Frame) -> None:
        raise NotImplementedError

    def _import_from(self, node: ast.ImportFrom, frame: Frame) -> None:
        raise NotImplementedError
