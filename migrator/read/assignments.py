"""Assignments, augmented assignments and `del`."""

from __future__ import annotations

import ast
from typing import Any

from .expressions import OPERATORS, Expressions
from .frames import Frame
from .matching import Matching
from .objects import (
    MISSING,
)
from .reaching import REASON, change, reached
from .values import LATE, describe


class Assignments(Matching, Expressions):
    """Everything that binds and unbinds."""

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
        for target in reached(self, value):
            change(self, target, f"{op}=", self.unknown(REASON, node, frame))
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
                else:
                    for changed in reached(self, owner) if type(owner) in LATE else (owner,):
                        change(self, changed, "pop", self.unknown(REASON, target, frame))
            elif isinstance(target, ast.Attribute):
                owner = self.eval(target.value, frame)
                attributes = getattr(owner, "attributes", None)
                if isinstance(attributes, dict) and target.attr in attributes:
                    self.touch(attributes)
                    del attributes[target.attr]
