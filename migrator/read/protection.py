"""`with`, `try` and `raise`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..airflow_model import Deferred, Symbol
from .branches import Signal
from .frames import Frame
from .host import HostObject
from .loops import Loops
from .objects import (
    MISSING,
    ContextManager,
    EnterOnly,
    Foreign,
    Instance,
    Raised,
    UserClass,
)
from .values import LATE, describe


class Protection(Loops):
    """Context managers and exceptions."""

    handling: list[Raised]

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
