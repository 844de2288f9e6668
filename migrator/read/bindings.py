"""Which name means what in a piece of Python: what binds a name, and which binding's scope each load reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import lru_cache
from typing import Literal, TypeAlias

from ..records import dataclass

BindingKind: TypeAlias = Literal["parameter", "assign", "with", "loop", "import", "definition", "other"]


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """What gives a name a value: `value` is the expression of an assignment, `with` or loop, `statement` what binds.

    For an import `path` is the dotted path the name stands for.
    """

    kind: BindingKind
    statement: ast.AST
    value: ast.expr | None = None
    path: str | None = None


@dataclass(slots=True, eq=False)
class Scope:
    """One scope: of the function, lambda, class or comprehension `node`; the outermost is what was analysed."""

    node: ast.AST
    parent: Scope | None = None
    is_class: bool = False
    is_comprehension: bool = False
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    passed_on: dict[str, bool] = field(default_factory=dict)
    """Names declared `global` (true) or `nonlocal` here."""

    def bind(self, name: str, binding: Binding) -> None:
        self.bindings.setdefault(name, []).append(binding)


@dataclass(slots=True, eq=False)
class Names:
    """The names of a piece of code. `loads` maps each load to the scope it reads, None for a name from outside."""

    root: Scope
    scopes: dict[ast.AST, Scope]
    loads: dict[ast.Name, Scope | None]
    annotations: set[ast.expr]
    """The expressions that stand as annotations."""

    def free(self) -> Iterator[ast.Name]:
        """Every load of a name that comes from outside, in the order Python would meet them."""
        for name, scope in self.loads.items():
            if scope is None or scope is self.root:
                yield name


def names_in(*nodes: ast.AST) -> Names:
    """Resolve the names of some statements or expressions, taken as if they stood at the top of a module."""
    walker = _Walker(nodes[0] if nodes else ast.Module(body=[], type_ignores=[]))
    for node in nodes:
        walker.visit(node)
    loads = {name: _scope_of(name.id, scope) for name, scope in walker.loads}
    return Names(walker.root, walker.scopes, loads, walker.annotations)


@lru_cache(maxsize=1024)
def names_in_statement(node: ast.stmt) -> Names:
    """`names_in` for a statement of a module that is looked at again and again."""
    return names_in(node)


def _scope_of(name: str, start: Scope) -> Scope | None:
    at: Scope | None = start
    while at is not None:
        if name in at.passed_on:
            if at.passed_on[name]:
                return None
        elif name in at.bindings and (at is start or not at.is_class):
            return at
        at = at.parent
    return None


class _Walker(ast.NodeVisitor):
    def __init__(self, node: ast.AST) -> None:
        self.root = self.scope = Scope(node)
        self.scopes: dict[ast.AST, Scope] = {}
        self.loads: list[tuple[ast.Name, Scope]] = []
        self.annotations: set[ast.expr] = set()

    def _inside(self, scope: Scope) -> None:
        self.scopes[scope.node] = self.scope = scope

    def _outside(self) -> None:
        assert self.scope.parent is not None
        self.scope = self.scope.parent

    def _all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _annotation(self, node: ast.expr | None) -> None:
        if node is None:
            return
        self.annotations.add(node)
        self.visit(node)
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                try:
                    quoted = ast.parse(part.value.strip(), mode="eval").body
                except (SyntaxError, ValueError):
                    continue
                for inner in ast.walk(quoted):
                    ast.copy_location(inner, part)
                self.visit(quoted)

    def _bind(self, name: str, binding: Binding) -> None:
        self.scope.bind(name, binding)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._all(operands(node))

    # --- names

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.loads.append((node, self.scope))
        else:
            self._bind(node.id, Binding("other", node))

    def visit_Global(self, node: ast.Global) -> None:
        self.scope.passed_on.update(dict.fromkeys(node.names, True))

    def visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        self.scope.passed_on.update(dict.fromkeys(node.names, False))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._bind(name, Binding("import", node, path=alias.name if alias.asname else name))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name != "*":
                self._bind(alias.asname or alias.name, Binding("import", node, path=f"{module}.{alias.name}"))

    # --- what binds

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self._target(target, node.value, node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        if node.value is not None:
            self.visit(node.value)
            self._target(node.target, node.value, node)
        elif not isinstance(node.target, ast.Name):
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.loads.append((node.target, self.scope))
        self.visit(node.target)
        self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        scope: Scope = self.scope
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        scope.bind(node.target.id, Binding("assign", node, node.value))

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.visit(item.context_expr)
            if isinstance(item.optional_vars, ast.Name):
                self._bind(item.optional_vars.id, Binding("with", node, item.context_expr))
            elif item.optional_vars is not None:
                self.visit(item.optional_vars)
        self._all(node.body)

    visit_With = visit_AsyncWith = _with

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._loop(node.target, node.iter, node)
        self._all([*node.body, *node.orelse])

    visit_For = visit_AsyncFor = _for

    def _loop(self, target: ast.expr, iterable: ast.expr, statement: ast.AST) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, Binding("loop", statement, iterable))
        else:
            self.visit(target)

    def _target(self, target: ast.expr, value: ast.expr, statement: ast.stmt) -> None:
        if isinstance(target, ast.Name):
            self._bind(target.id, Binding("assign", statement, value))
        elif pairs := _pairs(target, value):
            for one, its in pairs:
                self._target(one, its, statement)
        else:
            self.visit(target)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, Binding("other", node))
        self.generic_visit(node)

    def _captures(self, node: ast.AST) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self._bind(name, Binding("other", node))
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = _captures

    # --- what opens a scope

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name, Binding("definition", node))
        self._all(node.decorator_list)
        self._parameters(node.args)
        self._annotation(node.returns)
        self._inside(Scope(node, self.scope))
        self._type_parameters(node)
        self._bind_parameters(node.args)
        self._all(node.body)
        self._outside()

    visit_FunctionDef = visit_AsyncFunctionDef = _function

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._parameters(node.args)
        self._inside(Scope(node, self.scope))
        self._bind_parameters(node.args)
        self.visit(node.body)
        self._outside()

    def _parameters(self, args: ast.arguments) -> None:
        self._all([*args.defaults, *args.kw_defaults])
        for arg in all_parameters(args):
            self._annotation(arg.annotation)

    def _bind_parameters(self, args: ast.arguments) -> None:
        for arg in all_parameters(args):
            self._bind(arg.arg, Binding("parameter", arg))

    def _type_parameters(self, node: ast.AST) -> None:
        for parameter in getattr(node, "type_params", ()):
            self._bind(parameter.name, Binding("other", parameter))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._bind(node.name, Binding("definition", node))
        self._all([*node.decorator_list, *node.bases, *(k.value for k in node.keywords)])
        self._inside(Scope(node, self.scope, is_class=True))
        self._type_parameters(node)
        self._all(node.body)
        self._outside()

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        self.visit(node.generators[0].iter)
        self._inside(Scope(node, self.scope, is_comprehension=True))
        for index, generator in enumerate(node.generators):
            if index:
                self.visit(generator.iter)
            self._loop(generator.target, generator.iter, node)
            self._all(generator.ifs)
        self._all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self._outside()

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension


def operands(node: ast.BinOp, until: ast.expr | None = None) -> list[ast.expr]:
    """The operands of `a + b + c …`, in order, down to `until`: such chains (SQL in hundreds of pieces) are too deep
    to recurse into."""
    found: list[ast.expr] = []
    at: ast.expr = node
    while isinstance(at, ast.BinOp) and at is not until:
        found.append(at.right)
        at = at.left
    return [at, *reversed(found)]


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """The parts of `a, b = x, y` one by one; nothing where they do not match one to one."""
    if not isinstance(target, ast.Tuple | ast.List) or not isinstance(value, ast.Tuple | ast.List):
        return []
    parts = [*target.elts, *value.elts]
    if len(target.elts) != len(value.elts) or any(isinstance(part, ast.Starred) for part in parts):
        return []
    return list(zip(target.elts, value.elts, strict=True))


def defaulted(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    """The parameters that have a default, and its expression: those by position, then those by keyword only."""
    positional = [*arguments.posonlyargs, *arguments.args]
    last = positional[len(positional) - len(arguments.defaults) :]
    by_keyword = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [
        *zip(last, arguments.defaults, strict=True),
        *((parameter, default) for parameter, default in by_keyword if default is not None),
    ]


def all_parameters(args: ast.arguments) -> list[ast.arg]:
    """Every parameter in the order it is written."""
    star = [args.vararg] if args.vararg else []
    kwarg = [args.kwarg] if args.kwarg else []
    return [*args.posonlyargs, *args.args, *star, *args.kwonlyargs, *kwarg]
