"""Lists, tuples, sets, dicts and comprehensions as they are written; unpacking."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

from ..airflow_model import Deferred, Unknown
from .classes import Classes
from .frames import Frame
from .objects import MISSING, BoundReached
from .values import LATE, describe


class Displays(Classes):
    """Containers made by syntax."""

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Any:
        return self.item(self.eval(node.value, frame), self.eval(node.slice, frame), node, frame)

    def _slice(self, node: ast.Slice, frame: Frame) -> Any:
        parts = [None if p is None else self.eval(p, frame) for p in (node.lower, node.upper, node.step)]
        if self.later(parts) is not None:
            return self.unknown("a slice known at run time only", node, frame)
        return slice(*parts)

    def _elements_of(self, nodes: list[ast.expr], frame: Frame) -> list[Any]:
        result: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                value = self.eval(node.value, frame)
                items = self.elements(value, node, frame)
                if type(items) in LATE:
                    result.append(self.unknown(describe(items), node, frame))
                else:
                    result += items
            else:
                result.append(self.eval(node, frame))
        return result

    def _list(self, node: ast.List, frame: Frame) -> Any:
        return self._elements_of(node.elts, frame)

    def _tuple(self, node: ast.Tuple, frame: Frame) -> Any:
        return tuple(self._elements_of(node.elts, frame))

    def _set(self, node: ast.Set, frame: Frame) -> Any:
        items = self._elements_of(node.elts, frame)
        self.arrive(items)
        return self.guarded(lambda: set(items), node, frame)

    def _dict(self, node: ast.Dict, frame: Frame) -> Any:
        result: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self.merge_into(result, self.eval(value, frame), value, frame)
            else:
                self.set_item(result, self.eval(key, frame), self.eval(value, frame), node, frame)
        return result

    def merge_into(self, target: dict[Any, Any], value: Any, node: ast.AST, frame: Frame) -> None:
        """`target.update(value)`; what is not known leaves an unknown key behind."""
        if isinstance(value, dict):
            target.update(value)
            self.carry_marks(value, target, ((k, k) for k in value))
            return
        if type(value) is Deferred and value.op == "if":

            def merge(alternative: Any) -> None:
                self.touch(target)
                self.merge_into(target, alternative, node, frame)

            self.each(value, node, frame, merge)
            return
        if type(value) in LATE:
            unknown = value if type(value) is Unknown else self.unknown(describe(value), node, frame)
            for key in target:
                target[key] = unknown  # each may be set anew
            target[unknown] = unknown
            return
        keys = self.method(value, "keys")
        if keys is not MISSING:
            names = self.elements(self.call(keys, [], {}, node, frame), node, frame)
            if type(names) not in LATE:
                target.update({name: self.item(value, name, node, frame) for name in names})
            return
        base = getattr(value, "base", MISSING)
        if isinstance(base, dict):
            target.update(base)
            return
        pairs = self.elements(value, node, frame)
        if type(pairs) in LATE:
            self.merge_into(target, pairs, node, frame)
            return
        for pair in pairs:
            key, item = self.unpack(pair, 2, node, frame)
            target[key] = item

    def unpack(self, value: Any, count: int, node: ast.AST, frame: Frame) -> list[Any]:
        """The elements of a value that must have `count` of them."""
        items = self.elements(value, node, frame)
        if type(items) in LATE:
            return [self.item(value, n, node, frame) for n in range(count)]
        if len(items) != count:
            if len(items) == 1 and type(items[0]) in LATE:
                return [items[0]] * count
            what = "not enough values" if len(items) < count else "too many values"
            self.raise_("ValueError", f"{what} to unpack (expected {count})", node, frame)
        return list(items)

    # --- comprehensions ---

    def _listcomp(self, node: Any, frame: Frame) -> Any:
        result: list[Any] = []

        def add(inner: Frame) -> None:
            value = self.eval(node.elt, inner)
            self.touch(result)
            result.append(value)
            if self.repeated:
                self.mark_repeated(result, [value])

        self._comprehend(node.generators, 0, frame, add, result)
        return iter(result) if isinstance(node, ast.GeneratorExp) and not self.marks_of(result) else result

    def _setcomp(self, node: ast.SetComp, frame: Frame) -> Any:
        result: set[Any] = set()

        def add(inner: Frame) -> None:
            value = self.eval(node.elt, inner)
            self.touch(result)
            self.arrive((value,))
            self.guarded(lambda: result.add(value), node, inner)

        self._comprehend(node.generators, 0, frame, add, result)
        return result

    def _dictcomp(self, node: ast.DictComp, frame: Frame) -> Any:
        result: dict[Any, Any] = {}

        def add(inner: Frame) -> None:
            self.set_item(result, self.eval(node.key, inner), self.eval(node.value, inner), node, inner)

        self._comprehend(node.generators, 0, frame, add, result)
        return result

    def _comprehend(
        self, generators: list[ast.comprehension], n: int, frame: Frame, add: Callable[[Frame], None], result: Any
    ) -> None:
        generator = generators[n]
        value = self.eval(generator.iter, frame)
        inner = Frame(frame.module, {}, frame, function=frame.function)
        inner.owner, inner.self_value = frame.owner, frame.self_value

        def turn(element: Any) -> None:
            if len(result) > self.bounds.elements:
                raise BoundReached(f"a container of more than {self.bounds.elements:,} elements")
            self.assign(generator.target, element, inner)
            self._filtered(generator.ifs, inner, lambda: step(inner), generator)

        def step(current: Frame) -> None:
            if n + 1 < len(generators):
                self._comprehend(generators, n + 1, current, add, result)
            else:
                add(current)

        self.turns(value, generator.iter, frame, turn)

    def _filtered(self, conditions: list[ast.expr], frame: Frame, step: Callable[[], None], node: ast.AST) -> None:
        for n, test in enumerate(conditions):
            truth = self.truth(self.eval(test, frame), test, frame)
            if truth is False:
                return
            if truth is not True:
                rest = functools.partial(self._filtered, conditions[n + 1 :], frame, step, node)
                self.fork(truth, test, frame, rest, lambda: None)
                return
        step()

    def turns(self, value: Any, node: ast.AST, frame: Frame, turn: Callable[[Any], Any]) -> Any:
        """Call `turn` for each element, under the conditions and repetitions the element stands under.

        What `turn` returns ends the loop unless it is None. Over an unknown, one turn with an unknown element.
        """
        raise NotImplementedError

    def assign(self, target: ast.expr, value: Any, frame: Frame) -> None:
        raise NotImplementedError
