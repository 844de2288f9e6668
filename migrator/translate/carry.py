"""What a generated module takes over from the user's files: the imports, constants and helpers its functions need."""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from .. import airflow_model as am
from ..dagster_model import Carried, EnvVariable, Import, Rewrite
from ..read import places
from ..read.bindings import defaulted
from ..read.trees import parse
from ..source import SourceFile, Span
from .late import deferred, late, statements
from .library import Library, for_type_checkers
from .names import Names
from .pen import CannotWriteError, Pen
from .standins import EXCEPTIONS, stand_in


class Carrier:
    """Collects, for one generated module, the user's top-level definitions it needs, each once."""

    def __init__(self, library: Library, names: Names) -> None:
        self._library = library
        self._names = names
        self._owner: dict[str, str] = {}
        self._carried: dict[tuple[str, int, int, str], Carried] = {}
        self.imports: set[Import] = set()
        self.env: set[EnvVariable] = set()
        """The environment variables that carried-over constants read."""
        self.files: set[str] = set()
        """The paths made from `__file__` that expressions of ours among them hold."""
        self._bound: dict[str, Import] = {}
        self._sources: dict[str, set[str]] = {}
        """File -> the files of which it imports what is carried over."""

    def mark(self) -> tuple[dict[str, str], dict[tuple[str, int, int, str], Carried], set[Import], dict[str, Import]]:
        """What is carried so far, to go back to with `reset`."""
        return dict(self._owner), dict(self._carried), set(self.imports), dict(self._bound)

    def reset(
        self, mark: tuple[dict[str, str], dict[tuple[str, int, int, str], Carried], set[Import], dict[str, Import]]
    ) -> None:
        """Forget what was asked for since the mark."""
        self._owner, self._carried, self.imports, self._bound = mark

    def carried(self) -> tuple[Carried, ...]:
        """What was asked for: by file, one after those it imports from, in the order of the text."""
        seen: set[str] = set()
        order: list[str] = []

        def visit(file: str) -> None:
            if file not in seen:
                seen.add(file)
                for other in sorted(self._sources.get(file, ())):
                    visit(other)
                order.append(file)

        for file, *_ in sorted(self._carried):
            visit(file)
        return tuple(self._carried[key] for key in sorted(self._carried, key=lambda key: (order.index(key[0]), key)))

    def need(
        self,
        name: str,
        module: am.Module,
        rewrites: dict[str, tuple[Rewrite, ...]] | None = None,
        where: Span | None = None,
    ) -> None:
        """Make a top-level name of a user's module available under that name.

        `rewrites` are the replacements in it and in what it needs, by top-level name; `where` is the code that needs it
        and tells what it takes from a module that uses Airflow. Raises CannotWriteError where it cannot.
        """
        items = [i for i in module.items if i.name == name]
        if items and all(i.kind == "import" for i in items):
            for item in items:
                self._import(item, module, rewrites, where)
            return
        owner = self._owner.setdefault(name, module.source.file)
        if owner != module.source.file:
            raise CannotWriteError(f"{name}, which two modules define")
        if not items:
            self._star(name, module, rewrites)
            return
        for item in items:
            key = (item.span.file, item.span.line, item.span.column, item.name)
            if key in self._carried:
                continue
            if item.kind == "import":
                self._import(item, module, rewrites, where)
            else:
                self._definition(item, module, key, rewrites or {})

    def _star(self, name: str, module: am.Module, rewrites: dict[str, tuple[Rewrite, ...]] | None) -> None:
        other = self._library.provider(name, module)
        if other is not None:
            del self._owner[name]
            self._sources.setdefault(module.source.file, set()).add(other.source.file)
            self.reference(name, other, rewrites)

    def _add(self, item: Import) -> None:
        """Note an import. Raises CannotWriteError where its name is another import's."""
        name = item.alias or item.name or item.module.partition(".")[0]
        if self._bound.setdefault(name, item) != item and (item.name or item.alias):
            raise CannotWriteError(f"{name}, which two modules import from different places")
        self.imports.add(item)

    def hoist(self, function: am.Function, rewrites: tuple[Rewrite, ...]) -> str:
        """Carry a function that is defined inside another one to module level; the name it has there.

        What it takes from around it must have become parameters by the rewrites.
        """
        span = function.span
        key = (span.file, span.line, span.column, function.name)
        known = self._carried.get(key)
        if known is None:
            name = self._names.unique(f"_{function.name.lstrip('_')}")
            known = Carried(function.name, function.source, span, "function", rewrites, rename=name)
            self._carried[key] = known
        return known.rename or known.name

    def reference(self, name: str, module: am.Module, rewrites: dict[str, tuple[Rewrite, ...]] | None = None) -> None:
        """Make a name of another of the user's modules available: imported from lib/ where that module is pure."""
        if self._library.pure(module):
            self._add(Import(self._library.whole(module), name))
        elif not self._library.clean(module, name, rewrites or ()):
            raise CannotWriteError(f"{name} of the module {module.source.module}, which uses Airflow")
        else:
            self._pieces(name, module, rewrites)

    def _pieces(self, name: str, module: am.Module, rewrites: dict[str, tuple[Rewrite, ...]] | None) -> None:
        """Carry a name of another module over; to a module of its own where its names meet others here."""
        mark = self.mark()
        try:
            self.need(name, module, rewrites)
        except CannotWriteError:
            self.reset(mark)
            if not self._library.clean(module, name):
                raise
            from .parts import part

            self._add(Import(part(module, (name,), self._library), name))

    def _import(
        self,
        item: am.ModuleItem,
        module: am.Module,
        rewrites: dict[str, tuple[Rewrite, ...]] | None,
        where: Span | None,
    ) -> None:
        assert item.imports is not None
        path, name = item.imports
        if where is not None and name != "*" and not loads_of(frozenset({item.name}), module.source, where):
            return  # what else is needed there asks for it
        if item.airflow:
            if name in EXCEPTIONS:
                self._add(Import("@compat.exceptions", name, item.name if item.name != name else ""))
            return
        if name and (
            whole := self._library.find(f"{path}.{name}".replace("..", ".") if path != "." else f".{name}", module)
        ):
            parent, _, last = self._module(whole, item, module, where).rpartition(".")
            self._add(Import(parent, last, item.name if item.name != last else ""))
            return
        other = self._library.find(path, module)
        if other is None:
            if path.startswith("."):
                raise CannotWriteError(f"{item.name} from {path}, which was not found")
            alias = (
                item.name if item.name != (name or path) and not (not name and path.startswith(item.name + ".")) else ""
            )
            self._add(Import(path, name, alias))
        elif not name:
            dotted = self._module(other, item, module, where)
            if item.name == path.partition(".")[0] and "." in path:
                raise CannotWriteError(f"`import {path}`, whose parts are used by their full path")
            parent, _, last = dotted.rpartition(".")
            self._add(Import(parent, last, item.name if item.name != last else ""))
        elif name == "*" and where is not None:
            self._sources.setdefault(module.source.file, set()).add(other.source.file)
            for wanted in dict.fromkeys(n for n, _ in loads_of(None, module.source, where)):
                if module.item(wanted) is None and (source := self._library.provider(wanted, module)) is not None:
                    self.reference(wanted, source, rewrites)
        elif self._library.pure(other):
            self._add(Import(self._library.whole(other), name, item.name if item.name != name else ""))
        else:
            if not self._library.clean(other, name, rewrites or ()):
                raise CannotWriteError(f"{name} of the module {other.source.module}, which uses Airflow")
            if item.name != name:
                if not self._library.clean(other, name):
                    raise CannotWriteError(f"{name} imported as {item.name} from a module that uses Airflow")
                from .parts import part

                self._add(Import(part(other, (name,), self._library), name, item.name))
                return
            self._sources.setdefault(module.source.file, set()).add(other.source.file)
            self._pieces(name, other, rewrites)

    def _module(self, used: am.Module, item: am.ModuleItem, module: am.Module, where: Span | None) -> str:
        """The import path of a module that another one imports: its copy, or the part that is free of Airflow."""
        if self._library.pure(used):
            return self._library.whole(used)
        from .parts import attributes, part

        wanted = attributes(item.name, module.source, where) if where is not None else ()
        if not wanted:
            raise CannotWriteError(f"the module {used.source.module}, which uses Airflow")
        return part(used, wanted, self._library)

    def _definition(
        self,
        item: am.ModuleItem,
        module: am.Module,
        key: tuple[str, int, int, str],
        rewrites: dict[str, tuple[Rewrite, ...]],
    ) -> None:
        own = rewrites.get(item.name, ())
        kind = item.kind
        assert kind != "import"
        if item.airflow and kind == "class" and not self._library.serves(item, module):
            raise CannotWriteError(f"the class {item.name}, which is built on Airflow")
        if (found := for_type_checkers(item, module)) is not None:
            self._add(found.imported(item.name))
            return
        if item.airflow and kind in ("assign", "other"):
            pen = self._pen()
            text = f"{item.name} = {pen.expression(_load_time(item))}"
            self.imports |= pen.imports
            self.env |= pen.env
            self.files |= pen.files
            self._carried[key] = Carried(item.name, module.source, item.span, kind, (Rewrite(item.span, text),))
            return
        late_needs = [n for n in item.needs if deferred(n, module, self._library)]
        if late_needs and kind not in ("function", "class"):
            raise CannotWriteError(f"{item.name}, which comes from Airflow when the file is loaded")

        def need(name: str, module: am.Module, where: Span) -> None:
            self.need(name, module, rewrites, where)

        if item.airflow and kind == "class":
            own = (*own, *self._library.stand_ins_inside(item, module))
        own = outermost([*own, *self._set_when_called(frozenset(late_needs), item, module, own, need)])
        self._carried[key] = Carried(item.name, module.source, item.span, kind, own)
        self.env |= environment(item.value)
        self._names.take(item.name)
        try:
            for name in item.needs:
                if name not in late_needs:
                    self.need(name, module, rewrites, item.span)
            self._stand_ins(item, module, own)
        except CannotWriteError:
            del self._carried[key]
            raise

    def _stand_ins(self, item: am.ModuleItem, module: am.Module, rewrites: Sequence[Rewrite]) -> None:
        """Import what stands for the names of Airflow's that a definition has, where no rewrite replaces them."""
        for name in item.needs if item.airflow else ():
            for imported in module.items:
                if imported.name != name or not imported.airflow or imported.imports is None:
                    continue
                places = (place for _, place in loads_of(frozenset({name}), module.source, item.span))
                if any(not any(place in rewrite.span for rewrite in rewrites) for place in places):
                    found = stand_in(".".join(filter(None, imported.imports)))
                    if found is not None:
                        self._add(found.imported(name))

    def _pen(self) -> Pen:
        return Pen(user_class=self._user_class)

    def _user_class(self, cls: am.ClassRef) -> str:
        module = self._library.of_file(cls.span.file)
        if module is None:
            raise CannotWriteError(f"the class {cls.name}")
        if module.item(cls.name) is None:
            raise CannotWriteError(f"the class {cls.name}, which is made when the file is loaded")
        self.reference(cls.name, module)
        return cls.name

    def _set_when_called(
        self,
        names: frozenset[str],
        item: am.ModuleItem,
        module: am.Module,
        rewrites: Sequence[Rewrite],
        need: Callable[[str, am.Module, Span], None],
    ) -> Iterator[Rewrite]:
        """Insertions in the definition's functions that set such names when the function is called.

        What the rewrites replace anyway needs none.
        """
        if not names:
            return
        functions = [f for f in _functions(module.source) if item.span.line <= f.lineno <= item.span.end_line]
        needed: dict[int, dict[str, None]] = {}
        for name, span in loads_of(names, module.source, item.span):
            if any(span in rewrite.span for rewrite in rewrites):
                continue
            around = next((n for n, f in enumerate(functions) if f.body[0].lineno <= span.line <= _end(f)), None)
            if around is None:
                raise CannotWriteError(f"{name} in the head of {item.name}, which comes from Airflow")
            needed.setdefault(around, {})[name] = None
        for number, wanted in needed.items():
            function, pen = functions[number], self._pen()
            bound = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
            lines: dict[str, None] = {}
            for name in wanted:
                made = statements(name, module, self._library, pen.expression, need, bound)
                lines |= dict.fromkeys(made)
            self.imports |= pen.imports
            self.env |= pen.env
            self.files |= pen.files
            yield insertion(list(lines), function, module.source)


_Function = ast.FunctionDef | ast.AsyncFunctionDef


@lru_cache(maxsize=64)
def _functions(source: SourceFile) -> tuple[_Function, ...]:
    """The functions and methods of a file that are not inside another one."""
    found: list[_Function] = []
    waiting: list[ast.AST] = [*tree_of(source).body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Function):
            found.append(node)
        else:
            waiting += ast.iter_child_nodes(node)
    return tuple(sorted(found, key=lambda node: node.lineno))


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def insertion(statements: Sequence[str], function: _Function, source: SourceFile) -> Rewrite:
    """Statements to stand before a function's first one, after its docstring. Raises CannotWriteError."""
    if function.body[0].lineno == function.lineno:
        raise CannotWriteError(f"{function.name}, whose body stands in the line of its head")
    lines = source.lines()
    has_docstring = ast.get_docstring(function, clean=False) is not None and len(function.body) > 1
    first = function.body[1 if has_docstring else 0]
    start = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", []))])
    line = lines[start - 1]
    column = characters(lines, start, first.col_offset)
    above = _end(function.body[0]) if has_docstring else function.lineno
    while start - 1 > above and lines[start - 2].startswith(f"{line[:column]}#"):  # comments stay with their statement
        start -= 1
    return Rewrite(
        Span(source.file, start, column, start, column), "".join(f"{s}\n" for s in statements) + line[:column]
    )


def outermost(rewrites: Iterable[Rewrite]) -> tuple[Rewrite, ...]:
    """Without those inside another one, each place once; what is inserted comes before what is replaced there."""
    found: list[Rewrite] = []
    for rewrite in sorted(rewrites, key=_place):
        last = found[-1].span if found else None
        if last is not None and (rewrite.span.line, rewrite.span.column) < (last.end_line, last.end_column):
            continue
        found.append(rewrite)
    return tuple(found)


def _place(rewrite: Rewrite) -> tuple[int, int, bool, int, int]:
    span = rewrite.span
    replaces = (span.line, span.column) != (span.end_line, span.end_column)
    return span.line, span.column, replaces, -span.end_line, -span.end_column


def _load_time(item: am.ModuleItem) -> am.Value:
    """The item's value, if it may be computed when the generated module is loaded."""
    if late(item.value):
        raise CannotWriteError(f"{item.name}, which comes from Airflow when the file is loaded")
    return item.value


def definition(function: am.Function) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """The syntax tree of a function's definition."""
    span = function.span
    return next(
        node
        for node in _definitions(function.source)
        if node.name == function.name and span.line <= node.lineno <= span.end_line
    )


@lru_cache(maxsize=64)
def _definitions(source: SourceFile) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    every = ast.walk(tree_of(source))
    return tuple(node for node in every if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lambda_defaults(function: am.Function) -> list[tuple[str, Span]]:
    """The parameters of a lambda that have a default, and where that stands; none for what is no lambda."""
    if not function.is_lambda:
        return []
    arguments = lambda_of(function).args
    return [(parameter.arg, places.span_of(default, function.source)) for parameter, default in defaulted(arguments)]


def lambda_of(function: am.Function) -> ast.Lambda:
    """The syntax tree of a lambda."""
    return next(
        node
        for node in ast.walk(tree_of(function.source))
        if isinstance(node, ast.Lambda) and places.span_of(node, function.source) == function.span
    )


def without_defaults(function: am.Function, names: Container[str]) -> list[Rewrite]:
    """What takes the defaults of these parameters out of a function's definition: all who call it give them."""
    arguments = definition(function).args
    found, kept = [], False
    for parameter, default in defaulted(arguments):
        if parameter.arg not in names:
            kept = kept or parameter not in arguments.kwonlyargs
            continue
        written, value = places.span_of(parameter, function.source), places.span_of(default, function.source)
        if kept and parameter not in arguments.kwonlyargs:
            found.append(Rewrite(value, "None"))
        else:
            whole = replace(written, end_line=value.end_line, end_column=value.end_column)
            found.append(Rewrite(whole, places.text_of(written, function.source)))
    return found


def airflow_decorators(function: am.Function, library: Library) -> list[Span]:
    """The places of a function's decorators that are Airflow's (`@task`), without the `@`."""
    module = library.of_file(function.span.file)
    found = []
    for decorator in definition(function).decorator_list:
        root: ast.expr = decorator
        while isinstance(root, ast.Call | ast.Attribute):
            root = root.func if isinstance(root, ast.Call) else root.value
        item = module.item(root.id) if module is not None and isinstance(root, ast.Name) else None
        if item is not None and item.airflow:
            found.append(places.span_of(decorator, function.source))
    return found


def tree_of(source: SourceFile) -> ast.Module:
    """The file's syntax tree."""
    return parse(source.file, source.text).tree


def loads_of(names: frozenset[str] | None, source: SourceFile, span: Span) -> tuple[tuple[str, Span], ...]:
    """Where the names (None: any) are read inside a stretch of a file, which is assumed not to bind them itself."""
    if names is not None and not names:
        return ()
    last = span.end_line or span.line
    loads = ((n, place) for n, place in _loads(source) if span.line <= place.line <= last)
    return tuple((n, place) for n, place in loads if names is None or n in names)


@lru_cache(maxsize=64)
def _loads(source: SourceFile) -> tuple[tuple[str, Span], ...]:
    """Every place where a file reads a name."""
    return tuple(
        (node.id, places.span_of(node, source))
        for node in ast.walk(tree_of(source))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


@lru_cache(maxsize=64)
def keywords_at(source: SourceFile) -> dict[tuple[int, int], str | None]:
    """Where the values of keyword arguments begin (line, column in characters), and their names; None for `**value`."""
    lines = source.lines()
    return {
        (k.value.lineno, characters(lines, k.value.lineno, k.value.col_offset)): k.arg
        for node in ast.walk(tree_of(source))
        if isinstance(node, ast.Call)
        for k in node.keywords
    }


def characters(lines: Sequence[str], number: int, offset: int) -> int:
    """A column in characters, of ast's offset in bytes of UTF-8."""
    return places.column(lines[number - 1], offset)


def environment(value: am.Value) -> set[EnvVariable]:
    """The environment variables that a value is computed from."""
    match value:
        case am.EnvRef(name=str() as name, required=required):
            return {EnvVariable(name, "Read by the DAG files from the environment", required=required)}
        case am.Deferred(operands=operands, keywords=keywords):
            parts = [*operands, *(v for _, v in keywords)]
        case list() | tuple() | set():
            parts = list(value)
        case dict():
            parts = list(value.values())
        case _:
            return set()
    return set().union(*map(environment, parts))
