"""The imports of one generated module: only those used, the project's own ones relative."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from ..dagster_model import Import
from ..records import dataclass
from .text import InvalidCode

DAGSTER = Import("dagster", alias="dg")
_MARKER = re.compile(r"\bfrom @(resources|compat|lib|here)((?:\.\w+)*) import\b")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a generated module lies: the project's package and the module's dotted name inside it."""

    package: str
    module: str
    is_package: bool = False

    def absolute(self, module: str) -> str | None:
        """The dotted name, below the package, of a module named by `@…`; None for any other module."""
        if not module.startswith("@"):
            return None
        root, _, rest = module[1:].partition(".")
        home = self.module if self.is_package else self.module.rpartition(".")[0]
        bases = {"resources": "defs.resources", "compat": "airflow_compat", "lib": "lib", "here": home}
        if root not in bases:
            raise InvalidCode(f"import of an unknown generated module {module}")
        return f"{bases[root]}.{rest}" if rest else bases[root]

    def relative(self, target: str) -> str:
        """The relative module name of `target` (dotted, below the package; empty for the package) as seen from here."""
        here = self.module.split(".") if self.is_package else self.module.split(".")[:-1]
        there = target.split(".") if target else []
        shared = 0
        while shared < min(len(here), len(there)) and here[shared] == there[shared]:
            shared += 1
        return "." * (len(here) - shared + 1) + ".".join(there[shared:])

    def resolve(self, module: str) -> str:
        """The module name to write for an import: relative for `@…`, itself otherwise."""
        target = self.absolute(module)
        return module if target is None else self.relative(target)

    def resolve_text(self, text: str) -> str:
        """Text with `from @… import` statements made relative."""
        if "from @" not in text:
            return text
        return _MARKER.sub(lambda m: f"from {self.resolve('@' + m[1] + m[2])} import", text)


def bound_name(item: Import) -> str:
    """The name an import binds in its module."""
    return item.alias or item.name or item.module.partition(".")[0]


def statement(item: Import, place: Place) -> str:
    """The import as a statement of the module at `place`."""
    if not item.name and item.module.startswith("@"):
        target = place.absolute(item.module) or ""
        parent, _, last = target.rpartition(".")
        alias = f" as {item.alias}" if item.alias and item.alias != last else ""
        return f"from {place.relative(parent)} import {last}{alias}"
    module = place.resolve(item.module)
    if not item.name:
        return f"import {module} as {item.alias}" if item.alias and item.alias != module else f"import {module}"
    alias = f" as {item.alias}" if item.alias and item.alias != item.name else ""
    return f"from {module} import {item.name}{alias}"


def parse_imports(text: str) -> tuple[Import, ...]:
    """The imports that a user's import statement makes. Relative ones keep their dots in the module name."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise InvalidCode(f"not an import statement: {error}") from error
    found: list[Import] = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [Import(alias.name, alias=alias.asname or "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            found += [Import(module, alias.name, alias.asname or "") for alias in node.names]
    return tuple(found)


def names_used(tree: ast.AST) -> frozenset[str]:
    """Every name read or written anywhere in a tree, names in quoted annotations included."""
    names: set[str] = set()
    for node in ast.walk(tree):
        annotation: ast.expr | None = None
        match node:
            case ast.Name(id=name):
                names.add(name)
            case ast.arg() | ast.AnnAssign():
                annotation = node.annotation
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                annotation = node.returns
            case ast.Assign(targets=targets, value=value):
                if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
                    constants = (item.value for item in ast.walk(value) if isinstance(item, ast.Constant))
                    names.update(constant for constant in constants if isinstance(constant, str))
        for part in ast.walk(annotation) if annotation is not None else ():
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                names.update(re.findall(r"[^\W\d]\w*", part.value))
    return frozenset(names)


def import_block(
    items: Iterable[Import], used: frozenset[str], place: Place, loaded: frozenset[str] = frozenset()
) -> str:
    """Import statements for those items whose names are used, without repeats, future imports first.

    `loaded` are names that are imported though nothing reads them. ruff sorts and groups all of it later. Raises
    InvalidCode when two items bind the same name to different things.
    """
    statements: dict[str, None] = {}
    future: set[str] = set()
    meanings: dict[str, str] = {}
    for item in sorted(set(items)):
        text = statement(item, place)
        if item.module == "__future__":
            future.add(text)
            continue
        name = bound_name(item)
        if name in loaded:
            text += "  # noqa: F401"
        elif name != "*" and name not in used:
            continue
        # `import a.b` and `import a.c` bind the same module `a`.
        meaning = f"import {name}" if not item.name and not item.alias else text
        if name != "*" and meanings.setdefault(name, meaning) != meaning:
            raise InvalidCode(f"the name {name} is imported twice: `{meanings[name]}` and `{meaning}`")
        statements[text] = None
    return "\n".join([*sorted(future), *statements])
