"""Values of expressions of a user's function that are made of literals and known names; nothing is ever called."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Mapping
from dataclasses import field

from ..airflow_model import Symbol, Unknown, Value
from ..records import dataclass
from ..source import SourceFile
from .bindings import Names, Scope, operands
from .outline import Outline, is_value
from .places import span_of, text_of

_SIMPLE_FORMAT = re.compile(r"(?:[^%]|%%|%[sd])*")
_MOST = 1000
"""How many elements of a list or loop are looked at."""
_LONGEST = 100_000
"""How long a string or list may become."""
_STEPS = 100_000
_DEEPEST = 50
"""How many names one leads to by way of another."""


@dataclass(slots=True, eq=False)
class Literals:
    """What is known of the names of one piece of code (see `origins.Origins`)."""

    source: SourceFile
    names: Names
    outline: Outline
    constants: Mapping[str, Value]
    captured: Mapping[str, Value]
    arguments: Mapping[str, Value]
    function: ast.AST | None = None
    _busy: set[tuple[int, str]] = field(default_factory=set)
    _bound: dict[tuple[Scope, str], Value] = field(default_factory=dict)
    _known: dict[tuple[int, str], Value] = field(default_factory=dict)
    _steps: int = 0

    def of(self, node: ast.expr) -> Value:
        """The value of an expression, else Unknown."""
        self._steps += 1
        value = self.unknown(node) if self._steps > _STEPS else self._of(node)
        return self.unknown(node) if isinstance(value, str | list | tuple) and len(value) > _LONGEST else value

    def _of(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.List(elts=parts):
                return self._parts(node, parts)
            case ast.Tuple(elts=parts):
                found = self._parts(node, parts)
                return tuple(found) if isinstance(found, list) else found
            case ast.Set(elts=parts):
                found = self._parts(node, parts)
                return sorted(found, key=repr) if isinstance(found, list) else found
            case ast.Dict(keys=keys, values=values) if all(isinstance(k, ast.Constant) for k in keys):
                found = self._parts(node, values)
                if isinstance(found, list):
                    return {k.value: v for k, v in zip(keys, found, strict=True) if isinstance(k, ast.Constant)}
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.JoinedStr(values=values):
                return self._joined(node, values)
            case ast.BinOp(op=ast.Add()):
                return self._sum(node)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                return self._percent(node, self.of(left), self.of(right))
            case ast.Call(func=ast.Attribute(value=text, attr="format"), args=args, keywords=keywords):
                return self._format(node, self.of(text), args, keywords)
            case ast.ListComp(generators=[ast.comprehension(ifs=[], target=ast.Name(id=name)) as loop]):
                values_ = self._each(self.names.scopes.get(node), name, loop.iter, node.elt)
                return self.unknown(node) if values_ is None else values_
            case ast.Attribute(attr="XCOM_RETURN_KEY"):
                return "return_value"
        return self.unknown(node)

    def unknown(self, node: ast.expr) -> Unknown:
        span = span_of(node, self.source)
        text = " ".join(text_of(span, self.source).split())
        return Unknown(f"`{text if len(text) <= 60 else text[:57] + '...'}` is not a literal", span)

    def among(self, node: ast.expr) -> tuple[Value, ...] | None:
        """Every value an expression has in the one loop over literals it depends on; None where that is not known."""
        loops: dict[tuple[Scope, str], ast.expr] = {}
        for name in ast.walk(node):
            scope = self.names.loads.get(name) if isinstance(name, ast.Name) else None
            if scope is None or not isinstance(name, ast.Name):
                continue
            bindings = scope.bindings.get(name.id, [])
            if len(bindings) == 1 and bindings[0].kind == "loop" and bindings[0].value is not None:
                loops[scope, name.id] = bindings[0].value
        if len(loops) != 1:
            return None
        ((scope, loop_name), iterable), *_ = loops.items()
        values = self._each(scope, loop_name, iterable, node)
        return None if values is None else tuple(values)

    def _each(self, scope: Scope | None, name: str, iterable: ast.expr, element: ast.expr) -> list[Value] | None:
        items = self.of(iterable)
        if scope is None or not isinstance(items, list | tuple) or len(items) > _MOST or (scope, name) in self._bound:
            return None
        found: list[Value] = []
        try:
            for item in items:
                self._bound[scope, name] = item
                found.append(self.of(element))
        finally:
            self._bound.pop((scope, name), None)
        return None if any(isinstance(value, Unknown) for value in found) else found

    # --- strings and sums

    def _parts(self, node: ast.expr, parts: list[ast.expr]) -> list[Value] | Unknown:
        values = [self.of(part) for part in parts]
        return self.unknown(node) if any(isinstance(v, Unknown) for v in values) else values

    def _joined(self, node: ast.JoinedStr, values: list[ast.expr]) -> Value:
        fields = [v for v in values if isinstance(v, ast.FormattedValue)]
        found = self._parts(node, [v.value if isinstance(v, ast.FormattedValue) else v for v in values])
        plain = all(v.format_spec is None and v.conversion == -1 for v in fields)
        if plain and isinstance(found, list) and all(isinstance(part, str | int) for part in found):
            return "".join(str(part) for part in found)
        return self.unknown(node)

    def _sum(self, node: ast.BinOp) -> Value:
        inner: ast.expr = node.left
        while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Add):
            inner = inner.left
        if isinstance(inner, ast.BinOp) and not isinstance(inner.op, ast.Mod):
            return self.unknown(node)
        found = self._parts(node, operands(node, inner))
        if isinstance(found, list) and all(isinstance(part, str) for part in found):
            return "".join(found)
        if isinstance(found, list) and all(isinstance(part, list) for part in found):
            return [item for part in found for item in part]
        return self.unknown(node)

    def _percent(self, node: ast.expr, text: Value, given: Value) -> Value:
        values = given if isinstance(given, tuple) else (given,)
        if isinstance(text, str) and _SIMPLE_FORMAT.fullmatch(text) and all(isinstance(v, str | int) for v in values):
            try:
                return str(text % values)
            except (TypeError, ValueError):
                return self.unknown(node)
        return self.unknown(node)

    def _format(self, node: ast.expr, text: Value, args: list[ast.expr], keywords: list[ast.keyword]) -> Value:
        given = self._parts(node, [*args, *(k.value for k in keywords)])
        if not isinstance(text, str) or not isinstance(given, list) or not all(isinstance(v, str | int) for v in given):
            return self.unknown(node)
        named = {k.arg: v for k, v in zip(keywords, given[len(args) :], strict=True) if k.arg}
        try:
            for _, name, spec, conversion in string.Formatter().parse(text):
                if name is not None and (spec or conversion or not (name.isidentifier() or name.isdigit() or not name)):
                    return self.unknown(node)
            return text.format(*given[: len(args)], **named)
        except (ValueError, IndexError, KeyError):
            return self.unknown(node)

    # --- names

    def _name(self, node: ast.Name, name: str) -> Value:
        scope = self.names.loads.get(node)
        local = () if scope is None or scope is self.names.root else scope.bindings.get(name, ())
        if scope is not None and local:
            return self._local(node, scope)
        if name in self.captured:
            value = self.captured[name]
            return value if is_value(value) and not isinstance(value, Symbol) else self.unknown(node)
        if name in self.constants and not isinstance(self.constants[name], Unknown | Symbol):
            return self.constants[name]
        if self.outline.imported.get(name, "").endswith(".XCOM_RETURN_KEY"):
            return "return_value"
        entries = self.outline.of(name)
        if len(entries) == 1 and entries[0].item.kind == "assign" and entries[0].value is not None:
            return self._once(0, node, entries[0].value)
        return self.unknown(node)

    def _local(self, node: ast.Name, scope: Scope) -> Value:
        if (scope, node.id) in self._bound:
            return self._bound[scope, node.id]
        bindings = scope.bindings[node.id]
        binding = bindings[0]
        if len(bindings) > 1:
            return self.unknown(node)
        if binding.kind == "parameter" and scope.node is self.function and node.id in self.arguments:
            value = self.arguments[node.id]
            return value if is_value(value) else self.unknown(node)
        if binding.kind == "import" and (binding.path or "").endswith(".XCOM_RETURN_KEY"):
            return "return_value"
        if binding.kind != "assign" or binding.value is None:
            return self.unknown(node)
        return self._once(id(scope), node, binding.value)

    def _once(self, scope: int, node: ast.Name, value: ast.expr) -> Value:
        key = (scope, node.id)
        if key in self._busy or len(self._busy) > _DEEPEST:
            return self.unknown(node)
        if key not in self._known or self._bound:
            self._busy.add(key)
            try:
                self._known[key] = self.of(value)
            finally:
                self._busy.discard(key)
        found = self._known[key] if not self._bound else self._known.pop(key)
        return self.unknown(node) if isinstance(found, Unknown) else found
