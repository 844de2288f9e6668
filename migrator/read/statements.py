"""Statements: assignments, conditions, loops, `with`, `try`, definitions."""

from __future__ import annotations

import ast
import collections
import keyword
from collections.abc import Callable, Sequence
from typing import Any

from ..airflow_model import Deferred, Symbol, Unknown
from ..findings import Finding
from .branches import BREAK, CONTINUE, Signal, same
from .core import LATE, describe
from .expressions import OPERATORS, Expressions
from .frames import Frame, scan
from .host import HostObject
from .matching import Matching
from .objects import (
    MISSING,
    BoundReached,
    ContextManager,
    EnterOnly,
    Foreign,
    Instance,
    Native,
    Raised,
    UserClass,
    UserFunction,
)


class Statements(Matching, Expressions):
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

    # --- assignment ---

    def _assign(self, node: ast.Assign, frame: Frame) -> None:
        value = self.eval(node.value, frame)
        for target in node.targets:
            self.assign(target, value, frame)

    def _ann_assign(self, node: ast.AnnAssign, frame: Frame) -> None:
        if node.value is not None:
            self.assign(node.target, self.eval(node.value, frame), frame)

    def assign(self, target: ast.expr, value: Any, frame: Frame) -> None:
        if type(target) is ast.Name:
            if self.journal is None and (frame.scope is None or frame.is_module):
                frame.names[target.id] = value
            else:
                self.bind_name(target.id, value, frame)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._assign_all(target, value, frame)
        elif isinstance(target, ast.Attribute):
            name = target.attr
            if name.startswith("__") and not name.endswith("__") and frame.owner is not None:
                name = f"_{frame.owner.name.lstrip('_')}{name}"
            self.set_attribute(self.eval(target.value, frame), name, value, target, frame)
        elif isinstance(target, ast.Subscript):
            self.set_item(self.eval(target.value, frame), self.eval(target.slice, frame), value, target, frame)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, value, frame)

    def _assign_all(self, target: ast.Tuple | ast.List, value: Any, frame: Frame) -> None:
        star = next((n for n, e in enumerate(target.elts) if isinstance(e, ast.Starred)), None)
        if star is None:
            for element, item in zip(target.elts, self.unpack(value, len(target.elts), target, frame), strict=True):
                self.assign(element, item, frame)
            return
        items = self.elements(value, target, frame)
        after = len(target.elts) - star - 1
        if type(items) in LATE:
            unknown = self.unknown(describe(items), target, frame)
            for element in target.elts:
                self.assign(element, unknown, frame)
            return
        if len(items) < star + after:
            self.raise_("ValueError", f"not enough values to unpack (expected at least {star + after})", target, frame)
        end = len(items) - after
        for element, item in zip(target.elts, [*items[:star], items[star:end], *items[end:]], strict=True):
            self.assign(element, item, frame)

    def _aug_assign(self, node: ast.AugAssign, frame: Frame) -> None:
        target = node.target
        op = OPERATORS[type(node.op)]
        if isinstance(target, ast.Name):
            value = self.look_up(target.id, target, frame)
            self.assign(target, self.in_place(op, value, self.eval(node.value, frame), node, frame), frame)
        elif isinstance(target, ast.Attribute):
            owner = self.eval(target.value, frame)
            value = self.attribute(owner, target.attr, target, frame)
            self.set_attribute(
                owner, target.attr, self.in_place(op, value, self.eval(node.value, frame), node, frame), target, frame
            )
        elif isinstance(target, ast.Subscript):
            owner, key = self.eval(target.value, frame), self.eval(target.slice, frame)
            value = self.item(owner, key, target, frame)
            self.set_item(
                owner, key, self.in_place(op, value, self.eval(node.value, frame), node, frame), target, frame
            )

    def in_place(self, op: str, value: Any, other: Any, node: ast.AST, frame: Frame) -> Any:
        if isinstance(value, list) and op == "+":
            self.call(self.attribute(value, "extend", node, frame), [other], {}, node, frame)
            return value
        if isinstance(value, dict) and op == "|":
            self.touch(value)
            self.merge_into(value, other, node, frame)
            return value
        if isinstance(value, set) and op in "|&-^" and isinstance(other, (set, frozenset)):
            self.touch(value)
            name = {
                "|": "update",
                "&": "intersection_update",
                "-": "difference_update",
                "^": "symmetric_difference_update",
            }[op]
            getattr(value, name)(other)
            return value
        method = self.method(value, {"+": "__iadd__", "|": "__ior__"}.get(op, ""))
        if method is not MISSING:
            return self.call(method, [other], {}, node, frame)
        return self.binary(op, value, other, node, frame)

    def _delete(self, node: ast.Delete, frame: Frame) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                names = frame.module.namespace if frame.scope and target.id in frame.scope.globals else frame.names
                if target.id not in names:
                    self.raise_("NameError", f"name {target.id!r} is not defined", target, frame)
                self.touch(names)
                del names[target.id]
            elif isinstance(target, ast.Subscript):
                owner, key = self.eval(target.value, frame), self.eval(target.slice, frame)
                method = self.method(owner, "__delitem__")
                if method is not MISSING:
                    self.call(method, [key], {}, node, frame)
                elif isinstance(owner, (dict, list)) and self.later((key,)) is None:
                    self.touch(owner)
                    self.guarded(lambda o=owner, k=key: o.__delitem__(k), target, frame)  # type: ignore[misc]
            elif isinstance(target, ast.Attribute):
                owner = self.eval(target.value, frame)
                attributes = getattr(owner, "attributes", None)
                if isinstance(attributes, dict) and target.attr in attributes:
                    self.touch(attributes)
                    del attributes[target.attr]

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

    # --- loops ---

    _left_loop: list[Unknown]

    def _for(self, node: ast.For, frame: Frame) -> Signal | None:
        def turn(element: Any) -> Signal | None:
            self.assign(node.target, element, frame)
            return self.block(node.body, frame)

        signal: Signal | None = self.turns(self.eval(node.iter, frame), node.iter, frame, turn, frame)
        if signal is None:
            return self.block(node.orelse, frame) if node.orelse else None
        return signal if signal.kind == "return" else None

    def turns(
        self, value: Any, node: ast.AST, frame: Frame, turn: Callable[[Any], Any], scope: Frame | None = None
    ) -> Any:
        if type(value) is Deferred and value.op == "if":
            value = self._alternatives(value, node, frame)
        items = self.iterate(value, node, frame)
        outside, repeated = self.conditional, self.repeated
        returned = len(scope.returns) if scope is not None else 0
        enclosing, self._left_loop = getattr(self, "_left_loop", []), []
        try:
            if type(items) in LATE:
                reason = describe(items)
                self.repeated = (*repeated, self.condition(items, node, frame))
                return self._ended(
                    turn(self.unknown(f"an element of {reason}" if type(items) is not Unknown else reason, node, frame))
                )
            marks = self.marks_of(getattr(value, "values", value) if type(value).__name__ == "Generator" else value)
            count = 0
            while True:
                try:
                    element = next(items, MISSING)
                except (TypeError, ValueError, RuntimeError) as error:
                    raise self.raising(error, node, frame) from None
                if element is MISSING:
                    return None
                count += 1
                self.steps += 1
                if count > self.bounds.turns:
                    raise BoundReached(f"more than {self.bounds.turns:,} turns of a loop")
                if self.steps > self.bounds.steps:
                    self.step(node, frame)
                signal = self._turn(element, marks, turn, node)
                if signal is not None and signal.kind != "continue":
                    return signal
                returns = scope.returns[returned:] if scope is not None else []
                if self._left_loop or returns:
                    early = tuple(self.condition(c, node, frame, negated=True) for c, _ in returns)
                    self.conditional = (*outside, *self._left_loop, *early)
                else:
                    self.conditional = outside
        finally:
            self.conditional, self.repeated = outside, repeated
            if scope is not None and len(scope.returns) > returned:
                self.conditional += tuple(
                    self.condition(c, node, frame, negated=True) for c, _ in scope.returns[returned:]
                )
            self._left_loop = enclosing

    def _turn(self, element: Any, marks: Any, turn: Callable[[Any], Any], node: ast.AST) -> Any:
        mark = marks.get(id(element)) if marks else None
        if mark is None:
            if type(element) is Unknown and not self.repeated and marks is not None and _stands_for_many(element):
                self.repeated = (element,)
                try:
                    return turn(element)
                finally:
                    self.repeated = ()
            return turn(element)
        outside, repeated = self.conditional, self.repeated
        self.conditional = outside + tuple(c for c in mark[1] if c not in outside)
        self.repeated = repeated + tuple(c for c in mark[2] if c not in repeated)
        try:
            return turn(element)
        finally:
            self.conditional, self.repeated = outside, repeated

    def _ended(self, signal: Any) -> Signal | None:
        return signal if isinstance(signal, Signal) and signal.kind == "return" else None

    def _alternatives(self, value: Deferred, node: ast.AST, frame: Frame) -> Any:
        """Both lists of `a if c else b` as one: what is in both is sure, the rest stands under the condition."""
        condition, *values = value.operands
        both = []
        for alternative in values:
            if type(alternative) is Deferred and alternative.op == "if":
                alternative = self._alternatives(alternative, node, frame)
            items = [] if alternative is None else self.elements(alternative, node, frame)
            if type(items) in LATE:
                return items
            both.append(items)
        a, b = both
        shared = [x for x in a if any(same(x, y) for y in b)]
        only_b = [y for y in b if not any(same(x, y) for x in a)]
        merged = [*a, *only_b]
        self._mark(merged, [x for x in a if not any(x is s for s in shared)] + only_b, condition, node, frame)
        return merged

    def _while(self, node: ast.While, frame: Frame) -> Signal | None:
        count, returned = 0, len(frame.returns)
        outside, repeated = self.conditional, self.repeated
        enclosing, self._left_loop = getattr(self, "_left_loop", []), []
        try:
            while True:
                truth = self.truth(self.eval(node.test, frame), node.test, frame)
                if truth is False:
                    return self.block(node.orelse, frame) if node.orelse else None
                count += 1
                if truth is not True:
                    unknown = self.condition(truth, node.test, frame)
                    self.conditional, self.repeated = (*outside, unknown), (*repeated, unknown)
                    return self._ended(self.block(node.body, frame))
                if count > self.bounds.turns:
                    self.bound(f"more than {self.bounds.turns:,} turns of a loop", node, frame)
                    return None
                self.step(node, frame)
                signal = self.block(node.body, frame)
                if signal is not None and signal.kind != "continue":
                    return signal if signal.kind == "return" else None
                if self._left_loop or len(frame.returns) > returned:
                    # Whether it goes on is not known: like a loop on an unknown condition.
                    return None
        finally:
            self.conditional, self.repeated = outside, repeated
            self._left_loop = enclosing

    # --- with, try, raise ---

    def _with(self, node: ast.With, frame: Frame) -> Signal | None:
        return self._with_items(node, 0, frame)

    def _with_items(self, node: ast.With, n: int, frame: Frame) -> Signal | None:
        if n == len(node.items):
            return self.block(node.body, frame)
        item = node.items[n]
        manager = self.eval(item.context_expr, frame)

        def inside(value: Any) -> Signal | None:
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value, frame)
            return self._with_items(node, n + 1, frame)

        return self.within(manager, inside, item.context_expr, frame)

    def within(self, manager: Any, body: Callable[[Any], Signal | None], node: ast.expr, frame: Frame) -> Signal | None:
        """Run `body` inside a context manager."""
        if isinstance(manager, ContextManager):
            signals: list[Signal | None] = []
            names = self._bind(manager.function, manager.args, manager.kwargs, node, frame)
            self.run_function(
                manager.function, names, manager.args, node, frame, lambda value: signals.append(body(value))
            )
            return signals[0] if signals else None
        if isinstance(manager, EnterOnly):
            try:
                return body(manager.value)
            except Raised as error:
                if any(self.matches(error.value, t, node, frame) for t in manager.suppress):
                    return None
                raise
        if type(manager) is Deferred and manager.op == "if":
            manager = next((m for m in manager.operands[1:] if isinstance(m, (HostObject, Instance))), manager)
        if type(manager) is Instance and self.method(manager, "__enter__") is not MISSING:
            return self._within_instance(manager, body, node, frame)
        host = manager.host if type(manager) is Instance else manager
        if isinstance(host, HostObject):
            entered = host.enter(self.at(node, frame))
            try:
                return body(manager if entered is host else entered)
            finally:
                host.exit(self.at(node, frame))
        if type(manager) in LATE:
            return body(
                self.defer("call", (self.defer("attribute", (manager,), node, frame, name="__enter__"),), node, frame)
            )
        return body(self.unknown(f"entering {describe(manager)}", node, frame))

    def _within_instance(
        self, manager: Instance, body: Callable[[Any], Signal | None], node: ast.expr, frame: Frame
    ) -> Signal | None:
        leave = self.method(manager, "__exit__")
        value = self.call(self.method(manager, "__enter__"), [], {}, node, frame)
        try:
            result = body(value)
        except Raised as error:
            kind = error.value.cls if type(error.value) is Instance else type(error.value)
            if (
                leave is not MISSING
                and self.truth(self.call(leave, [kind, error.value, None], {}, node, frame), node, frame) is True
            ):
                return None
            raise
        if leave is not MISSING:
            self.call(leave, [None, None, None], {}, node, frame)
        return result

    def _try(self, node: Any, frame: Frame) -> Signal | None:
        try:
            signal = self._try_body(node, frame)
        except Raised:
            ending = self.block(node.finalbody, frame)
            if ending is not None:
                return ending
            raise
        ending = self.block(node.finalbody, frame)
        return signal if ending is None else ending

    def _try_body(self, node: Any, frame: Frame) -> Signal | None:
        try:
            signal = self.block(node.body, frame)
        except Raised as error:
            for handler in node.handlers:
                if handler.type is None or self.matches(error.value, self.eval(handler.type, frame), handler, frame):
                    return self._handle(handler, error, frame)
            raise
        if signal is None and node.orelse:
            return self.block(node.orelse, frame)
        return signal

    def _handle(self, handler: ast.ExceptHandler, error: Raised, frame: Frame) -> Signal | None:
        if handler.name:
            self.bind_name(handler.name, error.value, frame)
        self.handling.append(error)
        try:
            return self.block(handler.body, frame)
        finally:
            self.handling.pop()
            if handler.name and handler.name in frame.names:
                self.touch(frame.names)
                del frame.names[handler.name]

    def matches(self, value: Any, cls: Any, node: ast.AST, frame: Frame) -> bool:
        """Whether an exception is one of a handler's class."""
        if isinstance(cls, tuple):
            return any(self.matches(value, c, node, frame) for c in cls)
        if isinstance(cls, type):
            if isinstance(value, BaseException):
                return isinstance(value, cls)
            if type(value) is Instance:
                reals = [b for b in value.cls.mro if isinstance(b, type)]
                return any(issubclass(b, cls) for b in reals) or (not reals and cls in (Exception, BaseException))
            return cls in (Exception, BaseException)
        if type(cls) is UserClass:
            return type(value) is Instance and cls in value.cls.mro
        if isinstance(value, Foreign):
            return bool(value.name == (describe(cls).rpartition(".")[2] or ""))
        made_by = value.operands[0] if type(value) is Deferred and value.op == "call" else value
        if type(value) is Instance:
            return any(b is cls or (type(b) is Symbol and b == cls) for b in value.cls.mro)
        if type(made_by) is Symbol or type(cls) is Symbol:
            return bool(type(made_by) is type(cls) and made_by == cls)
        return made_by is cls

    def _raise(self, node: ast.Raise, frame: Frame) -> None:
        if node.exc is None:
            if self.handling:
                raise self.handling[-1]
            self.raise_("RuntimeError", "No active exception to reraise", node, frame)
        value = self.eval(node.exc, frame)
        if isinstance(value, type) or type(value) is UserClass:
            value = self.call(value, [], {}, node, frame)
        if node.cause is not None:
            self.eval(node.cause, frame)
        raise Raised(value, self.span(node, frame))

    def _return(self, node: ast.Return, frame: Frame) -> Signal:
        return Signal("return", None if node.value is None else self.eval(node.value, frame))

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


def _named_tuple(args: list[Any], kwargs: dict[str, Any], at: Any) -> Any:
    fields = args[1] if len(args) > 1 else list(kwargs.items())
    names = [field[0] for field in fields] if isinstance(fields, (list, tuple)) else None
    if names is None or not all(
        isinstance(n, str) and n.isidentifier() and not keyword.iskeyword(n) for n in [args[0], *names]
    ):
        return at.unknown("a named tuple")
    return at.machine.guarded(lambda: collections.namedtuple(args[0], names), at.node, at.frame)


NAMED_TUPLE = Native("typing.NamedTuple", _named_tuple, lazy=True)
"""`typing.NamedTuple`, as a base class or called."""

TYPED_DICT = Native("typing.TypedDict", lambda args, kwargs, at: dict, lazy=True)
"""`typing.TypedDict`: its instances are dicts."""


def _stands_for_many(value: Unknown) -> bool:
    return value.reason.startswith("elements known at run time")
