"""The parts of migrate's runtime that a project needs, read as text: resource classes, the compatibility module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cache
from importlib import resources

from ..dagster_model import Import
from ..records import dataclass

REQUIREMENTS = {
    "pendulum": "pendulum>=3",
    "jinja2": "jinja2>=3.1",
    "dateutil": "python-dateutil",
    "jsonschema": "jsonschema>=4.18",
    "yaml": "pyyaml",
}
"""What to install for the third-party modules the runtime imports; Dagster brings itself along."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """Sources by module name: `compat` parts are copied whole, `resources` go into resources.py."""

    compat: Mapping[str, str] = field(default_factory=dict)
    resources: Mapping[str, str] = field(default_factory=dict)


@cache
def installed() -> Runtime:
    """The runtime that comes with migrate."""
    return Runtime(_sources("compat"), _sources("resources"))


def _sources(folder: str) -> dict[str, str]:
    root = resources.files("migrator") / "runtime" / folder
    if not root.is_dir():
        return {}
    return {
        entry.name[: -len(".py")]: entry.read_text(encoding="utf-8")
        for entry in sorted(root.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".py")
    }


def compat_parts(runtime: Runtime, wanted: Iterable[str]) -> dict[str, str]:
    """The named parts and those they import, with the package's own `__init__`; empty when none is wanted.

    Raises KeyError for a part that does not exist: a fault of migrate.
    """
    found: dict[str, str] = {}
    waiting = sorted(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = runtime.compat[name]
            waiting += sorted(_neighbours(found[name]) & runtime.compat.keys())
    if found and "__init__" in runtime.compat:
        found["__init__"] = runtime.compat["__init__"]
    return dict(sorted(found.items()))


def _neighbours(text: str) -> set[str]:
    """The modules beside it that a module imports."""
    names: set[str] = set()
    waiting: list[ast.AST] = list(ast.parse(text).body)
    for node in waiting:
        # Imports are statements: what is in expressions is not looked at.
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, block, ())
            waiting += inner if isinstance(inner, list) else ()
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            names.update([node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names])
    return names


def requirements_of(texts: Iterable[str]) -> set[str]:
    """What has to be installed for the modules with these texts."""
    found: set[str] = set()
    for text in texts:
        for node in ast.parse(text).body:
            match node:
                case ast.Import(names=names):
                    roots = {alias.name.partition(".")[0] for alias in names}
                case ast.ImportFrom(module=str() as module, level=0):
                    roots = {module.partition(".")[0]}
                case _:
                    continue
            found |= {REQUIREMENTS[root] for root in roots & REQUIREMENTS.keys()}
    return found


@dataclass(frozen=True, slots=True)
class ResourceSource:
    """A resource module taken apart: its imports, and each of its other statements as text with comments above it."""

    imports: tuple[Import, ...]
    statements: tuple[str, ...]
    needs: tuple[str, ...]
    """The resource modules it imports, whose statements come before its own."""


def resource_source(text: str) -> ResourceSource:
    """Take a resource module's text apart; its docstring stays behind."""
    tree = ast.parse(text)
    lines = text.split("\n")
    imports: list[Import] = []
    needs: list[str] = []
    statements: list[str] = []
    last = 0
    for index, node in enumerate(tree.body):
        start = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        end = node.end_lineno or start
        above = lines[last : start - 1]
        last = end
        match node:
            case ast.Expr(value=ast.Constant(value=str())) if index == 0:
                continue
            case ast.Import(names=names):
                imports += [Import(alias.name, alias=alias.asname or "") for alias in names]
            case ast.ImportFrom(module="__future__"):
                continue
            case ast.ImportFrom(level=1, module=module, names=names):
                needs += [module.partition(".")[0]] if module else [alias.name for alias in names]
            case ast.ImportFrom(module=module, names=names):
                imports += [Import(module or "", alias.name, alias.asname or "") for alias in names]
            case _:
                statements.append("\n".join([*above, *lines[start - 1 : end]]).strip("\n"))
    return ResourceSource(tuple(imports), tuple(statements), tuple(needs))
