"""A user's module by name: its top-level definitions, what each needs, and what its imports stand for."""

from __future__ import annotations

import ast
import builtins
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta, tzinfo
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Literal, TypeAlias

from .. import airflow_model
from ..airflow_model import ModuleItem, Unknown
from ..records import dataclass
from ..source import SourceFile
from .bindings import Names, names_in
from .names import is_airflow
from .places import deep, definition_span
from .trees import parse

ItemKind: TypeAlias = Literal["import", "function", "class", "assign", "other"]

MODULE_ATTRIBUTES = frozenset({"__file__", "__name__", "__doc__", "__package__", "__spec__", "__path__"})
BUILTINS = frozenset(dir(builtins)) | MODULE_ATTRIBUTES | {"__class__", "__annotations__"}

# Methods of Python's own containers that change what they are called on.
_CHANGES = frozenset(
    {"add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse", "setdefault"}
    | {"sort", "update"}
)
_PLAIN = (str, bytes, int, float, complex, date, time, timedelta, tzinfo, PurePath, type(None))
_MODEL = tuple(cls for cls in vars(airflow_model).values() if isinstance(cls, type) and dataclasses.is_dataclass(cls))


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a module's top level does to a name: the item without its value, and the statement it comes from."""

    item: ModuleItem
    node: ast.stmt
    value: ast.expr | None = None
    """The expression the name is given, where it is given one alone."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A module's entries in the order of the text, and the qualified names of its functions by place.

    `imported` are the paths of the names imported at module level, as written.
    """

    entries: tuple[Entry, ...]
    by_name: Mapping[str, tuple[Entry, ...]]
    imported: Mapping[str, str]
    qualnames: Mapping[tuple[int, int], str]
    stars: tuple[str, ...]
    """Of `from m import *`: `m.*`, sorted."""

    def of(self, name: str) -> tuple[Entry, ...]:
        """Everything the top level does to a name; usually one entry."""
        return self.by_name.get(name, ())


@lru_cache(maxsize=64)
def outline_of(source: SourceFile) -> Outline:
    """The outline of a file. Empty for what is not valid Python."""
    try:
        return outline(source, parse(source.file, source.text).tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return outline(source, ast.Module(body=[], type_ignores=[]))


def outline(source: SourceFile, tree: ast.Module) -> Outline:
    """What the top level of a module defines. `with DAG(…):` bodies are read as part of the top level."""
    with deep():
        imported = _imported(tree)
        parts = list(_parts(tree.body, imported))
        known = frozenset(part.name for part in parts)
        entries = tuple(Entry(_item(part, source, imported, known), part.node, part.value) for part in parts)
        by_name: dict[str, tuple[Entry, ...]] = {}
        for entry in entries:
            by_name[entry.item.name] = (*by_name.get(entry.item.name, ()), entry)
        stars = sorted(name for name in by_name if name.endswith(".*"))
        return Outline(entries, by_name, imported, dict(_qualnames(tree)), tuple(stars))


def module_items(source: SourceFile, namespace: Mapping[str, Any]) -> tuple[ModuleItem, ...]:
    """The top-level definitions of a module, in the order of the text.

    A name that several statements bind or change (`X = []`, then `X.append(1)`) has several items; whoever carries the
    name over carries them all. `from m import *` is an item named `m.*`. Takes the file and what the interpreter
    computed for its names, in the model's values; what is none of these is Unknown in the items.
    """
    items = (entry.item for entry in outline_of(source).entries)
    return tuple(dataclasses.replace(item, value=_frozen(item, namespace)) for item in items)


def _frozen(item: ModuleItem, namespace: Mapping[str, Any]) -> Any:
    if item.name not in namespace:
        return Unknown(f"{item.name} was not computed", item.span)
    value = namespace[item.name]
    return value if is_value(value) else Unknown(f"{item.name} has no value outside the reader", item.span)


def is_value(value: Any) -> bool:
    """Whether an object is a value of the model: plain Python, a class of the model, or a container of such."""
    if isinstance(value, (*_PLAIN, *_MODEL)):
        return True
    if isinstance(value, Mapping):
        return all(is_value(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple | set | frozenset) and all(is_value(part) for part in value)


# --- imports -------------------------------------------------------------------------------------------------


def _imported(tree: ast.Module) -> dict[str, str]:
    """The path each name imported at module level stands for; of two for one name, Airflow's."""
    imported: dict[str, str] = {}
    for name, bindings in names_in(*tree.body).root.bindings.items():
        for binding in bindings:
            if binding.path and (name not in imported or is_airflow(binding.path) > is_airflow(imported[name])):
                imported[name] = binding.path
    return imported


# --- items ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    kind: ItemKind
    node: ast.stmt
    value: ast.expr | None = None
    imports: tuple[str, str] | None = None
    scope: tuple[ast.AST, ...] = ()
    """What its needs are read from, when not the whole statement."""


def _parts(body: Iterable[ast.stmt], imported: Mapping[str, str]) -> Iterator[_Part]:
    for node in body:
        match node:
            case ast.Import():
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    yield _Part(name, "import", node, imports=(alias.name, ""))
            case ast.ImportFrom():
                module = "." * node.level + (node.module or "")
                for alias in node.names:
                    name = f"{module}.*" if alias.name == "*" else alias.asname or alias.name
                    yield _Part(name, "import", node, imports=(module, alias.name))
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield _Part(node.name, "function", node)
            case ast.ClassDef():
                yield _Part(node.name, "class", node)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                yield from _assigned(node)
            case ast.With() | ast.AsyncWith() if _names_airflow(node.items, imported):
                scope = (*(i.context_expr for i in node.items),)
                for item in node.items:
                    if isinstance(item.optional_vars, ast.Name):
                        yield _Part(item.optional_vars.id, "other", node, item.context_expr, scope=scope)
                yield from _parts(node.body, imported)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method))):
                if method in _CHANGES:
                    yield _Part(name, "other", node)
            case ast.Expr():
                pass
            case _:
                # Compound statements, `del`, and whatever a later Python may add: each name they bind.
                for name in names_in(node).root.bindings:
                    yield _Part(name, "other", node)


def _assigned(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[_Part]:
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for part in _targets(target):
            match part:
                case ast.Name(id=name):
                    alone = part is target and not isinstance(node, ast.AugAssign)
                    yield _Part(name, "assign", node, node.value if alone else None)
                case ast.Subscript() | ast.Attribute():
                    root: ast.expr = part
                    while isinstance(root, ast.Subscript | ast.Attribute):
                        root = root.value
                    if isinstance(root, ast.Name):
                        yield _Part(root.id, "other", node)
                case _:
                    pass


def _targets(target: ast.expr) -> Iterator[ast.expr]:
    match target:
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _targets(part)
        case ast.Starred(value=value):
            yield from _targets(value)
        case _:
            yield target


def _names_airflow(nodes: Iterable[ast.AST], imported: Mapping[str, str]) -> bool:
    return any(isinstance(n, ast.Name) and is_airflow(imported.get(n.id, "")) for node in nodes for n in ast.walk(node))


def _item(part: _Part, source: SourceFile, imported: Mapping[str, str], known: frozenset[str]) -> ModuleItem:
    found = names_in(*(part.scope or (part.node,)))
    if part.imports is not None:
        airflow = is_airflow(part.imports[0])
    else:
        airflow = any(is_airflow(imported.get(n.id, "")) for n in found.free()) or imports_airflow(found)
    return ModuleItem(
        name=part.name,
        kind=part.kind,
        span=definition_span(part.node, source, comments_above=part.kind != "import"),
        needs=needs(found, known, own=part.name if part.kind in ("function", "class") else None),
        airflow=airflow,
        imports=part.imports,
    )


def needs(found: Names, known: frozenset[str], own: str | None = None) -> tuple[str, ...]:
    """Which of a module's `known` names a piece of code takes from it, in order of first use.

    A name that is neither known nor Python's own may come from any `from m import *`, so it needs them all.
    """
    names: dict[str, None] = {}
    for name in found.free():
        if name.id in known:
            names[name.id] = None
        elif name.id not in BUILTINS:
            names.update(dict.fromkeys(sorted(n for n in known if n.endswith(".*"))))
    names.pop(own or "", None)
    return tuple(names)


def imports_airflow(found: Names) -> bool:
    """Whether code imports Airflow itself, inside a function or block."""
    return any(
        binding.kind == "import" and is_airflow(binding.path or "")
        for scope in (found.root, *found.scopes.values())
        for bindings in scope.bindings.values()
        for binding in bindings
    )


def _qualnames(tree: ast.Module) -> Iterator[tuple[tuple[int, int], str]]:
    waiting: list[tuple[ast.AST, str]] = [(tree, "")]
    while waiting:
        node, prefix = waiting.pop()
        for child in ast.iter_child_nodes(node):
            inside = prefix
            match child:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                    yield (child.lineno, child.col_offset), prefix + name
                    inside = f"{prefix}{name}.<locals>."
                case ast.ClassDef(name=name):
                    inside = f"{prefix}{name}."
                case ast.Lambda():
                    yield (child.lineno, child.col_offset), prefix + "<lambda>"
                    inside = f"{prefix}<lambda>.<locals>."
            waiting.append((child, inside))
