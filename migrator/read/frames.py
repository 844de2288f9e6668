"""Scopes: which names a function, class or module body binds, and the frames that hold their values while they run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from ..records import dataclass

if TYPE_CHECKING:
    from .objects import UserClass, UserFunction, UserModule

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Names: TypeAlias = frozenset[str]
_NONE: Names = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """The names a body binds, declares global or nonlocal, and whether it yields."""

    bound: Names
    globals: Names
    nonlocals: Names
    yields: bool


class Frame:
    """The names of one running body. `parent` is the enclosing scope, `module` the file it is in."""

    __slots__ = (
        "function",
        "is_class",
        "is_module",
        "module",
        "names",
        "on_yield",
        "owner",
        "parent",
        "returns",
        "scope",
        "self_value",
        "yielded",
    )

    def __init__(
        self,
        module: UserModule,
        names: dict[str, Any],
        parent: Frame | None,
        scope: Scope | None = None,
        *,
        is_module: bool = False,
        is_class: bool = False,
        function: UserFunction | None = None,
    ) -> None:
        self.module = module
        self.names = names
        self.parent = parent
        self.scope = scope
        self.is_module = is_module
        self.is_class = is_class
        self.function = function
        self.owner: UserClass | None = None
        self.self_value: Any = None
        self.returns: list[tuple[Any, Any]] = []  # (condition, value) of returns under unknown conditions
        self.yielded: list[Any] | None = None
        self.on_yield: Any = None


def targets(node: ast.expr) -> Iterable[str]:
    """The plain names an assignment target binds."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, (ast.Tuple, ast.List)):
        for element in node.elts:
            yield from targets(element)
    elif isinstance(node, ast.Starred):
        yield from targets(node.value)


def scan(body: Sequence[ast.AST], parameters: Iterable[str] = ()) -> Scope:
    """What the statements (or a lambda's expression) bind in their own scope, nested functions and classes left out."""
    bound = set(parameters)
    globals_: set[str] = set()
    nonlocals: set[str] = set()
    yields = False
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bound.add(name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                bound.add(node.name)
                stack += [*node.decorator_list, *node.args.defaults, *(d for d in node.args.kw_defaults if d)]
                continue
            case ast.ClassDef():
                bound.add(node.name)
                stack += [*node.decorator_list, *node.bases, *(k.value for k in node.keywords)]
                continue
            case ast.Lambda():
                stack += [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
                continue
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                # Its own scope: only walrus targets inside leak, and yields cannot occur.
                bound.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
                continue
            case ast.Import() | ast.ImportFrom():
                for alias in node.names:
                    bound.add(alias.asname or alias.name.partition(".")[0])
                continue
            case ast.ExceptHandler() if node.name:
                bound.add(node.name)
            case ast.MatchAs() | ast.MatchStar() if node.name:
                bound.add(node.name)
            case ast.MatchMapping() if node.rest:
                bound.add(node.rest)
            case ast.Global():
                globals_.update(node.names)
            case ast.Nonlocal():
                nonlocals.update(node.names)
            case ast.Yield() | ast.YieldFrom():
                yields = True
        stack.extend(ast.iter_child_nodes(node))
    return Scope(frozenset(bound - globals_ - nonlocals), frozenset(globals_), frozenset(nonlocals), yields)


def parameter_names(arguments: ast.arguments) -> list[str]:
    """All parameter names of a function."""
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [a.arg for a in (arguments.vararg, arguments.kwarg) if a]
    return names


def function_scope(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Scope:
    """The scope of a function's body, its parameters included."""
    body: Sequence[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
    return scan(body, parameter_names(node.args))


def free_names(node: ast.AST) -> Names:
    """The names an expression reads from outside itself (not its comprehension variables or lambda parameters)."""
    if isinstance(node, ast.Constant):
        return _NONE
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return frozenset((node.id,))
    used: set[str] = set()
    bound: set[str] = set()
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            (used if isinstance(child.ctx, ast.Load) else bound).add(child.id)
        elif isinstance(child, _FUNCTIONS):
            bound.update(parameter_names(child.args))
    return frozenset(used - bound)


def varying_names(tree: ast.Module) -> Names:
    """Top-level names with more than one value in the course of the file: bound in a loop, or by several statements."""
    once: set[str] = set()
    varying: set[str] = set()
    for statement in tree.body:
        kind = type(statement)
        if kind is ast.Assign:
            names = {name for target in statement.targets for name in targets(target)}  # type: ignore[attr-defined]
        elif kind in _SIMPLE:
            continue
        else:
            names = set(scan([statement]).bound)
            for loop in _loops(statement):
                varying |= scan([loop]).bound
        varying |= names & once
        once |= names
    return frozenset(varying)


_SIMPLE = frozenset({ast.Import, ast.ImportFrom, ast.Expr, ast.Pass, ast.Assert})


def _loops(statement: ast.stmt) -> Iterable[ast.stmt]:
    """The loops of a statement that are not inside a function or class."""
    stack = [statement]
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            yield node
        elif not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            for block in ("body", "orelse", "finalbody"):
                stack += getattr(node, block, [])
            for handler in getattr(node, "handlers", []):
                stack += handler.body
