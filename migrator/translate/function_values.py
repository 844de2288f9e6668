"""A user's function as a value: an argument, or what code outside an asset's body calls, such as a callback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import airflow_model as am
from .carried_functions import airflow_function, bound_keywords, carried_reference, injected_resources, lib_reference
from .function_uses import obstacles, tell_what_is_absent
from .notifiers import NAME, define
from .own_files import tell_of_files
from .pen import CannotWriteError

if TYPE_CHECKING:
    from .view import View


def late_function(function: am.Function, view: View, parameters: tuple[str, ...] = ("context",)) -> str:
    """A module-level function of these parameters, the context first, for code outside the asset's body: callbacks.

    What the user's function needs of Airflow is imported when it is called; resources in the place of its hooks are set
    up then.
    """
    annotation = view.library("typing", "Any")
    typed, passed = ", ".join(f"{name}: {annotation}" for name in parameters), ", ".join(parameters)
    tell_of_files(function, view)
    tell_what_is_absent(function, view, callback=True)
    if obstacles(function, view):
        before, bridged = list(view.late_imports), view.bridged
        name = lib_reference(function, view)
        statement = view.late_imports[-1]
        view.late_imports[:], view.bridged = before, bridged
        positional = [view.expression(value) for value in function.bound_args]
        given = ", ".join([*positional, passed, *(f"{k}={v}" for k, v in _given(function, view).items())])
        body = f"{statement}\n\n    return {name}({given})"
        return define(f"_{name.lstrip('_')}", f"def {NAME}({typed}) -> {annotation}:\n    {body}", view)
    resources, local_lines = dict(view.resources), dict(view.locals)
    injected, text = injected_resources(function, view), carried_reference(function, view)
    statements = [line for name, line in view.locals.items() if name not in local_lines]
    view.resources, view.locals = resources, local_lines
    for name in injected:
        view.shared.connections.standalone.add(name)
        view.library("@resources", name)
    if function.is_lambda and (injected or statements):
        if injected:
            raise CannotWriteError("a hook in a lambda")
        body = "\n    ".join([*statements, f"return {text}({passed})"])
        return define("_callback", f"def {NAME}({typed}) -> {annotation}:\n    {body}", view)
    if injected:
        partial = view.compat("notifiers", "with_resources")
        named = {**_given(function, view), **{name: name for name in injected}}
        inside = ", ".join([text, *map(view.expression, function.bound_args), *(f"{k}={v}" for k, v in named.items())])
        return define(f"_{function.name.lstrip('_')}", f"{NAME} = {partial}({inside})", view)
    return _partial(text, function, _given(function, view), view)


def _given(function: am.Function, view: View) -> dict[str, str]:
    """The keyword arguments a function that is carried over whole is called with: those bound to it, and what was
    around its definition."""
    around = {} if function.is_lambda or function.self_value is not None else function.captured
    return bound_keywords(function, view) | {name: view.expression(value) for name, value in around.items()}


def _partial(text: str, function: am.Function, keywords: dict[str, str], view: View) -> str:
    """A function as a value, with the arguments that are bound to it."""
    bound = [*map(view.expression, function.bound_args), *(f"{k}={v}" for k, v in keywords.items())]
    return f"{view.library('functools', 'partial')}({', '.join([text, *bound])})" if bound else text


def reference(function: am.Function, view: View) -> str:
    """An expression for the function itself, as a value."""
    given = _given(function, view)
    tell_of_files(function, view)
    tell_what_is_absent(function, view, callback=True)
    if obstacles(function, view):
        view.bridged = True
        return _partial(airflow_function(function, view), function, given, view)
    text = carried_reference(function, view)
    if not function.is_lambda:
        given |= {name: name for name in injected_resources(function, view)}
    return _partial(text, function, given, view)
