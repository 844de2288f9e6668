"""The user's own modules: which are free of Airflow, and which are copied to lib/ of the generated project."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Carried, LibModule, Rewrite
from ..read.modules import NEIGHBOURS
from ..read.trees import parse
from ..source import Span
from .replaced import replacements

if TYPE_CHECKING:
    from .carry import Carrier


class Library:
    """Collects the modules to copy. A module is named by the dotted path it is imported by."""

    def __init__(self, project: am.Project) -> None:
        self._modules = {m.source.module: m for m in project.modules.values()}
        self._by_file = dict(project.modules)
        self._places = {f.removesuffix(".py").removesuffix("/__init__"): m for f, m in project.modules.items()}
        self._pure: dict[str, bool] = {}
        self._whole: set[str] = set()
        self._picks: dict[str, dict[str, Carried]] = {}
        self._names: dict[str, str] = {}
        """File -> the name it is imported by, where that is not the one its own reading as a DAG file gave it."""
        self._name_modules()
        self.parts: dict[str, tuple[am.Module, Carrier]] = {}
        """Modules that hold a part of one of the user's: dotted name -> what it is a part of, and what is in it."""
        self.without_airflow: set[str] = set()
        """The dotted names of copied modules in which the runtime stands for what they import from Airflow."""

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
        """Whether neither the module nor anything of the user's that it imports names Airflow."""
        file = module.source.file
        if file not in self._pure:
            self._pure[file] = True  # import cycles
            self._pure[file] = not module.airflow and all(self.pure(m) for m in self.imported(module))
        return self._pure[file]

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
                elif item.kind == "function" and name in replaced:
                    waiting += [n for n in item.needs if not _is_airflow(n, module)]
                elif item.kind not in ("assign", "other") or not _is_plain(item.value):
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

    def pick_function(self, module: am.Module, function: am.Function, rewrites: tuple[Rewrite, ...]) -> str:
        """Copy one function, which may be defined inside another, with all it needs; the import path to use."""
        path = self.pick(module, tuple(n for n in function.globals_used if n not in function.captured))
        chosen = self._picks[path.removeprefix("@lib.")]
        span = function.span
        chosen[f"{span.line}:{function.name}"] = Carried(function.name, module.source, span, "function", rewrites)
        return path

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
            name = self.name(module)
            found.append(LibModule(name, module.source, package, imports, replaced=self._replaced(name, module)))
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
                imports, replaced = tuple(sorted(used & copied)), self._replaced(dotted, module)
                found.append(LibModule(dotted, module.source, False, imports, pieces, needed, replaced))
        return tuple(sorted(found, key=lambda m: m.dotted))

    def _replaced(self, dotted: str, module: am.Module) -> tuple[tuple[str, str], ...]:
        if dotted not in self.without_airflow:
            return ()
        return replacements(parse(module.source.file, module.source.text).tree)


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
