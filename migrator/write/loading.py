"""What a generated module needs when it is loaded: a name missing there would keep the whole project from loading."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from .module import bound_names
from .text import BUILTINS

_MODULE = frozenset({"__name__", "__file__", "__doc__", "__package__", "__spec__", "__path__", "__builtins__"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def missing_names(tree: ast.Module) -> tuple[str, ...]:
    """The names a module reads while it is loaded before anything defines them, in order.

    Bodies of functions are passed over, and so is what a `try` may catch; after a star import everything may be there.
    """
    if any(isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in tree.body):
        return ()
    lazy = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
    known = set(BUILTINS | _MODULE)
    return tuple(dict.fromkeys(_statements(tree.body, known, lazy)))


def _statements(body: Iterable[ast.stmt], known: set[str], lazy: bool) -> Iterator[str]:
    for node in body:
        match node:
            case ast.Try():
                pass
            case ast.ClassDef(body=inner):
                for outside in (*node.decorator_list, *node.bases, *(item.value for item in node.keywords)):
                    yield from _expression(outside, known)
                yield from _statements(inner, set(known), lazy)
            case ast.FunctionDef(args=arguments) | ast.AsyncFunctionDef(args=arguments):
                defaults = (item for item in (*arguments.defaults, *arguments.kw_defaults) if item is not None)
                for outside in (*node.decorator_list, *defaults, *(() if lazy else _annotations(node))):
                    yield from _expression(outside, known)
            case ast.If(body=inner, orelse=other):
                yield from _expression(node.test, known)
                yield from _statements(inner, known, lazy)
                yield from _statements(other, known, lazy)
            case ast.For() | ast.While() | ast.With():
                known |= bound_names(ast.Module([node], []))
                yield from _nested(node, known, lazy)
            case ast.AnnAssign(annotation=annotation, value=value):
                yield from _expression(annotation, known) if not lazy else ()
                yield from _expression(value, known) if value is not None else ()
            case _:
                yield from _expression(node, known)
        known |= bound_names(ast.Module([node], []))


def _nested(node: ast.stmt, known: set[str], lazy: bool) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield from _statements([child], known, lazy)
        else:
            yield from _expression(child, known)


def _annotations(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
    yield from (item.annotation for item in every if item is not None and item.annotation is not None)
    if node.returns is not None:
        yield node.returns


def _expression(node: ast.AST, known: set[str]) -> Iterator[str]:
    if isinstance(node, (ast.Lambda, *_FUNCTIONS)):
        return
    if isinstance(node, _COMPREHENSIONS):
        known = known | {
            part.id for item in node.generators for part in ast.walk(item.target) if isinstance(part, ast.Name)
        }
    if isinstance(node, ast.NamedExpr):
        known.add(node.target.id)
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in known:
        yield node.id
    for child in ast.iter_child_nodes(node):
        yield from _expression(child, known)


def missing_imports(path: str, tree: ast.Module, file: Callable[[str], str | None]) -> tuple[str, ...]:
    """What a generated module imports, when it is loaded, from others of the project that do not have it.

    `file` gives the text of a file of the project, or None.
    """
    found: list[str] = []
    for node in tree.body:
        if not (isinstance(node, ast.ImportFrom) and node.level):
            continue
        base = posixpath.dirname(path)
        for _ in range(node.level - 1):
            base = posixpath.dirname(base)
        target = posixpath.join(base, *(node.module or "").split(".")) if node.module else base
        whole = file(f"{target}.py")
        source = whole if whole is not None else file(f"{target}/__init__.py")
        if source is None:
            found.append(node.module or ".")
            continue
        names = top_level_names(source)
        for alias in node.names:
            module = file(f"{target}/{alias.name}.py") or file(f"{target}/{alias.name}/__init__.py")
            if alias.name != "*" and alias.name not in names and "*" not in names and module is None:
                found.append(f"{alias.name} from {node.module}")
    return tuple(found)


@lru_cache(maxsize=256)
def top_level_names(text: str) -> frozenset[str]:
    """The names that importing from a module with this text can give; `*` among them after a star import."""
    tree = ast.parse(text)
    names = bound_names(tree)
    # Module-level __getattr__ may give any name.
    return frozenset(names | ({"*"} if "__getattr__" in names else set()))
