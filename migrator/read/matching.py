"""The `match` statement."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable
from typing import Any

from .branches import Signal
from .expressions import Expressions
from .frames import Frame
from .objects import MISSING, Instance, UserClass
from .values import LATE


class Matching(Expressions):
    """Patterns: True, False, or a value that decides at run time."""

    def _match(self, node: ast.Match, frame: Frame) -> Signal | None:
        return self._cases(self.eval(node.subject, frame), node.cases, frame)

    def _cases(self, subject: Any, cases: list[ast.match_case], frame: Frame) -> Signal | None:
        for n, case in enumerate(cases):
            outcome = self._pattern(case.pattern, subject, frame)
            if outcome is not False and case.guard is not None:
                guard = self.truth(self.eval(case.guard, frame), case.guard, frame)
                outcome = guard if outcome is True or guard is False else outcome
            if outcome is True:
                return self.block(case.body, frame)
            if outcome is not False:
                then = functools.partial(self.block, case.body, frame)
                rest = functools.partial(self._cases, subject, cases[n + 1 :], frame)
                return self.branch(outcome, case.pattern, frame, then, rest)
        return None

    def branch(
        self,
        condition: Any,
        node: ast.AST,
        frame: Frame,
        then: Callable[[], Signal | None],
        other: Callable[[], Signal | None],
    ) -> Signal | None:
        raise NotImplementedError

    def _all(self, outcomes: list[Any]) -> Any:
        if False in [o for o in outcomes if isinstance(o, bool)]:
            return False
        return next((o for o in outcomes if o is not True), True)

    def _pattern(self, pattern: ast.pattern, subject: Any, frame: Frame) -> Any:
        match pattern:
            case ast.MatchValue():
                return self.truth(
                    self.binary("==", subject, self.eval(pattern.value, frame), pattern, frame), pattern, frame
                )
            case ast.MatchSingleton():
                if type(subject) in LATE:
                    return self.defer("is", (subject, pattern.value), pattern, frame)
                return subject is pattern.value
            case ast.MatchAs():
                outcome = True if pattern.pattern is None else self._pattern(pattern.pattern, subject, frame)
                if outcome is not False and pattern.name is not None:
                    self.bind_name(pattern.name, subject, frame)
                return outcome
            case ast.MatchOr():
                late: Any = False
                for alternative in pattern.patterns:
                    outcome = self._pattern(alternative, subject, frame)
                    if outcome is True:
                        return True
                    late = late if outcome is False else outcome
                return late
            case ast.MatchSequence():
                return self._sequence(pattern, subject, frame)
            case ast.MatchMapping():
                return self._mapping(pattern, subject, frame)
            case ast.MatchClass():
                return self._class_pattern(pattern, subject, frame)
        return self.unknown("a match pattern", pattern, frame)

    def _sequence(self, pattern: ast.MatchSequence, subject: Any, frame: Frame) -> Any:
        patterns = pattern.patterns
        star = next((n for n, p in enumerate(patterns) if isinstance(p, ast.MatchStar)), None)
        if type(subject) in LATE:
            for element in patterns:
                unknown = self.unknown("part of a value known at run time", element, frame)
                if isinstance(element, ast.MatchStar):
                    if element.name:
                        self.bind_name(element.name, unknown, frame)
                else:
                    self._pattern(element, unknown, frame)
            return subject
        if not isinstance(subject, (list, tuple, range)):
            return False
        items = list(subject)
        if star is None:
            if len(items) != len(patterns):
                return False
            return self._all([self._pattern(p, x, frame) for p, x in zip(patterns, items, strict=True)])
        after = len(patterns) - star - 1
        if len(items) < star + after:
            return False
        end = len(items) - after
        outcomes = [self._pattern(p, x, frame) for p, x in zip(patterns[:star], items, strict=False)]
        middle = patterns[star]
        if isinstance(middle, ast.MatchStar) and middle.name:
            self.bind_name(middle.name, items[star:end], frame)
        outcomes += [self._pattern(p, x, frame) for p, x in zip(patterns[star + 1 :], items[end:], strict=True)]
        return self._all(outcomes)

    def _mapping(self, pattern: ast.MatchMapping, subject: Any, frame: Frame) -> Any:
        late = type(subject) in LATE
        if not late and not isinstance(subject, dict):
            return False
        outcomes: list[Any] = [subject] if late else []
        used = []
        for key_node, element in zip(pattern.keys, pattern.patterns, strict=True):
            key = self.eval(key_node, frame)
            used.append(key)
            if not late and key not in subject:
                return False
            outcomes.append(self._pattern(element, self.item(subject, key, element, frame), frame))
        if pattern.rest:
            rest = (
                self.unknown("the rest", pattern, frame)
                if late
                else {k: v for k, v in subject.items() if k not in used}
            )
            self.bind_name(pattern.rest, rest, frame)
        return self._all(outcomes)

    def _class_pattern(self, pattern: ast.MatchClass, subject: Any, frame: Frame) -> Any:
        cls = self.eval(pattern.cls, frame)
        outcome = self.truth(self.is_instance(subject, cls, pattern, frame), pattern, frame)
        if outcome is False:
            return False
        outcomes = [outcome]
        if pattern.patterns:
            if isinstance(cls, type) and len(pattern.patterns) == 1:
                outcomes.append(self._pattern(pattern.patterns[0], subject, frame))
            elif type(cls) is UserClass and type(subject) is Instance:
                names = cls.find("__match_args__")
                names = tuple(f.name for f in cls.fields or ()) if names is MISSING else names
                for name, element in zip(names, pattern.patterns, strict=False):
                    outcomes.append(self._pattern(element, self.attribute(subject, name, element, frame), frame))
            else:
                for element in pattern.patterns:
                    outcomes.append(self._pattern(element, self.unknown("part of a value", element, frame), frame))
        for name, element in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            if type(subject) is Instance and name not in subject.attributes and subject.cls.find(name) is MISSING:
                return False
            outcomes.append(self._pattern(element, self.attribute(subject, name, element, frame), frame))
        return self._all(outcomes)

    def is_instance(self, value: Any, cls: Any, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError
