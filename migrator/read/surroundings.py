"""Where an expression of a user's function stands: what follows it, what it is bound or passed to."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import field

from ..airflow_model import Unknown, Value
from ..records import dataclass
from ..source import Span
from .bindings import Binding, Scope, all_parameters
from .origins import Origins
from .outline import Entry
from .places import span_of


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The parents of every node of a piece of code, and questions about them. The answers are details of uses."""

    origins: Origins
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)

    def enter(self, node: ast.AST) -> None:
        """Make the nodes under one known."""
        for parent in ast.walk(node):
            for child in ast.iter_child_nodes(parent):
                self.parents[child] = parent

    def span(self, node: ast.AST | None) -> Span | None:
        return None if node is None else span_of(node, self.origins.source)

    def path(self, node: ast.expr) -> tuple[tuple[Value, ...], ast.expr]:
        """The attributes and literal keys read of an expression, and the expression with them."""
        path: list[Value] = []
        outer = node
        while True:
            parent = self.parents.get(outer)
            if isinstance(parent, ast.Attribute):
                path.append(parent.attr)
            elif isinstance(parent, ast.Subscript) and parent.value is outer:
                key = self.origins.literal(parent.slice)
                if isinstance(key, Unknown):
                    return tuple(path), outer
                path.append(key)
            else:
                return tuple(path), outer
            outer = parent

    def is_called(self, node: ast.expr) -> bool:
        parent = self.parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def slices(self, node: ast.expr, outer: ast.expr) -> Iterator[ast.expr]:
        """The subscripts between an expression and what is read of it."""
        at: ast.AST = node
        while at is not outer:
            at = self.parents[at]
            if isinstance(at, ast.Subscript):
                yield at.slice

    def target(self, node: ast.expr) -> dict[str, Value]:
        """The call a value is passed to, and whether its way can be followed there."""
        parent = self.parents.get(node)
        unpacked = isinstance(parent, ast.keyword) and parent.arg is None
        call = self.parents.get(parent) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            return {}
        entry = self.helper(call)
        followed = entry is not None and any(value is node for _, value in handed(call, entry))
        details: dict[str, Value] = {"to": ast.unparse(call.func), "followed": followed}
        return {**details, "unpacked": True} if unpacked else details

    def through(self, node: ast.expr) -> dict[str, Value]:
        """The local name an expression is read by."""
        if isinstance(node, ast.Name) and any(b.kind in ("assign", "with") for b in self.bindings(node)):
            return {"alias": node.id}
        return {}

    def bindings(self, node: ast.Name) -> Sequence[Binding]:
        scope = self.origins.names.loads.get(node)
        return () if scope is None else scope.bindings.get(node.id, ())

    def assigned(self, node: ast.expr) -> dict[str, Value]:
        """The local name an expression is bound to and stands for from then on."""
        parent = self.parents.get(node)
        match parent:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                statement: Span | None = self.span(parent)
            case ast.NamedExpr(target=ast.Name(id=name)) | ast.withitem(optional_vars=ast.Name(id=name)):
                statement = None
            case _:
                return {}
        scope: Scope | None = self.scope(node)
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        if scope is None:
            return {}
        # A plain value is followed no further, so it counts only as all the name ever is.
        followed = self.origins.of(node) is not None
        if (self.origins.of_local(scope, name) is None) if followed else len(scope.bindings[name]) > 1:
            return {}
        return {"assigned": name, "statement": statement}

    def scope(self, node: ast.AST) -> Scope:
        """The scope a node stands in."""
        at: ast.AST | None = node
        while at is not None:
            if at in self.origins.names.scopes:
                return self.origins.names.scopes[at]
            at = self.parents.get(at)
        return self.origins.names.root

    def helper(self, call: ast.Call) -> Entry | None:
        """The function of the module that is called, if it is one."""
        if not isinstance(call.func, ast.Name):
            return None
        scope = self.origins.names.loads.get(call.func)
        if (scope is not None and scope is not self.origins.names.root) or call.func.id in self.origins.captured:
            return None
        entries = self.origins.outline.of(call.func.id)
        one = entries[0] if len(entries) == 1 else None
        return one if one is not None and isinstance(one.node, ast.FunctionDef | ast.AsyncFunctionDef) else None


def handed(call: ast.Call, entry: Entry) -> Iterator[tuple[ast.arg | None, ast.expr]]:
    """What a call hands to which parameter of a helper; None for a mapping that is unpacked into all of them."""
    if not isinstance(entry.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    args = entry.node.args
    by_name = {arg.arg: arg for arg in all_parameters(args)}
    for parameter, value in zip([*args.posonlyargs, *args.args], call.args, strict=False):
        if isinstance(value, ast.Starred):
            break
        yield parameter, value
    for keyword in call.keywords:
        if keyword.arg is None:
            yield None, keyword.value
        elif keyword.arg in by_name:
            yield by_name[keyword.arg], keyword.value
