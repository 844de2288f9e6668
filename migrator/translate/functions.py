"""A task's Python function in generated code: as the asset's own body, called beside it, or with Airflow kept in it.

Three ways, the first that is faithful: *inline* (the function belongs to one task, and everything of Airflow in it is
understood), *call* (shared, imported or too dynamic: carried over whole and called, Airflow's context served by the
runtime), *bridged* (it uses Airflow in ways that have no equivalent: carried to lib/ as it is and imported when run).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Body, Code
from ..read.template_names import CONTEXT_NAMES
from . import templates
from .arguments import ManualError
from .carried_functions import airflow_function, bound_keywords, carried_reference, injected_resources
from .carry import lambda_defaults
from .function_uses import callable_whole, inlinable, obstacles, report, tell_what_is_absent
from .inlined import inlined
from .own_files import tell_of_files
from .parameters import Bound, bind, from_context
from .pen import CannotWriteError
from .raised import raised
from .use_rewrites import give_xcoms, replaced_exception

if TYPE_CHECKING:
    from .view import View


def body(
    function: am.Function,
    args: list[am.Value],
    kwargs: dict[str, am.Value],
    with_context: bool,
    view: View,
) -> Body:
    """The function as the asset's body; see rules.api.TaskView.function_body."""
    if function.is_async:
        raise ManualError("A2D205", f"`{function.name}` is a coroutine", function.span)
    bound, extra, positional = bind(function, args, kwargs, view.dag.airflow if with_context else None)
    missing = [name for name, b in bound.items() if b.kind == "missing"]
    if missing:
        raise ManualError(
            "A2D205", f"`{function.name}` gets no value for {', '.join(f'`{m}`' for m in missing)}", function.span
        )
    if exceptions := raised(function, view.shared.library) - {"AirflowException"}:
        view.may_skip |= "AirflowSkipException" in exceptions
        view.decorator.setdefault("", "")
    tell_of_files(function, view)
    tell_what_is_absent(function, view)
    needs_airflow = bool(obstacles(function, view))
    if function.is_generator and (needs_airflow or view.dag.airflow == "1"):
        why = "a generator, whose items Airflow takes as asset metadata" if view.dag.airflow != "1" else "a generator"
        raise ManualError("A2D202", f"`{function.name}` is {why}", function.span)
    inline = not needs_airflow and not positional and inlinable(function, extra, view)
    mark = view.mark()
    try:
        if inline and (function.is_lambda or view.shared.use_count(function) <= 1 or not callable_whole(function)):
            return inlined(function, bound, extra, view)
        return Code(_call(function, bound, extra, positional, view, bridged=needs_airflow))
    except CannotWriteError as error:
        reason = error.reason
    view.reset(mark)
    copied = view.shared.library.mark()
    try:
        text = _call(function, bound, extra, positional, view, bridged=True)
    except CannotWriteError as error:
        view.shared.library.reset(copied)
        raise ManualError("A2D304", f"`{function.name}` needs {error.reason}", function.span) from error
    report(function, "A2D508", f"`{function.name}` needs {reason}", function.span, view)
    return Code(text)


def _copied_whole(function: am.Function, view: View) -> bool:
    """Whether the function is imported from a copy of its module."""
    module = view.shared.library.of_file(function.span.file)
    return module is not None and view.shared.library.pure(module)


def _call(
    function: am.Function,
    bound: dict[str, Bound],
    extra: dict[str, am.Value],
    positional: list[am.Value],
    view: View,
    *,
    bridged: bool,
) -> str:
    """Statements that call the function, carried over whole."""
    if function.is_generator and bridged:
        raise CannotWriteError("Airflow, and is a generator, whose items Airflow takes as asset metadata")
    for use in function.uses:
        if use.kind == "pull":
            give_xcoms(use, view)
        if use.kind in ("raises", "airflow") and not bridged and not _copied_whole(function, view):
            replaced_exception(use, view)
    name = airflow_function(function, view) if bridged else carried_reference(function, view)
    own = [p for p in function.parameters if p.kind != "positional" or p.name in bound]
    args, kwargs = [], []
    in_text = {name for name, _ in lambda_defaults(function)}
    written = {name: value for name, value in function.bound_kwargs if name in in_text}
    as_positional = bool(positional)
    for parameter in own:
        if parameter.kind == "var_positional":
            args += [templates.argument(v, view) for v in positional]
            as_positional = False
            continue
        if parameter.kind == "var_keyword":
            continue
        b = bound[parameter.name]
        if parameter.name in written and b.value == written[parameter.name] and not as_positional:
            continue
        if b.kind == "default" and not (as_positional and parameter.kind == "positional"):
            continue
        match b.kind:
            case "value":
                text = templates.argument(b.value, view)
            case "default":
                text = str(b.value)
            case _:
                text = view.context_expression(parameter.name)
        if as_positional and parameter.kind == "positional":
            args.append(text)
        else:
            kwargs.append(f"{parameter.name}={text}")
    extras = [f"{k}={templates.argument(v, view)}" for k, v in extra.items() if k.isidentifier()]
    if any(p.kind == "var_keyword" for p in function.parameters):
        given = [p.name for p in own if p.kind not in ("var_keyword", "var_positional")]
        names = ", ".join(repr(n) for n in [*given, *extra] if n in CONTEXT_NAMES)
        kwargs += [*extras, f"**{view.airflow_context()}.as_kwargs({f'without={{{names}}}' if names else ''})"]
    if not function.is_lambda:
        kwargs += [f"{name}={view.expression(value)}" for name, value in function.captured.items()]
        if not bridged:
            kwargs += [f"{r}={r}" for r in injected_resources(function, view)]
    call = f"{name}({', '.join([*args, *kwargs])})"
    if function.is_generator:
        call = f'{view.compat("events", "told")}({view.airflow_context()}["outlet_events"], {call})'
    if bridged:
        view.bridged = True
    return f"return {_with_pushed(call, view)}"


def call(function: am.Function, args: list[str], kwargs: dict[str, str], with_context: bool, view: View) -> str:
    """An expression that calls a user's function; see rules.api.TaskView.call_function."""
    given = [*map(view.expression, function.bound_args), *args]
    filled = {p.name for p in function.parameters[: len(given)]}
    own = {name: text for name, text in bound_keywords(function, view).items() if name not in filled}
    given += [f"{k}={v}" for k, v in {**own, **kwargs}.items()]
    tell_of_files(function, view)
    if with_context:
        tell_what_is_absent(function, view)
    if obstacles(function, view):
        name = airflow_function(function, view)
        view.bridged = True
    else:
        name = carried_reference(function, view)
        given += [f"{r}={r}" for r in injected_resources(function, view)] if not function.is_lambda else []
    if not function.is_lambda:
        given += [f"{k}={view.expression(v)}" for k, v in function.captured.items()]
    if with_context:
        for use in function.uses:
            if use.kind == "pull":
                give_xcoms(use, view)
        names = [p for p in function.parameters if p.kind in ("positional", "keyword_only")][len(args) :]
        asked = [p.name for p in names if from_context(p, view.dag.airflow) and p.name not in kwargs]
        given += [f"{n}={view.context_expression(n)}" for n in asked]
        if any(p.kind == "var_keyword" for p in function.parameters):
            taken = ", ".join(repr(n) for n in [*asked, *kwargs] if n in CONTEXT_NAMES)
            given.append(f"**{view.airflow_context()}.as_kwargs({f'without={{{taken}}}' if taken else ''})")
    text = f"{name}({', '.join(given)})"
    return _with_pushed(text, view) if with_context and function is view.task.function else text


def _with_pushed(call: str, view: View) -> str:
    """The value of a call of the task's function; with what it pushed by key, if it does."""
    if view.task.task_id not in view.shared.keyed:
        return call
    multiple = ", multiple_outputs=True" if view.task.task_id in view.shared.multiple else ""
    return f"{view.airflow_context()}.keyed({call}{multiple})"
