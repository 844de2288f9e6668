"""One generated Python module while it is put together: its pieces, the imports they need, and the names it takes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..dagster_model import Code, Import
from .imports import DAGSTER, Place, import_block, names_used
from .text import InvalidCode, docstring, free_name


@dataclass(slots=True)
class Module:
    """Collects the parts of one module in order."""

    place: Place
    docstring: str
    parts: list[str] = field(default_factory=list)
    imports: list[Import] = field(default_factory=lambda: [DAGSTER, Import("typing", "Any")])
    taken: set[str] = field(default_factory=lambda: {"dg"})

    def add(self, text: str, imports: Iterable[Import] = ()) -> None:
        """Append statements as a paragraph of their own; empty text adds imports only."""
        self.imports += imports
        if text:
            self.parts.append(self.place.resolve_text(text))

    def code(self, code: Code) -> str:
        """The text of a piece of ours, its imports noted."""
        self.imports += code.imports
        return self.place.resolve_text(code.text)

    def name(self, wanted: str, suffix: str) -> str:
        """A name for a definition of this module that nothing else in it has."""
        return free_name(wanted, self.taken, suffix)

    def render(self) -> str:
        """The module's text, imports it does not use left out. Raises InvalidCode when it does not compile."""
        body = "\n\n".join(self.parts)
        tree = parsed(body)
        imports = import_block(self.imports, names_used(tree), self.place)
        text = "\n\n".join(part for part in (docstring(self.docstring), imports, body) if part) + "\n"
        check_compiles(text)
        return text


def parsed(text: str) -> ast.Module:
    """The syntax tree. Raises InvalidCode."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidCode(_say(text, error)) from error


def check_compiles(text: str) -> None:
    """Raise InvalidCode when Python would refuse the module: `return` outside a function is only found by compiling."""
    try:
        compile(text, "<generated>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise InvalidCode(_say(text, error)) from error


def _say(text: str, error: Exception) -> str:
    if isinstance(error, SyntaxError) and error.lineno:
        lines = text.split("\n")
        line = lines[error.lineno - 1].strip() if error.lineno <= len(lines) else ""
        return f"{error.msg}: `{line}`"
    return f"{type(error).__name__}: {error}"


def bound_names(tree: ast.Module) -> set[str]:
    """The names a module's top-level statements bind, imports excepted, conditional ones included."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                pass
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names.update(alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case _:
                waiting += ast.iter_child_nodes(node)
    return names


def yields(tree: ast.Module) -> bool:
    """Whether the module's first function is a generator."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(tree.body[0]))
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting += ast.iter_child_nodes(node)
    return False
