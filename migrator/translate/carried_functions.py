"""A function carried over whole: to the DAG's module with what it needs, or with its Airflow imports to lib/."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from .. import airflow_model as am
from ..dagster_model import Rewrite
from ..source import Span
from .carry import (
    airflow_decorators,
    characters,
    definition,
    insertion,
    lambda_defaults,
    loads_of,
    outermost,
    without_defaults,
)
from .function_uses import is_current_context, mails, resource_of
from .late import deferred, statements
from .pen import CannotWriteError
from .standins import EXCEPTIONS
from .use_rewrites import import_removed, replaced_exception, rewrites_of

if TYPE_CHECKING:
    from .view import View


def _lambda(function: am.Function, view: View) -> str:
    """The text of a lambda, with what it has of Airflow replaced."""
    lines = function.source.lines()
    starts = [0, *itertools.accumulate(len(line) + 1 for line in lines)]
    text, span = "\n".join(lines), function.span
    begin = starts[span.line - 1] + span.column
    found, last = "", begin
    for one in outermost([*_replacements(function, view), *_defaults(function, view)]):
        found += text[last : starts[one.span.line - 1] + one.span.column] + one.text
        last = starts[one.span.end_line - 1] + one.span.end_column
    return found + text[last : starts[span.end_line - 1] + span.end_column]


def _defaults(function: am.Function, view: View) -> list[Rewrite]:
    """The values in the place of a lambda's defaults that are bound to it (`table=table` in a loop)."""
    values = dict(function.bound_kwargs)
    return [Rewrite(span, view.expression(values[name])) for name, span in lambda_defaults(function) if name in values]


def bound_keywords(function: am.Function, view: View) -> dict[str, str]:
    """The keyword arguments bound to a function that its text does not have."""
    written = {name for name, _ in lambda_defaults(function)} if function.is_lambda else ()
    return {name: view.expression(value) for name, value in function.bound_kwargs if name not in written}


def surroundings(function: am.Function, view: View) -> list[str]:
    """Carry over what the function takes from its module and its enclosing calls; statements that set the rest."""
    module = view.shared.library.of_file(function.span.file)
    if module is None:
        raise CannotWriteError(f"the module of {function.name}")
    before = []
    for name, value in function.captured.items():
        if (text := view.expression(value)) != name:  # a helper may have been carried over under its own name
            before.append(f"{name} = {text}")
    wanted = [n for n in function.globals_used if n not in function.captured]
    late_names = frozenset(n for n in wanted if deferred(n, module, view.shared.library))
    helpers = _helper_rewrites(function, view)
    for name in dict.fromkeys(name for name, _ in loads_of(late_names, function.source, function.span)):
        before += [s for s in _set(name, function, module, helpers, view) if s not in before]
    for name in wanted:
        if name not in late_names:
            view.shared.carrier.need(name, module, helpers, function.span)
    return before


def _set(
    name: str, function: am.Function, module: am.Module, helpers: dict[str, tuple[Rewrite, ...]], view: View
) -> list[str]:
    """The statements that set a name of the module in a function, where loading the module cannot."""
    bound = {p.name for p in function.parameters}

    def need(name: str, module: am.Module, where: Span) -> None:
        view.shared.carrier.need(name, module, helpers, where)

    return statements(name, module, view.shared.library, view.expression, need, bound)


def _helper_rewrites(function: am.Function, view: View) -> dict[str, tuple[Rewrite, ...]]:
    """The replacements in the module-level helpers the function calls, by the helper's name."""
    found: dict[str, list[Rewrite]] = {}
    for use in function.uses:
        helper = use.get("in")
        if not helper:
            continue
        match use.kind:
            case "variable" | "connection":
                found.setdefault(helper, []).extend(rewrites_of(use, {}, view))
            case "raises" | "airflow" if not use.get("annotation"):
                found.setdefault(helper, []).extend([*replaced_exception(use, view), *import_removed(use)])
            case "airflow":
                found.setdefault(helper, []).append(Rewrite(use.span, view.library("typing", "Any")))
    return {name: outermost(rewrites) for name, rewrites in found.items()}


def carried_reference(function: am.Function, view: View) -> str:
    """Carry the function over to module level (or import it from lib/) and give the expression that names it."""
    module = view.shared.library.of_file(function.span.file)
    if module is None:
        raise CannotWriteError(f"the module of {function.name}")
    if function.is_lambda:
        view.locals |= {line: line for line in surroundings(function, view)}
        return f"({_lambda(function, view)})"
    if function.self_value is not None:
        return f"{view.expression(function.self_value)}.{function.name}"
    item = module.item(function.name)
    nested = "." in function.qualname or item is None or item.kind != "function"
    if view.shared.library.pure(module) and not nested:
        view.shared.carrier.reference(function.name, module)
        return function.name
    rewrites = _whole_function_rewrites(function, view)
    late_names = frozenset(n for n in function.globals_used if deferred(n, module, view.shared.library))
    helpers = _helper_rewrites(function, view)
    owner = module.item(function.qualname.partition(".")[0])
    method = owner is not None and owner.kind == "class" and function.qualname == f"{owner.name}.{function.name}"
    if owner is not None and method and not rewrites and not function.captured:
        view.shared.carrier.need(owner.name, module, helpers)
        return function.qualname
    if not nested:
        helpers[function.name] = outermost(rewrites)
        view.shared.carrier.need(function.name, module, helpers, function.span)
        return function.name
    for name in function.globals_used:
        if name not in function.captured and name not in late_names:
            view.shared.carrier.need(name, module, helpers, function.span)
    lines: dict[str, None] = {}
    for name in dict.fromkeys(name for name, _ in loads_of(late_names, function.source, function.span)):
        lines |= dict.fromkeys(_set(name, function, module, helpers, view))
    if lines:
        rewrites.append(insertion(list(lines), definition(function), function.source))
    return view.shared.carrier.hoist(function, outermost(rewrites))


def _whole_function_rewrites(function: am.Function, view: View) -> list[Rewrite]:
    """Replacements in a function that is carried over whole, and the parameters it gets for what it had around it."""
    found = _replacements(function, view)
    found += [Rewrite(span, "") for span in airflow_decorators(function, view.shared.library)]
    found += without_defaults(function, dict(function.bound_kwargs))
    if more := [*function.captured, *injected_resources(function, view)]:
        found.append(_more_parameters(function, more))
    return found


def _replacements(function: am.Function, view: View) -> list[Rewrite]:
    """What stands for a function's own uses of Airflow, other than the context it is given."""
    found: list[Rewrite] = []
    for use in function.uses:
        if use.get("in"):
            continue
        if use.get("annotation"):
            found.append(Rewrite(use.span, view.library("typing", "Any")))
        elif use.kind in ("variable", "connection"):
            found += rewrites_of(use, {}, view)
        elif use.kind == "hook" or mails(use):
            found += [Rewrite(use.span, resource_of(use, view)), *import_removed(use)]
        elif (use.kind == "context" and not use.name) or is_current_context(use, function):
            view.airflow_context()
            found += [Rewrite(use.span, f"{view.compat('context', 'get_current_context')}()"), *import_removed(use)]
        elif use.kind in ("airflow", "raises"):
            if use.name.endswith("get_current_context"):
                raise CannotWriteError("the current context in a function that is called")
            found += [*replaced_exception(use, view), *import_removed(use)]
    return found


def injected_resources(function: am.Function, view: View) -> list[str]:
    """The resources that a function which is called gets as further keyword arguments, in place of its hooks."""
    served = [u for u in function.uses if (u.kind == "hook" and not u.get("in")) or mails(u)]
    names = [resource_of(u, view).partition(".")[0] for u in served]
    return list(dict.fromkeys(names))


def _more_parameters(function: am.Function, names: list[str]) -> Rewrite:
    """An insertion that gives a function definition further keyword-only parameters."""
    span, lines = function.span, function.source.lines()
    node = definition(function)
    arguments = node.args
    star = "" if arguments.vararg or arguments.kwonlyargs else "*, "
    text = ", ".join(names)
    if arguments.kwarg is not None:
        line, column = arguments.kwarg.lineno, characters(lines, arguments.kwarg.lineno, arguments.kwarg.col_offset)
        place = lines[line - 1].rindex("**", 0, column)
        return Rewrite(Span(span.file, line, place, line, place), f"{star}{text}, ")
    parts: list[Any] = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *arguments.defaults]
    parts += [d for d in arguments.kw_defaults if d is not None] + ([arguments.vararg] if arguments.vararg else [])
    if parts:
        # a default ends behind its parameter, an annotation is part of it
        line, offset = max((p.end_lineno, p.end_col_offset) for p in parts)
        place = characters(lines, line, offset)
        return Rewrite(Span(span.file, line, place, line, place), f", {star}{text}")
    place = lines[node.lineno - 1].index("(", characters(lines, node.lineno, node.col_offset)) + 1
    return Rewrite(Span(span.file, node.lineno, place, node.lineno, place), f"*, {text}")


def airflow_function(function: am.Function, view: View) -> str:
    """The function with its Airflow imports, which raises the runtime's exceptions for Airflow's."""
    for use in function.uses:
        name = use.name.rpartition(".")[2]
        if use.kind == "raises" and name in EXCEPTIONS:
            view.may_skip |= name == "AirflowSkipException"
            view.decorator.setdefault("", "")
    return f"{view.compat('bridge', 'airflow_function')}({lib_reference(function, view)})"


def lib_reference(function: am.Function, view: View) -> str:
    """Carry the function over with its Airflow imports to lib/, imported only when the asset runs."""
    library = view.shared.library
    module = library.of_file(function.span.file)
    if module is None or function.is_lambda or function.self_value is not None:
        raise CannotWriteError(f"`{function.qualname}` with Airflow in it")
    decorators = airflow_decorators(function, library)
    dag_file = module.source.file == view.dag.file or view.shared.defines_dags(module.source.file)
    if not dag_file and not decorators and "." not in function.qualname:
        path, name = library.whole(module), function.name
    else:
        rewrites = [Rewrite(span, "") for span in decorators]
        if function.captured:
            rewrites.append(_more_parameters(function, list(function.captured)))
        path, name = library.pick_function(module, function, tuple(rewrites))
    view.late_import(f"from ...{path.removeprefix('@')} import {name}")
    return name
