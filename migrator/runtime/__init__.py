"""The code that is copied into generated projects: `compat`, the parts of the runtime module, and `resources`.

It depends on Dagster, Jinja, pendulum and jsonschema, and on nothing of this package.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files


def parts(needed: Iterable[str]) -> dict[str, str]:
    """The texts of the parts of the runtime module that are `needed` and of those they import, by name, sorted.

    `__init__` is among them unless nothing is needed. Raises FileNotFoundError for a part that does not exist.
    """
    return _closure("compat", needed)


def resource_source(name: str) -> str:
    """The text of resources/<name>.py."""
    return _text("resources", name)


def resource_sources(needed: Iterable[str]) -> dict[str, str]:
    """The texts of these resource modules, each after those it imports (`dbapi`), else sorted by name."""
    return {name: text for name, text in _closure("resources", needed).items() if name != "__init__"}


def part_names() -> tuple[str, ...]:
    """All parts of the runtime module."""
    return _names("compat")


def resource_names() -> tuple[str, ...]:
    """All resource modules."""
    return _names("resources")


def _names(folder: str) -> tuple[str, ...]:
    names = (file.name for file in files(__package__).joinpath(folder).iterdir())
    return tuple(sorted(name[:-3] for name in names if name.endswith(".py") and name != "__init__.py"))


def _closure(folder: str, needed: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in found:
            return
        text = _text(folder, name)
        found[name] = text
        for other in sorted(set(_imports(text))):
            add(other)
            found[name] = found.pop(name)  # after what it imports

    for name in sorted(set(needed)):
        add(name)
    if found:
        add("__init__")
    return found if folder == "resources" else dict(sorted(found.items()))


@cache
def _text(folder: str, name: str) -> str:
    return files(__package__).joinpath(folder).joinpath(f"{name}.py").read_text(encoding="utf-8")


def _imports(text: str) -> Iterator[str]:
    """The modules beside it that a module imports: `from .name import …` and `from . import name`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield from [node.module] if node.module else [alias.name for alias in node.names]
