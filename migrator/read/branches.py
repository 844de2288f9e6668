"""Running two branches on one frame: what each changes is taken back, then both changes are joined.

A name (or dict item, or attribute) the two leave with different values becomes `Deferred("if", (condition, then,
else))`, unknown where the condition cannot be reproduced and the values are plain data. Where only one of the two
defines it, that value is kept: in the other case a program that reads it would fail. Against None an object wins
(`task = None`, then `if …: task = Operator(…)`). Elements appended in one branch stay in the list and are marked, so
that what a loop over the list makes of them stands under the condition. A branch that raises does not happen; one that
returns leaves the rest conditional.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from ..airflow_model import Deferred, Unknown
from .core import Core
from .frames import Frame
from .objects import MISSING, Raised
from .values import ATOMS, LATE, OBJECTS


class Signal:
    """How a statement ended other than by falling through."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: Any = None) -> None:
        self.kind = kind
        self.value = value


BREAK = Signal("break")
CONTINUE = Signal("continue")
_Touched = dict[int, tuple[Any, Any]]


class Branches(Core):
    """Journal, fork and join."""

    def touch(self, container: Any) -> None:
        """Say, before a change, that a container is about to change."""
        journal = self.journal
        if journal is not None and id(container) not in journal:
            journal[id(container)] = (container, _copy(container))

    def fork(
        self,
        condition: Any,
        node: ast.AST,
        frame: Frame,
        then: Callable[[], Any],
        other: Callable[[], Any],
        named: bool = False,
    ) -> list[tuple[bool, Any]]:
        """Run both under the condition; (which, result) of those that did not raise. Joins all they changed.

        Raises what `then` raised when both raise.
        """
        known = self.known_condition(condition)
        if known is not None:
            return [(known, then() if known else other())]
        self.step(node, frame, 20)
        outer, outside = self.journal, self.conditional
        runs: list[tuple[bool, Any, _Touched, dict[int, Any]]] = []
        failure: Raised | None = None
        for which, run in ((True, then), (False, other)):
            self.journal = {}
            self.conditional = (
                *outside,
                self.condition(condition, node, frame, not which, named and type(condition) is not Deferred),
            )
            self.assumed.append((condition, which))
            try:
                result = run()
            except Raised as error:
                failure = failure or error
                _restore(self.journal)
            else:
                after = {key: _copy(container) for key, (container, _) in self.journal.items()}
                _restore(self.journal)
                runs.append((which, result, self.journal, after))
            finally:
                self.assumed.pop()
                self.journal, self.conditional = outer, outside
        if not runs and failure is not None:
            raise failure
        if len(runs) == 1:
            _, _, touched, after = runs[0]
            for key, (container, _) in touched.items():
                self.touch(container)
                _assign(container, after[key])
        else:
            self._join(condition, node, frame, runs)
        return [(which, result) for which, result, _, _ in runs]

    def known_condition(self, condition: Any) -> bool | None:
        """What an enclosing branch already assumes of the same condition, or of one that excludes it."""
        if type(condition) is Unknown or not self.assumed:
            return None
        if type(condition) is Deferred and condition.op == "not":
            inner = self.known_condition(condition.operands[0])
            return None if inner is None else not inner
        wanted = self.fingerprint(condition)
        for assumed, which in self.assumed:
            if self.fingerprint(assumed) == wanted:
                return which
            if which and self._excludes(assumed, condition):
                return False
        return None

    def _excludes(self, assumed: Any, condition: Any) -> bool:
        """`x == "a"` excludes `x == "b"`."""
        return (
            type(assumed) is Deferred
            and type(condition) is Deferred
            and assumed.op == condition.op == "=="
            and type(assumed.operands[1]) is str
            and type(condition.operands[1]) is str
            and assumed.operands[1] != condition.operands[1]
            and self.fingerprint(assumed.operands[0]) == self.fingerprint(condition.operands[0])
        )

    def _join(
        self, condition: Any, node: ast.AST, frame: Frame, runs: list[tuple[bool, Any, _Touched, dict[int, Any]]]
    ) -> None:
        (_, first, touched_a, after_a), (_, second, touched_b, after_b) = runs
        gone_a, gone_b = isinstance(first, Signal), isinstance(second, Signal)
        for key, (container, before) in {**touched_b, **touched_a}.items():
            a: Any = after_a.get(key, before)
            b: Any = after_b.get(key, before)
            self.touch(container)
            if container is frame.names and gone_a != gone_b:
                # Only one of the two goes on in this scope.
                _assign(container, b if gone_a else a)
            elif isinstance(container, dict):
                self._join_dicts(container, a, b, condition, node, frame)
            elif isinstance(container, list):
                self._join_lists(container, before, a, b, condition, node, frame)
            elif isinstance(container, set):
                _assign(container, a | b)
                self._mark(container, [x for x in a ^ b if x not in before], condition, node, frame)
            else:
                _assign(container, a if len(a) >= len(b) else b)

    def _join_dicts(self, container: Any, a: Any, b: Any, condition: Any, node: ast.AST, frame: Frame) -> None:
        joined = {}
        marked = []
        for key in [*b, *(k for k in a if k not in b)] if len(b) > len(a) else [*a, *(k for k in b if k not in a)]:
            x, y = a.get(key, MISSING), b.get(key, MISSING)
            if x is MISSING or y is MISSING:
                joined[key] = y if x is MISSING else x
                marked.append(key)
            else:
                joined[key] = self.choice(condition, x, y, node, frame)
        _assign(container, joined)
        if marked:
            self._mark(container, marked, condition, node, frame)

    def _join_lists(
        self, container: Any, before: Any, a: Any, b: Any, condition: Any, node: ast.AST, frame: Frame
    ) -> None:
        n = len(before)
        if _identical(a, b):
            _assign(container, a)
        elif _identical(a[:n], before) and _identical(b[:n], before):
            _assign(container, [*before, *a[n:], *b[n:]])
            self._mark(container, [*a[n:], *b[n:]], condition, node, frame)
        elif len(a) == len(b):
            _assign(container, [self.choice(condition, x, y, node, frame) for x, y in zip(a, b, strict=True)])
        else:
            kept = {id(x) for x in a} & {id(x) for x in b}
            longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
            merged = [*longer, *(x for x in shorter if id(x) not in {id(y) for y in longer})]
            _assign(container, merged)
            self._mark(container, [x for x in merged if id(x) not in kept], condition, node, frame)

    def choice(self, condition: Any, a: Any, b: Any, node: ast.AST, frame: Frame) -> Any:
        """`a if condition else b` for a condition not known."""
        a, b = self._given(condition, True, a), self._given(condition, False, b)
        if same(a, b):
            return a
        if type(a) is Unknown or type(b) is Unknown:
            return a if type(a) is Unknown else b
        a_object, b_object = isinstance(a, OBJECTS), isinstance(b, OBJECTS)
        if (a_object and b is None) or (b_object and a is None):
            return a if a_object else b
        if _objects_in(a) + _objects_in(b) > self.bounds.alternatives:
            # Whatever is done with it is done with each, under all their conditions.
            return self.unknown(f"one of more than {self.bounds.alternatives} alternatives", node, frame)
        if a_object or b_object or type(condition) is not Unknown:
            return self.defer("if", (condition, a, b), node, frame)
        return Unknown(condition.reason, condition.span)

    def _given(self, condition: Any, holds: bool, value: Any) -> Any:
        """What a value that depends on the same condition is then: choices do not grow in a loop."""
        while type(value) is Deferred and value.op == "if" and type(condition) is not Unknown:
            if self.fingerprint(value.operands[0]) != self.fingerprint(condition):
                break
            value = value.operands[1 if holds else 2]
        return value

    def each(self, value: Deferred, node: ast.AST, frame: Frame, operation: Callable[[Any], Any]) -> Any:
        """Do an operation on both alternatives of a `Deferred("if")`, each under its condition."""
        condition, a, b = value.operands
        done = self.fork(condition, node, frame, lambda: operation(a), lambda: operation(b), named=True)
        if len(done) == 1:
            return done[0][1]
        return self.choice(condition, done[0][1], done[1][1], node, frame)

    # --- elements that are there under a condition ---

    def _mark(self, container: Any, elements: list[Any], condition: Any, node: ast.AST, frame: Frame) -> None:
        if not elements:
            return
        stands_for = self.condition(condition, node, frame)
        _, marks = self.marks.setdefault(id(container), (container, {}))
        for element in elements:
            _, conditional, repeated = marks.get(id(element), (element, (), ()))
            marks[id(element)] = (element, (*conditional, stands_for), repeated)

    def mark_repeated(self, container: Any, elements: list[Any]) -> None:
        """Say that elements were added in a loop over something unknown."""
        _, marks = self.marks.setdefault(id(container), (container, {}))
        for element in elements:
            _, conditional, repeated = marks.get(id(element), (element, (), ()))
            marks[id(element)] = (element, conditional, repeated or self.repeated)

    def carry_marks(self, source: Any, target: Any, pairs: Iterator[tuple[Any, Any]]) -> None:
        """Give `target`'s elements the marks their origins have in `source`."""
        marks = self.marks_of(source)
        if marks:
            _, own = self.marks.setdefault(id(target), (target, {}))
            for origin, element in pairs:
                if id(origin) in marks:
                    own[id(element)] = (element, *marks[id(origin)][1:])


def _objects_in(value: Any) -> int:
    """How many objects a value of conditions may be."""
    count, waiting = 0, [value]
    while waiting:
        at = waiting.pop()
        if type(at) is Deferred and at.op == "if":
            waiting += at.operands[1:]
        else:
            count += isinstance(at, OBJECTS)
    return count


def same(a: Any, b: Any) -> bool:
    """Whether two values are surely interchangeable."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if type(a) in ATOMS:
        return bool(a == b)
    if type(a) in LATE and not isinstance(a, Deferred):
        try:
            return bool(a == b)
        except RecursionError:
            return False
    if isinstance(a, (list, tuple)) and type(a) in (list, tuple):
        return _identical(a, b)
    if type(a) is dict and len(a) <= 50:
        return list(a) == list(b) and _identical(list(a.values()), list(b.values()))
    return False


def _identical(a: Any, b: Any) -> bool:
    return len(a) == len(b) and all(
        x is y or (type(x) in ATOMS and type(x) is type(y) and x == y) for x, y in zip(a, b, strict=True)
    )


def _copy(container: Any) -> Any:
    return dict(container) if isinstance(container, dict) else container.copy()


def _assign(container: Any, content: Any) -> None:
    if isinstance(container, list):
        container[:] = content
    elif isinstance(container, dict):
        container.clear()
        container.update(content)
    elif isinstance(container, (set, deque, bytearray)):
        container.clear()
        container.extend(content) if not isinstance(container, set) else container.update(content)


def _restore(journal: _Touched) -> None:
    for container, before in journal.values():
        _assign(container, before)
