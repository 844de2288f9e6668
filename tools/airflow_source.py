"""Reads unpacked Airflow packages as syntax trees and says where each importable name really lives.

Nothing of Airflow is imported. A `World` is one Airflow line: the folders that hold its `airflow` packages,
and the version that guards such as `AIRFLOW_V_3_0_PLUS` are decided with. `airflow_tables.py` is the program
that uses it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

VERSION_GUARD = re.compile(r"AIRFLOW_V_(\d+)_(\d+)(?:_(\d+))?_PLUS$")
TABLE_NAMES = re.compile(
    r"lazy_imports|deprecated|compat_imports|_IMPORT_MAP|_RENAME_MAP|_MODULE_MAP|_EXCEPTIONS", re.I
)
"""Variables that hold a table of redirects, in modules which answer attribute access from such tables."""
IMPORTER_TABLES = frozenset({"_operators", "_sensors", "_hooks", "_executors"})
"""Airflow 1.10: a package offers the listed names of the listed submodules as its own."""
HAND_MADE: dict[tuple[str, str], dict[str, str]] = {
    ("3", "airflow.models.dag"): {"DAG": "airflow.sdk.DAG", "dag": "airflow.sdk.dag"},
    ("3", "airflow.models.dagbag"): {"DagBag": "airflow.dag_processing.dagbag.DagBag"},
    ("3", "airflow.utils.state"): {"JobState": "airflow.jobs.job.JobState"},
}
"""Module `__getattr__` functions of Airflow that are code instead of a table, per line."""


@dataclass
class Module:
    """What one module offers: its own definitions, and names that are at home elsewhere."""

    name: str
    package: bool
    definitions: dict[str, ast.AST] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    lazy: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    all: tuple[str, ...] | None = None
    alias: str | None = None
    """For a module that forwards every name to another module."""

    def names(self) -> Iterator[str]:
        """Every name the module has, in no particular order and with private ones."""
        yield from self.definitions
        yield from (name for name in self.imports if name not in self.definitions)
        yield from (name for name in self.lazy if name not in self.definitions and name not in self.imports)


@dataclass
class World:
    """One Airflow line: where its packages are, and a lookup of every name in them."""

    line: str
    roots: Sequence[Path]
    version: tuple[int, int, int]

    @cached_property
    def files(self) -> dict[str, Path]:
        """Dotted module name to file; an earlier root wins."""
        found: dict[str, Path] = {}
        for root in self.roots:
            for file in sorted((root / "airflow").rglob("*.py")):
                parts = list(file.relative_to(root).with_suffix("").parts)
                if parts[-1] == "__init__":
                    parts.pop()
                if all(part.isidentifier() for part in parts) and not {"tests", "_vendor"} & set(parts):
                    found.setdefault(".".join(parts), file)
        return found

    @cached_property
    def virtual(self) -> dict[str, Module]:
        """Modules a package's table of deprecated names makes; they come before a file of the same name."""
        made: dict[str, Module] = {}
        for name, file in self.files.items():
            if file.name == "__init__.py" and "add_deprecated_classes" in file.read_text(errors="replace"):
                for child, table in self._reader(name).child_tables().items():
                    full = f"{name}.{child}"
                    module = Module(full, package=False)
                    for key, target in table.items():
                        if key == "*":
                            module.alias = target
                        else:
                            module.lazy[key] = target.rstrip(".")
                    made[full] = module
        return made

    def _reader(self, name: str) -> _Reader:
        return _Reader(self, name, self.files[name])

    @cached_property
    def _modules(self) -> dict[str, Module | None]:
        return {}

    def module(self, name: str) -> Module | None:
        """The module of that dotted name, real or virtual."""
        if name not in self._modules:
            if name in self.virtual:
                self._modules[name] = self.virtual[name]
            else:
                self._modules[name] = self._reader(name).read() if name in self.files else None
        return self._modules[name]

    def resolve(self, path: str, seen: frozenset[str] = frozenset()) -> tuple[str, ...] | None:
        """The chain of paths from `path` to where it is defined, `path` first; None if it does not exist."""
        if path in seen:
            return None
        seen |= {path}
        if not path.startswith("airflow.") and path != "airflow":
            return (path,)
        parts = path.split(".")
        for cut in range(len(parts), 0, -1):
            module = self.module(".".join(parts[:cut]))
            if module is not None:
                break
        else:
            return None
        rest = parts[cut:]
        if module.alias:
            onward = self.resolve(".".join([module.alias, *rest]), seen)
            return (path, *onward) if onward else (path,)
        if not rest:
            return (path,)
        target = self._target(module, rest[0])
        if target is None:
            return None
        if target == f"{module.name}.{rest[0]}":
            return (path,)
        onward = self.resolve(".".join([target, *rest[1:]]), seen)
        if (
            onward is None
            and rest[0] in module.lazy
            and target.startswith(("airflow.providers.", "airflow.kubernetes."))
        ):
            # A redirect to something this copy does not have, for example a class an older provider had.
            return (path, ".".join([target, *rest[1:]]))
        return (path, *onward) if onward else None

    def _target(self, module: Module, name: str) -> str | None:
        if name in module.definitions:
            return f"{module.name}.{name}"
        if name in module.imports:
            return module.imports[name]
        if name in module.lazy:
            target = module.lazy[name]
            if target.rpartition(".")[2] != name and self.module(target) is not None:
                return f"{target}.{name}"
            return target
        for star in module.stars:
            if self.resolve(f"{star}.{name}") is not None:
                return f"{star}.{name}"
        return None

    def definition(self, path: str) -> tuple[Module, ast.AST] | None:
        """The module and the tree of the class, function or assignment that `path` ends up at."""
        chain = self.resolve(path)
        if not chain:
            return None
        home, _, name = chain[-1].rpartition(".")
        module = self.module(home)
        if module is None or name not in module.definitions:
            return None
        return module, module.definitions[name]


class _Reader:
    """Reads one file of a world into a `Module`."""

    def __init__(self, world: World, name: str, file: Path) -> None:
        self.world = world
        self.module = Module(name, file.name == "__init__.py")
        self.tree = ast.parse(file.read_text(encoding="utf-8", errors="replace"))
        self.text = {node.name for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        self.tables: dict[str, ast.Dict | ast.Set] = {}

    def read(self) -> Module:
        self._body(self.tree.body)
        forwards = "__getattr__" in self.text or any(
            isinstance(node, ast.Call)
            and _called(node) in {"add_deprecated_classes", "AirflowImporter", "create_module_getattr"}
            for node in ast.walk(self.tree)
        )
        if forwards:
            for variable, table in self.tables.items():
                self._table(variable, table)
            for own in self._add_calls():
                self._own_table(own)
        self.module.lazy.update(HAND_MADE.get((self.world.line, self.module.name), {}))
        return self.module

    def child_tables(self) -> dict[str, dict[str, str]]:
        """The virtual submodules that `add_deprecated_classes` makes, and their redirects."""
        self._body(self.tree.body)
        found: dict[str, dict[str, str]] = {}
        for table in self._add_calls():
            for key, value in zip(table.keys, table.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(value, ast.Dict):
                    found.setdefault(str(key.value), {}).update(ast.literal_eval(value))
        return found

    def _add_calls(self) -> Iterator[ast.Dict]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _called(node) == "add_deprecated_classes" and node.args:
                table = node.args[0]
                if isinstance(table, ast.Name):
                    table = self.tables.get(table.id, table)
                if isinstance(table, ast.Dict):
                    yield table

    def _own_table(self, table: ast.Dict) -> None:
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Name) and key.id == "__name__":
                for name, target in ast.literal_eval(value).items():
                    if name == "*":
                        self.module.stars.append(target)
                    else:
                        self.module.lazy[name] = target

    def _table(self, variable: str, table: ast.Dict | ast.Set) -> None:
        if isinstance(table, ast.Set):
            if variable == "_DEPRECATED_EXCEPTIONS":
                self.module.lazy.update({name: f"airflow.sdk.exceptions.{name}" for name in ast.literal_eval(table)})
            return
        try:
            entries = ast.literal_eval(table)
        except ValueError:
            return
        for name, value in entries.items():
            target = self._entry(variable, name, value)
            if target:
                self.module.lazy.setdefault(name, target)

    def _entry(self, variable: str, name: str, value: object) -> str | None:
        if isinstance(value, list) and variable in IMPORTER_TABLES:
            for item in value:
                self.module.lazy[item] = f"{self.module.name}.{name}.{item}"
            return None
        if isinstance(value, tuple) and variable.endswith("_RENAME_MAP"):
            new, old, old_name = value
            return f"{new}.{name}" if self.world.line == "3" else f"{old}.{old_name}"
        if isinstance(value, tuple) and len(value) == 3 and isinstance(value[2], bool):
            return self._absolute(".".join(part for part in value[:2] if part))
        if isinstance(value, tuple):
            if "_MODULE_MAP" in variable:
                return next((option for option in value if self.world.module(option)), None)
            for option in value:
                if self.world.resolve(f"{option}.{name}") is not None:
                    return f"{option}.{name}"
            return None
        if not isinstance(value, str):
            return None
        target = self._absolute(value)
        if "_MODULE_MAP" in variable or (target.rpartition(".")[2] == name and self.world.module(target) is None):
            return target
        return f"{target}.{name}"

    def _absolute(self, target: str) -> str:
        dots = len(target) - len(target.lstrip("."))
        if not dots:
            return target
        base = self.module.name.split(".")
        keep = len(base) - dots + (1 if self.module.package else 0)
        return ".".join([*base[:keep], *filter(None, [target[dots:]])])

    def _body(self, body: Sequence[ast.stmt]) -> None:
        for node in body:
            match node:
                case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.module.definitions[node.name] = node
                case ast.Assign(targets=targets, value=value):
                    for target in targets:
                        self._assign(target, value)
                case ast.AnnAssign(target=target, value=ast.expr() as value):
                    self._assign(target, value)
                case ast.AugAssign(target=ast.Name(id="__all__"), value=value):
                    self.module.all = (*(self.module.all or ()), *_strings(value))
                case ast.ImportFrom():
                    self._import_from(node)
                case ast.Import(names=names):
                    for item in names:
                        if item.asname:
                            self.module.imports[item.asname] = item.name
                case ast.If(test=test):
                    self._if(test, node)
                case ast.Try():
                    before = dict(self.module.imports)
                    for handler in node.handlers:
                        self._body(handler.body)
                    self.module.imports.update(before)
                    self._body(node.body)
                    self._body(node.orelse)
                    self._body(node.finalbody)
                case ast.With():
                    self._body(node.body)

    def _if(self, test: ast.expr, node: ast.If) -> None:
        known = self.truth(test)
        if known is None:
            self._body(node.orelse)
            self._body(node.body)
        else:
            self._body(node.body if known else node.orelse)

    def truth(self, test: ast.expr) -> bool | None:
        """Whether a module-level condition holds in this world; None if it does not depend on the version."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            inner = self.truth(test.operand)
            return None if inner is None else not inner
        name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
        if name == "TYPE_CHECKING":
            return False
        if guard := VERSION_GUARD.search(name):
            major, minor, patch = (int(part or 0) for part in guard.groups())
            return self.world.version >= (major, minor, patch)
        return None

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple):
            for item in target.elts:
                self._assign(item, value)
            return
        if not isinstance(target, ast.Name):
            return
        if target.id == "__all__":
            self.module.all = tuple(_strings(value))
            return
        if isinstance(value, (ast.Dict, ast.Set)) and (TABLE_NAMES.search(target.id) or target.id in IMPORTER_TABLES):
            self.tables[target.id] = value
        if isinstance(value, ast.Name) and (value.id in self.module.definitions or value.id in self.module.imports):
            home = self.module.imports.get(value.id, f"{self.module.name}.{value.id}")
            self.module.imports[target.id] = home
            return
        self.module.definitions[target.id] = value

    def _import_from(self, node: ast.ImportFrom) -> None:
        source = self._absolute("." * node.level + (node.module or ""))
        if source == "__future__":
            return
        for item in node.names:
            if item.name == "*":
                self.module.stars.append(source)
            else:
                self.module.imports[item.asname or item.name] = f"{source}.{item.name}"


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _strings(node: ast.expr) -> Iterator[str]:
    for item in ast.walk(node):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            yield item.value
