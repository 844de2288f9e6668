"""One generated Python module while it is put together: its pieces, the imports they need, and the names it takes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import field
from typing import NoReturn

from ..dagster_model import Code, Import
from ..records import dataclass
from .imports import DAGSTER, Place, bound_name, import_block, names_used
from .renaming import rename
from .text import InvalidCode, docstring, free_name


@dataclass(slots=True)
class Module:
    """Collects the parts of one module in order."""

    place: Place
    docstring: str
    parts: list[str] = field(default_factory=list)
    imports: list[Import] = field(default_factory=lambda: [DAGSTER])
    taken: set[str] = field(default_factory=lambda: {"dg"})
    meanings: dict[str, str] = field(default_factory=lambda: {"dg": statement_of(DAGSTER)})
    """What each name bound so far stands for: an import statement, or `defined`."""
    loaded: set[str] = field(default_factory=set)
    """Names of imports that are there for loading a module only."""

    def add(self, text: str, imports: Iterable[Import] = ()) -> None:
        """Append statements as a paragraph of their own; empty text adds imports only.

        Raises InvalidCode for an import whose name already means something else.
        """
        if clashes := self.need(imports):
            self.refuse(min(clashes))
        if text:
            self.parts.append(self.place.resolve_text(text))

    def define(self, names: Iterable[str]) -> None:
        """Note names that the user's statements define. Raises InvalidCode for one that is an import of ours."""
        for name in names:
            if self.meanings.setdefault(name, "defined") != "defined":
                self.refuse(name)

    def refuse(self, name: str) -> NoReturn:
        """Raise InvalidCode for a name that stands for two things."""
        raise InvalidCode(f"the name {name} is used for two things, one of them `{self.meanings[name]}`")

    def need(self, imports: Iterable[Import]) -> dict[str, str]:
        """Note imports. Those whose name already means something else get another: what to use instead, by name."""
        renames: dict[str, str] = {}
        for item in imports:
            name = bound_name(item)
            meaning = statement_of(item)
            if self.meanings.setdefault(name, meaning) == meaning or name == "*":
                self.imports.append(item)
                continue
            alias = f"{item.module.rpartition('.')[2].lstrip('@')}_{name}" if item.name else f"{name}_module"
            if self.meanings.setdefault(alias, f"{meaning} as {alias}") != f"{meaning} as {alias}":
                raise InvalidCode(f"the names {name} and {alias} are used for other things than `{meaning}`")
            self.imports.append(Import(item.module, item.name, alias))
            renames[name] = alias
        return renames

    def code(self, code: Code) -> str:
        """The text of a piece of ours, its imports noted."""
        return self.place.resolve_text(rename(code.text, self.need(code.imports)))

    def name(self, wanted: str, suffix: str) -> str:
        """A name for a definition of this module that nothing else in it has."""
        return free_name(wanted, self.taken, suffix)

    def render(self) -> str:
        """The module's text, imports it does not use left out. Raises InvalidCode when it does not compile."""
        body = "\n\n".join(self.parts)
        tree = parsed(body)
        used = names_used(tree)
        if "Any" in used and "Any" not in self.meanings:
            self.imports.append(Import("typing", "Any"))
        if "DAG_FILES" in used and "DAG_FILES" not in self.meanings:
            self.imports.append(Import("@compat.files", "DAG_FILES"))
        imports = import_block(self.imports, used, self.place, frozenset(self.loaded))
        text = "\n\n".join(part for part in (docstring(self.docstring), imports, body) if part) + "\n"
        check_compiles(text)
        return text


def statement_of(item: Import) -> str:
    """What an import's name stands for. `import a.b` and `import a.c` bind the same module `a`."""
    if not item.name:
        return f"import {item.module}" if item.alias else f"import {bound_name(item)}"
    return f"from {item.module} import {item.name}"


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
