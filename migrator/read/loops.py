"""`for` and `while`, and the turns of every loop: over known elements, marked ones and unknowns."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from ..airflow_model import Deferred, Unknown
from .assignments import Assignments
from .branches import Signal, same
from .frames import Frame
from .objects import (
    MISSING,
    BoundReached,
)
from .values import LATE, describe


class Loops(Assignments):
    """Loops."""

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


def _stands_for_many(value: Unknown) -> bool:
    return value.reason.startswith("elements known at run time")
