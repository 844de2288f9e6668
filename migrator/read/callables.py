"""A task's Python function, by its syntax tree alone: parameters, the names it needs, and where it meets Airflow."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from ..airflow_model import Function, ModuleItem, Parameter, Use, Value
from ..records import dataclass
from ..source import SourceFile
from .bindings import Names, all_parameters, names_in, names_in_statement
from .names import is_airflow
from .origins import Context, ContextValue, Origin, Origins
from .outline import BUILTINS, Entry, Outline, outline_of
from .places import deep, definition_span, span_of, text_of
from .template_names import CONTEXT_NAMES
from .uses import Collector, in_order

FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"


def describe(
    node: FunctionNode,
    source: SourceFile,
    items: Mapping[str, ModuleItem] | Iterable[ModuleItem],
    captured: Mapping[str, Value] | None = None,
    *,
    arguments: Mapping[str, Value] | None = None,
    context_parameter: str | None = None,
) -> Function:
    """Describe a function or lambda of `source`.

    `items` are the module's (see `module_items`; their values serve where a literal is given by name), `captured` the
    locals of the functions around it with their values (more than it uses does no harm). `arguments` are values of
    parameters the task is known to pass (`op_kwargs`): those parameters are then not the context's.
    `context_parameter` names a parameter that receives the whole context (callbacks, `execute(self, context)`); a
    `**kwargs` and a parameter called `context` do so anyway. Pure: the same arguments give the same result.
    """
    with deep():
        reader = _Reader(node, source, outline_of(source), _values(items), dict(captured or {}), dict(arguments or {}))
        return reader.describe(context_parameter)


def _values(items: Mapping[str, ModuleItem] | Iterable[ModuleItem]) -> dict[str, Value]:
    found = items.values() if isinstance(items, Mapping) else items
    return {item.name: item.value for item in found}


@dataclass(frozen=True, slots=True)
class _Reader:
    node: FunctionNode
    source: SourceFile
    outline: Outline
    constants: Mapping[str, Value]
    captured: Mapping[str, Value]
    arguments: Mapping[str, Value]

    def describe(self, context_parameter: str | None) -> Function:
        node, source = self.node, self.source
        names = names_in(*self._own_nodes())
        outer = list(dict.fromkeys(name.id for name in names.free()))
        captured = {name: self.captured[name] for name in outer if name in self.captured}
        closure = self._closure(self._globals(names))
        for value in captured.values():
            if isinstance(value, Function):
                closure.update(dict.fromkeys(value.globals_used))
        is_lambda = isinstance(node, ast.Lambda)
        yields = _own(node, (ast.Yield, ast.YieldFrom))
        name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
        return Function(
            name=name,
            qualname=self.outline.qualnames.get((node.lineno, node.col_offset), name),
            source=source,
            span=span_of(node, source) if isinstance(node, ast.Lambda) else definition_span(node, source),
            parameters=tuple(_parameters(node.args, source)),
            is_lambda=is_lambda,
            is_generator=bool(yields),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            docstring=None if isinstance(node, ast.Lambda) else ast.get_docstring(node),
            returns=None if isinstance(node, ast.Lambda) else _text(node.returns, source),
            returns_value=_returns_value(node, bool(yields)),
            captured=captured,
            globals_used=tuple(closure),
            uses=tuple(self._uses(names, closure, captured, context_parameter)),
        )

    def _own_nodes(self) -> list[ast.AST]:
        """The definition without the decorators that are Airflow's, which the translation replaces."""
        if isinstance(self.node, ast.Lambda):
            return [self.node]
        kept = [d for d in self.node.decorator_list if not self._is_airflow_decorator(d)]
        if len(kept) == len(self.node.decorator_list):
            return [self.node]
        fields = {name: value for name, value in ast.iter_fields(self.node) if name != "decorator_list"}
        bare = type(self.node)(**fields, decorator_list=kept)
        return [ast.copy_location(bare, self.node)]

    def _is_airflow_decorator(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name):
            return False
        if node.id in self.captured:
            return is_airflow(str(getattr(self.captured[node.id], "path", "")))
        return is_airflow(self.outline.imported.get(node.id, ""))

    # --- names

    def _globals(self, names: Names) -> list[str]:
        """The module's names it uses; of a name that nothing defines, the `import *` it may come from."""
        known, stars = self.outline.by_name, self.outline.stars
        own = None if isinstance(self.node, ast.Lambda) else self.node.name
        used: dict[str, None] = {}
        for load in names.free():
            name = load.id
            if name in self.captured or name == own:
                continue
            if name in known:
                used[name] = None
            elif name not in BUILTINS:
                used.update(dict.fromkeys(stars))
        return list(used)

    def _closure(self, direct: Iterable[str]) -> dict[str, None]:
        """The names and all they need in turn; what builds DAGs under `if` or `with` is named but not entered."""
        found: dict[str, None] = {}
        waiting = list(direct)
        while waiting:
            name = waiting.pop(0)
            if name in found:
                continue
            found[name] = None
            for entry in self.outline.of(name):
                if entry.item.kind != "other" or not entry.item.airflow:
                    waiting.extend(entry.item.needs)
        return found

    # --- uses

    def _uses(
        self, names: Names, closure: Mapping[str, None], captured: Mapping[str, Value], context_parameter: str | None
    ) -> Iterator[Use]:
        origins = Origins(
            self.source,
            names,
            self.outline,
            self.constants,
            self.captured,
            self.arguments,
            names.root.node,
            dict(_context_parameters(self.node.args, context_parameter, self.arguments)),
        )
        collector = Collector(origins)
        yield from collector.collect(names.root.node)
        yield from self._uses_in_helpers(closure, collector.passed)
        for name, value in captured.items():
            if isinstance(value, Function):
                for use in value.uses:
                    yield use if use.get("in") else replace(use, details=(*use.details, ("in", name)))

    def _uses_in_helpers(self, closure: Mapping[str, None], passed: dict[str, dict[str, Origin]]) -> Iterator[Use]:
        """The uses in the module's code that the function needs, with what it is handed followed through calls."""
        given = {name: dict(origins) for name, origins in passed.items()}
        found: dict[Entry, list[Use]] = {}
        # What one helper passes to another can grow what an earlier one was found to use; it grows at most once a name.
        for _ in range(len(closure) + 1):
            before = {name: dict(origins) for name, origins in given.items()}
            for entry in self._entries(closure):
                collector = self._collector(entry, given.get(entry.item.name, {}))
                found[entry] = collector.collect(entry.node)
                for name, origins in collector.passed.items():
                    for parameter, origin in origins.items():
                        given.setdefault(name, {}).setdefault(parameter, origin)
            if given == before:
                break
        yield from sorted((use for uses in found.values() for use in uses), key=in_order)

    def _entries(self, closure: Mapping[str, None]) -> Iterator[Entry]:
        for name in closure:
            for entry in self.outline.of(name):
                if entry.item.kind != "import" and not (entry.item.kind == "other" and entry.item.airflow):
                    yield entry

    def _collector(self, entry: Entry, parameters: Mapping[str, Origin]) -> Collector:
        names = names_in_statement(entry.node)
        is_function = isinstance(entry.node, ast.FunctionDef | ast.AsyncFunctionDef)
        function = entry.node if is_function else None
        origins = Origins(
            self.source, names, self.outline, self.constants, {}, {}, function, parameters if is_function else {}
        )
        return Collector(origins, inside=entry.item.name)


def _context_parameters(
    args: ast.arguments, context_parameter: str | None, arguments: Mapping[str, Value]
) -> Iterator[tuple[str, Origin]]:
    for arg in all_parameters(args):
        if arg is args.kwarg:
            yield arg.arg, Context()
        elif arg.arg in arguments or arg is args.vararg:
            continue
        elif arg.arg == (context_parameter or "context"):
            yield arg.arg, Context()
        elif arg.arg in CONTEXT_NAMES:
            yield arg.arg, ContextValue(arg.arg)


def _parameters(args: ast.arguments, source: SourceFile) -> Iterator[Parameter]:
    positional = [*args.posonlyargs, *args.args]
    defaults = [*[None] * (len(positional) - len(args.defaults)), *args.defaults]
    for arg, default in zip(positional, defaults, strict=True):
        yield Parameter(arg.arg, "positional", _text(default, source), _text(arg.annotation, source))
    if args.vararg:
        yield Parameter(args.vararg.arg, "var_positional", None, _text(args.vararg.annotation, source))
    for arg, given in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield Parameter(arg.arg, "keyword_only", _text(given, source), _text(arg.annotation, source))
    if args.kwarg:
        yield Parameter(args.kwarg.arg, "var_keyword", None, _text(args.kwarg.annotation, source))


def _text(node: ast.expr | None, source: SourceFile) -> str | None:
    return None if node is None else text_of(span_of(node, source), source)


def _own(node: FunctionNode, kinds: tuple[type[ast.AST], ...]) -> list[ast.AST]:
    """The nodes of these kinds in a function's own body, not in functions or classes inside it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
    while waiting:
        at = waiting.pop()
        if isinstance(at, kinds):
            found.append(at)
        if not isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting.extend(ast.iter_child_nodes(at))
    return found


def _returns_value(node: FunctionNode, yields: bool) -> bool:
    if isinstance(node, ast.Lambda):
        return not _is_none(node.body)
    returned = [r.value for r in _own(node, (ast.Return,)) if isinstance(r, ast.Return)]
    return yields or any(value is not None and not _is_none(value) for value in returned)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
