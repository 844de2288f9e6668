"""The user's helper modules, copied under lib/, with their imports of each other made relative."""

from __future__ import annotations

import re
from collections.abc import Mapping

import libcst as cst
import libcst.helpers as helpers

from ..dagster_model import Import, LibModule, Project
from ..own_files import own_places
from ..records import dataclass
from ..source import SourceFile, Span
from .carry import carried_text
from .imports import Place, parse_imports
from .module import Module, check_compiles
from .rewrite import REMOVED, Remover, piece
from .text import InvalidCode


@dataclass(frozen=True, slots=True)
class Names:
    """What the copied user modules are imported as, and where they are below lib/."""

    dotted: Mapping[str, str]

    @property
    def roots(self) -> frozenset[str]:
        return frozenset(name.partition(".")[0] for name in self.dotted)


def lib_names(project: Project) -> Names:
    """The names of a project's copied modules, packages on the way to them included."""
    names: dict[str, str] = {}
    for module in project.lib:
        names[module.dotted] = module.dotted
        if not module.pick:
            names[module.source.module] = module.dotted
    for module in project.lib:
        names.setdefault(module.source.module, module.dotted)
    for imported, dotted in list(names.items()):
        # `a.b.c` copied makes `a.b` and `a` packages under lib/, where the two names end alike.
        above, below = imported.split("."), dotted.split(".")
        while len(above) > 1 and len(below) > 1 and above[-1] == below[-1]:
            above.pop()
            below.pop()
            names.setdefault(".".join(above), ".".join(below))
    return Names({name: dotted for name, dotted in sorted(names.items()) if name})


class Relative(cst.CSTTransformer):
    """Makes imports of copied modules relative to where the code goes, wherever in it they stand.

    Relative ones are of `source`, the file that the code is a piece of; of a whole copy they stay as they are.
    """

    def __init__(self, names: Names, place: Place, source: SourceFile | None) -> None:
        super().__init__()
        self._names = names
        self._place = place
        self._package = _package(source) if source is not None else []

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:
        named = helpers.get_full_name_for_node(updated_node.module) if updated_node.module else None
        above = len(self._package) + 1 - len(updated_node.relative)
        module = ".".join(filter(None, [*self._package[: max(above, 0)], named])) if updated_node.relative else named
        if not module or module not in self._names.dotted:
            return updated_node
        return _import_from(updated_node, self._place.relative(f"lib.{self._names.dotted[module]}"))

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        """`import a.b` lines, whose statements may become several."""
        if not any(isinstance(item, cst.Import) for item in updated_node.body):
            return updated_node
        statements: list[cst.BaseSmallStatement] = []
        for item in updated_node.body:
            statements += self._import(item) if isinstance(item, cst.Import) else [item]
        if len(statements) == len(updated_node.body):
            return updated_node.with_changes(body=statements)
        lines = [cst.SimpleStatementLine([_plain(item)]) for item in statements]
        lines[0] = lines[0].with_changes(leading_lines=updated_node.leading_lines)
        lines[-1] = lines[-1].with_changes(trailing_whitespace=updated_node.trailing_whitespace)
        return cst.FlattenSentinel(lines)

    def _import(self, statement: cst.Import) -> list[cst.BaseSmallStatement]:
        kept: list[cst.ImportAlias] = []
        made: list[cst.BaseSmallStatement] = []
        for alias in statement.names:
            module = helpers.get_full_name_for_node(alias.name) or ""
            if module in self._names.dotted:
                made += self._import_module(module, alias)
            else:
                kept.append(alias.with_changes(comma=cst.MaybeSentinel.DEFAULT))
        if not made:
            return [statement]
        rest = [cst.Import(kept)] if kept else []
        return [*rest, *made]

    def _import_module(self, module: str, alias: cst.ImportAlias) -> list[cst.BaseSmallStatement]:
        """`import a.b as x` binds the module; `import a.b` binds `a` and loads `a.b`, which takes two statements."""
        dotted = self._names.dotted[module]
        if alias.asname is not None:
            return [self._from(dotted, helpers.get_full_name_for_node(alias.asname.name) or "")]
        root = module.partition(".")[0]
        if "." not in module:
            return [self._from(dotted, module)]
        if self._names.dotted.get(root) is None:
            raise InvalidCode(f"`import {module}`: {root} is not among the copied modules")
        loaded = self._from(dotted, "_" + module.replace(".", "_"))
        return [self._from(self._names.dotted[root], root), loaded]

    def _from(self, dotted: str, name: str) -> cst.BaseSmallStatement:
        """`from <parent> import <last> as <name>`."""
        parent, _, last = f"lib.{dotted}".rpartition(".")
        alias = f" as {name}" if name != last else ""
        line = cst.parse_statement(f"from {self._place.relative(parent)} import {last}{alias}")
        assert isinstance(line, cst.SimpleStatementLine)
        return line.body[0]


def _plain(statement: cst.BaseSmallStatement) -> cst.BaseSmallStatement:
    return statement.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)


def _import_from(node: cst.ImportFrom, module: str) -> cst.ImportFrom:
    """The import with a relative module name such as `..a.b`."""
    dots = len(module) - len(module.lstrip("."))
    name = module[dots:]
    return node.with_changes(
        relative=[cst.Dot()] * dots,
        module=helpers.parse_template_expression(name) if name else None,
        whitespace_before_import=cst.SimpleWhitespace(" "),
    )


def _package(source: SourceFile) -> list[str]:
    """The names of the package that a file's relative imports start from."""
    parts = source.module.split(".")
    return parts if source.file.endswith("__init__.py") else parts[:-1]


def relative_imports(names: Names, place: Place, module: cst.Module, source: SourceFile | None = None) -> cst.Module:
    """A tree, that of a piece of `source` or of a whole file, with imports of copied modules relative to `place`."""
    changed = module.visit(Relative(names, place, source))
    assert isinstance(changed, cst.Module)
    return changed


def lib_place(project: Project, module: LibModule) -> Place:
    """Where a copied module is."""
    return Place(project.package, f"lib.{module.dotted}", module.is_package)


def lib_path(project: Project, module: LibModule) -> str:
    """The file of a copied module."""
    folder = f"{project.package}/lib/{module.dotted.replace('.', '/')}"
    return f"{folder}/__init__.py" if module.is_package else f"{folder}.py"


def _with_files(tree: cst.Module, place: Place) -> cst.Module:
    """The tree with the import of the folder that the copied files are in."""
    from libcst.codemod import CodemodContext  # which takes long to import
    from libcst.codemod.visitors import AddImportsVisitor, ImportItem

    item = ImportItem(place.resolve("@compat.files"), "DAG_FILES")
    return AddImportsVisitor(CodemodContext(), [item]).transform_module(tree)


FUTURE = re.compile(r"^from __future__ import .*\bannotations\b", re.MULTILINE)


def lib_module(project: Project, module: LibModule, names: Names) -> str:
    """A copied module's text: whole, as the user wrote it but for imports; or the picked pieces. Raises InvalidCode."""
    place = lib_place(project, module)
    if not module.pick:
        text = _whole(module, place)
        moved = "DAG_FILES" in text and "DAG_FILES" not in module.source.text
        if not moved and not any(root in text for root in names.roots):
            check_compiles(text)
            return text
        try:
            tree = cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            raise InvalidCode(f"{module.source.file}: {error.message}") from error
        tree = relative_imports(names, place, tree)
        text = (_with_files(tree, place) if moved else tree).code
        check_compiles(text)
        return text

    def transform(tree: cst.Module, source: SourceFile) -> cst.Module:
        return relative_imports(names, place, tree, source)

    made = Module(place, f"From {module.source.file}.")
    made.imports.clear()
    made.add("", module.pick_imports)
    if FUTURE.search(module.source.text):  # annotations may name what only type checkers import
        made.add("", (Import("__future__", "annotations"),))
    for part in module.pick:
        text = carried_text(part, place.resolve_text, transform)
        if part.kind == "import":
            made.add("", (*part.imports, *parse_imports(text)))
        else:
            made.add(text, part.imports)
    return made.render()


def _whole(module: LibModule, place: Place) -> str:
    """The text of a module that is copied whole: rewritten, and with paths made of `__file__` to the copied files."""
    source = module.source
    text = source.text
    if module.rewrites or own_places(source):
        lines = source.lines()
        everything = Span(source.file, 1, 0, len(lines), len(lines[-1]))
        text = piece(source, everything, module.rewrites, place.resolve_text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if REMOVED in text:
        try:
            text = cst.parse_module(text).visit(Remover()).code
        except cst.ParserSyntaxError as error:
            raise InvalidCode(f"{source.file}: {error.message}") from error
    return text if text.endswith("\n") or not module.rewrites else f"{text}\n"


def lib_packages(project: Project) -> list[str]:
    """The `__init__.py` files that lib/ needs beside the copied ones."""
    if not project.lib:
        return []
    folders = {""}
    for module in project.lib:
        parts = module.dotted.split(".")
        upto = len(parts) if module.is_package else len(parts) - 1
        folders |= {"/".join(parts[:count]) + "/" for count in range(1, upto + 1)}
    own = {lib_path(project, module) for module in project.lib}
    return sorted({f"{project.package}/lib/{folder}__init__.py" for folder in folders} - own)
