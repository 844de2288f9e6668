"""The user's own modules: which are free of Airflow, and which are copied to lib/ of the generated project."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Carried, EnvVariable, LibModule, Rewrite
from ..read.modules import NEIGHBOURS
from ..read.trees import parse
from ..source import Span
from .standins import Served, StandIn, catches, served, stand_in

if TYPE_CHECKING:
    from .carry import Carrier


class Library:
    """Collects the modules to copy. A module is named by the dotted path it is imported by."""

    def __init__(self, project: am.Project) -> None:
        self._modules = {m.source.module: m for m in project.modules.values()}
        self._by_file = dict(project.modules)
        self._places = {f.removesuffix(".py").removesuffix("/__init__"): m for f, m in project.modules.items()}
        self._pure: dict[str, bool] = {}
        self._served: dict[str, Served | None] = {}
        self._surveyed: dict[str, Served] = {}
        self._whole: set[str] = set()
        self._picks: dict[str, dict[str, Carried]] = {}
        self._names: dict[str, str] = {}
        """File -> the name it is imported by, where that is not the one its own reading as a DAG file gave it."""
        self._name_modules()
        self.parts_begun: set[tuple[str, tuple[str, ...]]] = set()
        self.parts: dict[str, tuple[am.Module, Carrier]] = {}
        """Modules that hold a part of one of the user's: dotted name -> what it is a part of, and what is in it."""

    def _name_modules(self) -> None:
        """Find the names by which modules are imported that are DAG files, or read as such, too."""
        imports = [
            (module, dotted)
            for module in self._by_file.values()
            for item in module.items
            if item.imports is not None and not item.imports[0].startswith(".")
            for dotted in dict.fromkeys((item.imports[0], ".".join(filter(None, item.imports))))
        ]
        by_name = {dotted for _, dotted in imports if dotted in self._modules}
        # Those in packages first: it says from which folder on their own imports are looked up.
        for module, dotted in sorted(imports, key=lambda one: -one[1].count(".")):
            if dotted in self._modules:
                continue
            name = self.name(module)
            found = self._by_place(dotted, _first_folder(module, name if name in by_name else ""))
            if found is not None:
                by_name.add(dotted)
                self._modules[dotted] = found
                self._names.setdefault(found.source.file, dotted)

    def _by_place(self, dotted: str, folder: PurePosixPath) -> am.Module | None:
        """The module an imported name means, looked up as the reader does: from a folder on, upwards."""
        for parent in (folder, *folder.parents):
            for beside in NEIGHBOURS:
                place = str(parent / beside / dotted.replace(".", "/"))
                if (found := self._places.get(place)) is not None:
                    return found
        return None

    def name(self, module: am.Module) -> str:
        """The dotted name a module is imported by."""
        return self._names.get(module.source.file, module.source.module)

    def of_file(self, file: str) -> am.Module | None:
        """The module of a file, by its path."""
        return self._by_file.get(file)

    def by_path(self, dotted: str) -> am.Module | None:
        """The module of this absolute dotted path."""
        return self._modules.get(dotted)

    def find(self, dotted: str, importer: am.Module) -> am.Module | None:
        """The user's module an import statement names, relative ones included; None for anything else."""
        if dotted.startswith("."):
            level, beside = len(dotted) - len(dotted.lstrip(".")), dotted.lstrip(".")
            package = importer.source.module.split(".")
            keep = len(package) - level + (1 if importer.source.file.endswith("__init__.py") else 0)
            found = self._modules.get(".".join([*package[: max(keep, 0)], *([beside] if beside else [])]))
            # A module that is a DAG file, or read as such, may have another name than those it imports know it by.
            folders = PurePosixPath(importer.source.file).parents
            if found is None and level <= len(folders):
                found = self._places.get(str(folders[level - 1] / beside.replace(".", "/")))
            return found
        return self._modules.get(dotted)

    def imported(self, module: am.Module) -> list[am.Module]:
        """The user's modules a module imports at its top level."""
        found = [self.find(name, module) for name in module.imports]
        for item in module.items:
            if item.imports is not None:
                found.append(self.find(item.imports[0], module))
                found.append(self.find(f"{item.imports[0]}.{item.imports[1]}", module))
        return list({m.source.file: m for m in found if m is not None}.values())

    def pure(self, module: am.Module) -> bool:
        """Whether a copy of the module, and of all of the user's that it imports, needs no Airflow."""
        file = module.source.file
        if file not in self._pure:
            self._pure[file] = True  # import cycles
            free = not module.airflow or self.served(module) is not None
            needed = [*self._packages(module), *self.imported(module)]
            self._pure[file] = free and all(self.pure(m) for m in needed)
        return self._pure[file]

    def _packages(self, module: am.Module) -> list[am.Module]:
        """The packages a module is in, which are loaded before it."""
        folders = PurePosixPath(module.source.file).parents
        return [m for folder in folders if (m := self._by_file.get(f"{folder}/__init__.py")) not in (None, module)]

    def provider(self, name: str, module: am.Module) -> am.Module | None:
        """The module in which a name stands that a module has from one of its `from … import *`."""
        seen = {module.source.file}
        waiting = [module]
        while waiting:
            at = waiting.pop()
            if at is not module and at.item(name) is not None:
                return at
            for item in at.items:  # of several, the last counts
                if item.imports is not None and item.imports[1] == "*":
                    other = self.find(item.imports[0], at)
                    if other is not None and other.source.file not in seen:
                        seen.add(other.source.file)
                        waiting.append(other)
        return None

    def served(self, module: am.Module) -> Served | None:
        """How a module that uses Airflow does without, by the runtime module's stand-ins; None where it cannot.

        Not where a module that keeps its Airflow would wait for an exception of Airflow's from it in vain.
        """
        file = module.source.file
        if file not in self._served:
            made = self.surveyed(module)
            others = self._imported_by_others[1].get(file, ())
            in_vain = made.raised and any(self.surveyed(other).unserved for other in others)
            self._served[file] = None if made.unserved or in_vain else made
        return self._served[file]

    def serves(self, item: am.ModuleItem, module: am.Module) -> bool:
        """Whether stand-ins are all that one definition of a module needs of Airflow."""
        one = self.surveyed(module)
        refused = one.unserved if item.kind == "class" else one.unserved | one.inside
        return not any(item.span.line <= line <= item.span.end_line for line in refused)

    def stand_ins_inside(self, item: am.ModuleItem, module: am.Module) -> list[Rewrite]:
        """What to replace in a class whose methods import from Airflow, so that they import stand-ins."""
        span = item.span
        return [r for r in self.surveyed(module).rewrites if span.line <= r.span.line <= span.end_line]

    def surveyed(self, module: am.Module) -> Served:
        """What stand-ins can do for a module, and what needs Airflow all the same."""
        file = module.source.file
        if file not in self._surveyed:
            self._surveyed[file] = served(module, self._imported_by_others[0])
        return self._surveyed[file]

    @cached_property
    def _imported_by_others(self) -> tuple[frozenset[str], dict[str, list[am.Module]]]:
        """What modules import from each other by name; which catch Airflow's exceptions, by what they import."""
        wanted = frozenset(
            item.imports[1]
            for module in self._by_file.values()
            for item in module.items
            if item.imports is not None and not item.airflow and self.find(item.imports[0], module) is not None
        )
        catching: dict[str, list[am.Module]] = {}
        for module in self._by_file.values():
            if module.airflow and catches(module):
                for other in self.imported(module):
                    catching.setdefault(other.source.file, []).append(module)
        return wanted, catching

    def clean(self, module: am.Module, name: str, replaced: Collection[str] = ()) -> bool:
        """Whether a definition of a module, and all it needs there, can be carried over without Airflow.

        In the functions `replaced`, what is Airflow's gets replaced.
        """
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for item in module.items:
                if item.name != name:
                    continue
                if not item.airflow:
                    waiting += item.needs
                elif item.kind in ("function", "class") and (
                    (item.kind == "function" and name in replaced) or self.serves(item, module)
                ):
                    waiting += [n for n in item.needs if not _is_airflow(n, module)]
                elif item.kind not in ("assign", "other") or not (
                    _is_plain(item.value) or for_type_checkers(item, module)
                ):
                    return False
        return True

    def origin(self, module: am.Module, name: str) -> tuple[am.Module, str] | None:
        """Where the assignments stand that a module-level name comes from: in the module, or in one that it imports the
        name from and that cannot be copied whole. None where they stand in neither."""
        seen: set[tuple[str, str]] = set()
        while (module.source.file, name) not in seen:
            seen.add((module.source.file, name))
            item = module.item(name)
            if item is None or item.imports is None:
                return (module, name) if item is not None and item.kind in ("assign", "other") else None
            path, wanted = item.imports
            other = self.find(path, module)
            if other is None or self.pure(other):
                return None
            module, name = other, wanted
        return None

    def whole(self, module: am.Module) -> str:
        """Copy the module and what it imports; the import path to use."""
        if module.source.file not in self._whole:
            self._whole.add(module.source.file)
            for other in self.imported(module):
                self.whole(other)
        return f"@lib.{self.name(module)}"

    def mark(self) -> tuple[set[str], dict[str, dict[str, Carried]]]:
        """What is to be copied so far, to go back to with `reset`."""
        return set(self._whole), {dotted: dict(chosen) for dotted, chosen in self._picks.items()}

    def reset(self, mark: tuple[set[str], dict[str, dict[str, Carried]]]) -> None:
        """Forget what was to be copied since the mark."""
        self._whole, self._picks = mark

    def copied(self, module: am.Module, spans: Iterable[Span]) -> list[tuple[ast.stmt, list[am.Module]]]:
        """Copy the user's modules that functions in these stretches of a module import; the statements, with them."""
        found: dict[ast.stmt, list[am.Module]] = {}
        for node in parse(module.source.file, module.source.text).imports_in_functions:
            if not any(span.line <= node.lineno <= span.end_line for span in spans):
                continue
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                dotted = "." * node.level + (node.module or "")
                inside = f"{dotted}." if node.module else dotted
                names = [dotted, *(inside + alias.name for alias in node.names)]
            found[node] = [other for name in names if (other := self.find(name, module)) is not None]
            for other in found[node]:
                self.whole(other)
        return list(found.items())

    def pick(self, module: am.Module, names: tuple[str, ...]) -> str:
        """Copy these definitions of a module, with all they need, and nothing else; the import path to use.

        The module is one that cannot be copied whole, because running it would define its DAGs again.
        """
        dotted = f"{importable(module.source.module)}_airflow"
        chosen = self._picks.setdefault(dotted, {})
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            for item in module.items:
                key = f"{item.span.line}:{item.name}"
                if item.name != name or key in chosen:
                    continue
                chosen[key] = Carried(item.name, module.source, item.span, item.kind)
                waiting += item.needs
                self.copied(module, [item.span])
                if item.imports is not None:
                    for path in (item.imports[0], f"{item.imports[0]}.{item.imports[1]}"):
                        if (other := self.find(path, module)) is not None:
                            self.whole(other)
        return f"@lib.{dotted}"

    def pick_function(self, module: am.Module, function: am.Function, rewrites: tuple[Rewrite, ...]) -> tuple[str, str]:
        """Copy one function, which may be defined inside another, with all it needs; the import path to use, and its
        name there: factories of two DAGs may each have a `load`."""
        path = self.pick(module, tuple(n for n in function.globals_used if n not in function.captured))
        chosen = self._picks[path.removeprefix("@lib.")]
        span = function.span
        key = f"{span.line}:{function.name}"
        names = {one.rename or one.name for other, one in chosen.items() if other != key}
        name, number = function.name, 2
        while name in names:
            name, number = f"{function.name}_{number}", number + 1
        rename = name if name != function.name else None
        chosen[key] = Carried(function.name, module.source, span, "function", rewrites, rename=rename)
        return path, name

    def env(self) -> set[EnvVariable]:
        """The Variables and Connections that the copied modules with stand-ins name."""
        copied = (self._by_file[file] for file in self._whole)
        return {v for m in copied if m.airflow and (one := self.served(m)) is not None for v in one.env}

    def modules(self) -> tuple[LibModule, ...]:
        """Everything to copy, by dotted name."""
        copied = {self.name(self._by_file[f]) for f in self._whole}
        found = []
        for file in self._whole:
            module = self._by_file[file]
            if not file.endswith(".py"):
                continue  # a folder without `__init__.py`
            imports = tuple(sorted(self.name(m) for m in self.imported(module) if self.name(m) in copied))
            package = file.endswith("__init__.py")
            rewrites = one.rewrites if module.airflow and (one := self.served(module)) is not None else ()
            found.append(LibModule(self.name(module), module.source, package, imports, rewrites=rewrites))
        for dotted, chosen in self._picks.items():
            pieces = tuple(sorted(chosen.values(), key=lambda c: (c.span.line, c.span.column, c.name)))
            source = pieces[0].source if pieces else None
            if source is not None:
                importer = self._by_file[source.file]
                imports = tuple(sorted(self.name(m) for m in self.imported(importer) if self.name(m) in copied))
                found.append(LibModule(dotted, source, False, imports, pieces))
        for dotted, (module, carrier) in self.parts.items():
            if pieces := carrier.carried():
                used = {i.module.removeprefix("@lib.") for i in carrier.imports}
                used |= {f"{i.module}.{i.name}".removeprefix("@lib.") for i in carrier.imports}
                needed = tuple(sorted(carrier.imports))
                found.append(LibModule(dotted, module.source, False, tuple(sorted(used & copied)), pieces, needed))
        return tuple(sorted(found, key=lambda m: m.dotted))


def _first_folder(module: am.Module, name: str) -> PurePosixPath:
    """The first folder that a module's imports are looked up in.

    That is the one in which the name begins that it is imported by itself; a DAG file's is its own.
    """
    folder = PurePosixPath(module.source.file).parent
    above = name.count(".") + (1 if name and module.source.file.endswith("__init__.py") else 0)
    return [folder, *folder.parents][min(above, len(folder.parents))]


def importable(dotted: str) -> str:
    """A dotted path whose parts can stand in an import statement: DAG files may be called `01-load.py`."""
    parts = (re.sub(r"\W", "_", part) for part in dotted.split("."))
    return ".".join(part if part.isidentifier() and not keyword.iskeyword(part) else f"m_{part}" for part in parts)


def _is_airflow(name: str, module: am.Module) -> bool:
    item = module.item(name)
    return item is not None and item.airflow and item.kind == "import"


def for_type_checkers(item: am.ModuleItem, module: am.Module) -> StandIn | None:
    """The stand-in for a name that a module imports from Airflow under a condition, which is mostly TYPE_CHECKING."""
    if item.kind != "other" or not item.airflow:
        return None
    for node in ast.walk(parse(module.source.file, module.source.text).tree):
        if isinstance(node, ast.ImportFrom) and item.span.line <= node.lineno <= item.span.end_line and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == item.name:
                    return stand_in(f"{node.module}.{alias.name}")
    return None


def _is_plain(value: am.Value) -> bool:
    """Whether a value that Airflow had a part in can be computed without Airflow."""
    match value:
        case am.Unknown() | am.ConnectionRef() | am.TaskRef() | am.XComRef():
            return False
        case am.Symbol(path=path):
            return path.partition(".")[0] != "airflow"
        case am.Deferred(operands=operands, keywords=keywords):
            return all(map(_is_plain, operands)) and all(_is_plain(v) for _, v in keywords)
        case list() | tuple() | set() | frozenset():
            return all(map(_is_plain, value))
        case dict():
            return all(_is_plain(part) for pair in value.items() for part in pair)
    return True
