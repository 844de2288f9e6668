"""A task's Python function in generated code: as the asset's own body, called beside it, or with Airflow kept in it.

Three ways, the first that is faithful: *inline* (the function belongs to one task, and everything of Airflow in it is
understood), *call* (shared, imported or too dynamic: carried over whole and called, Airflow's context served by the
runtime), *bridged* (it uses Airflow in ways that have no equivalent: carried to lib/ as it is and imported when run).
"""

from __future__ import annotations

import itertools
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import airflow_model as am
from ..dagster_model import Body, CarriedBody, Code, Rewrite
from ..read.template_names import CONTEXT_NAMES, TASK_INSTANCE_NAMES
from ..source import Span
from . import templates
from .arguments import ManualError
from .carry import (
    EXCEPTIONS,
    airflow_decorators,
    characters,
    definition,
    insertion,
    lambda_defaults,
    loads_of,
    outermost,
    without_defaults,
)
from .function_uses import (
    REPLACED,
    callable_whole,
    inlinable,
    is_current_context,
    mails,
    obstacles,
    report,
    resource_of,
    tell_of_place,
    tell_what_is_absent,
)
from .late import deferred, statements
from .notifiers import NAME, define
from .parameters import Bound, bind, from_context
from .pen import CannotWriteError

if TYPE_CHECKING:
    from .view import View


def body(
    function: am.Function,
    args: list[am.Value],
    kwargs: dict[str, am.Value],
    with_templates: bool,
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
    tell_of_place(function, view)
    tell_what_is_absent(function, view)
    needs_airflow = bool(obstacles(function, view))
    inline = not needs_airflow and not positional and inlinable(function, extra, view)
    mark = view.mark()
    try:
        if inline and (function.is_lambda or view.shared.use_count(function) <= 1 or not callable_whole(function)):
            return _inline(function, bound, extra, with_templates, view)
        return Code(_call(function, bound, extra, positional, with_templates, view, bridged=needs_airflow))
    except CannotWriteError as error:
        reason = error.reason
    view.reset(mark)
    try:
        text = _call(function, bound, extra, positional, with_templates, view, bridged=True)
    except CannotWriteError as error:
        raise ManualError("A2D304", f"`{function.name}` needs {error.reason}", function.span) from error
    report(function, "A2D508", f"`{function.name}` needs {reason}", function.span, view)
    return Code(text)


# --- inline -------------------------------------------------------------------------------------------------------


def _inline(
    function: am.Function, bound: dict[str, Bound], extra: dict[str, am.Value], with_templates: bool, view: View
) -> Body:
    rewrites: list[Rewrite] = []
    dropped: set[str] = set()
    for use in function.uses:
        if not use.get("in"):
            rewrites += _rewrite(use, extra, view, dropped)
    preamble: list[str] = []
    for name, b in bound.items():
        preamble += _parameter(name, b, function, with_templates, view)
    preamble += _keywords(function, bound, extra, with_templates, view)
    for name, value in extra.items():
        if any(u.kind == "context" and u.name == name for u in function.uses):
            preamble.append(f"{name} = {templates.argument(value, with_templates, view)}")
    preamble += _surroundings(function, view)
    keyed = view.task.task_id in view.shared.keyed
    if keyed:
        preamble.insert(0, f"xcom: dict[str, {view.library('typing', 'Any')}] = {{}}")
    multiple = keyed and view.task.task_id in view.shared.multiple
    return CarriedBody(
        function.source,
        function.span,
        tuple(preamble),
        outermost(rewrites),
        xcom_dict=keyed,
        multiple_outputs=multiple,
    )


def _keywords(
    function: am.Function, bound: dict[str, Bound], extra: dict[str, am.Value], with_templates: bool, view: View
) -> list[str]:
    """The function's `**kwargs` as a local, where it is used as a whole."""
    whole = [u for u in function.uses if u.kind == "context_all" and not u.get("in") and not u.get("alias")]
    names = [p.name for p in function.parameters if p.kind == "var_keyword"]
    if not whole or not names:
        return []
    named = ", ".join(repr(n) for n in bound if n in CONTEXT_NAMES)
    context = f"{view.airflow_context()}.as_kwargs({f'without={{{named}}}' if named else ''})"
    if not extra:
        return [f"{names[0]} = {context}"]
    more = ", ".join(f"{k!r}: {templates.argument(v, with_templates, view)}" for k, v in extra.items())
    return [f"{names[0]} = {{**{context}, {more}}}"]


def _parameter(name: str, bound: Bound, function: am.Function, with_templates: bool, view: View) -> list[str]:
    match bound.kind:
        case "value":
            if isinstance(bound.value, am.XComRef) and not bound.value.steps:
                wanted = name if _references(bound.value.task_id, function, view) == 0 else None
                text = view.pulled(bound.value.task_id, bound.value.key, wanted=wanted, strict=True)
            else:
                text = templates.argument(bound.value, with_templates, view)
            return [] if text == name else [f"{name} = {text}"]
        case "default":
            return [f"{name} = {bound.value}"] if bound.value != name else []
        case "context":
            if name in TASK_INSTANCE_NAMES:
                if _object_needed(name, function, view):
                    view.context_value(name)
                return []
            if any(u.kind == "context" and u.name == name and not u.get("in") for u in function.uses):
                view.context_value(name)
    return []


def _object_needed(name: str, function: am.Function, view: View) -> bool:
    """Whether the task instance itself is used, other than for pulls and pushes that are rewritten."""
    return any(
        (u.kind == "context" and u.name == name and not u.get("in") and u.get("statement") is None)
        or (u.kind == "pull" and not _input_ids(u, view) and not u.get("in"))
        for u in function.uses
    )


def _rewrite(use: am.Use, extra: dict[str, am.Value], view: View, dropped: set[str]) -> list[Rewrite]:
    """The replacements one use in an inlined function asks for."""
    statement = use.get("statement")
    match use.kind:
        case "context" if use.name == "":
            function = view.task.function
            name = use.get("assigned")
            whole = function is not None and any(
                u.kind == "context_all" and u.get("alias") == name for u in function.uses
            )
            if statement is not None and not whole:
                return [Rewrite(statement, ""), *_import_removed(use)]
            return [Rewrite(use.span, view.airflow_context()), *_import_removed(use)]
        case "context":
            return _rewrite_context(use, extra, view)
        case "context_all" if view.task.function is not None and is_current_context(use, view.task.function):
            return [Rewrite(use.span, view.airflow_context()), *_import_removed(use)]
        case "pull":
            return _rewrite_pull(use, view)
        case "push":
            return [Rewrite(statement or use.span, _push(use, view))]
        case "variable":
            value = am.VariableRef(
                use.get("key"), use.get("has_default", False), use.get("default"), use.get("deserialize_json", False)
            )
            return [Rewrite(use.span, view.expression(value))]
        case "connection":
            return [Rewrite(use.span, view.expression(am.ConnectionRef(use.get("conn_id"))))]
        case "hook":
            name = resource_of(use, view)
            if statement is not None and use.get("assigned") == name:
                return [Rewrite(statement, "")]
            return [Rewrite(use.span, name), *_import_removed(use)]
        case "airflow" if mails(use):
            return [Rewrite(use.span, resource_of(use, view)), *_import_removed(use)]
        case "raises":
            return [*_exception(use, view), *_import_removed(use)]
        case "airflow" if not use.get("annotation"):
            if use.name.endswith("get_current_context"):
                return [Rewrite(use.span, f"(lambda: {view.airflow_context()})"), *_import_removed(use)]
            return [*_exception(use, view), *_import_removed(use)]
    return _import_removed(use)


def _import_removed(use: am.Use) -> list[Rewrite]:
    imported = use.get("import")
    return [Rewrite(imported, "")] if imported is not None else []


def _rewrite_context(use: am.Use, extra: dict[str, am.Value], view: View) -> list[Rewrite]:
    name, source = use.name, _source(use.span, view)
    statement = use.get("statement")
    if name in TASK_INSTANCE_NAMES and statement is not None and use.get("assigned"):
        alias = use.get("assigned")
        if not any(
            u.get("alias") == alias and (u.kind == "context" or (u.kind == "pull" and not _input_ids(u, view)))
            for u in (view.task.function.uses if view.task.function else ())
        ):
            return [Rewrite(statement, "")]
        return [Rewrite(use.span, f'{view.airflow_context()}["{name}"]')]
    if source == name or use.get("alias"):
        return []
    if name in extra:
        return [Rewrite(use.span, name)]
    if not use.get("known", True):
        return [Rewrite(use.span, f'{view.airflow_context()}["{name}"]')]
    if use.get("assigned") == name and statement is not None:
        view.context_value(name)
        return [Rewrite(statement, "")]
    return [Rewrite(use.span, view.context_value(name))]


def _pull_ids(use: am.Use, view: View) -> tuple[str, ...] | None:
    """The literal task ids of a pull that becomes inputs; None where the runtime must answer it."""
    ids = use.get("task_ids")
    key = use.get("key")
    if use.get("dag_id") not in (None, view.dag.dag_id) or use.get("include_prior_dates") or use.get("run_id"):
        return None
    if use.get("map_indexes") is not None or not isinstance(key, str):
        return None
    if isinstance(ids, str):
        return (ids,)
    if isinstance(ids, list | tuple) and all(isinstance(i, str) for i in ids):
        return tuple(ids)
    return None


def _input_ids(use: am.Use, view: View) -> tuple[str, ...] | None:
    """The task ids of a pull that the inputs alone answer; None where the runtime must.

    That is also where Airflow gives something else than the values: a default (2.x), or those of a mapped task, by
    how many there are.
    """
    ids = _pull_ids(use, view)
    if ids is None or any(view.is_mapped(task_id) or _shares_group(task_id, view) for task_id in ids):
        return None
    return None if use.get("has_default") and view.dag.airflow != "3" else ids


def _shares_group(task_id: str, view: View) -> bool:
    return not set(view.mapped_groups(task_id)).isdisjoint(view.mapped_groups(view.task.task_id))


def _give_xcoms(use: am.Use, view: View) -> None:
    """Let the runtime's context answer a pull."""
    for task_id in _pull_ids(use, view) or _answered_when_run(use, view):
        view.give_xcom(task_id, use.span, by_index=use.get("map_indexes") is not None)


def _rewrite_pull(use: am.Use, view: View) -> list[Rewrite]:
    ids, key = _input_ids(use, view), use.get("key")
    if ids is None:
        _give_xcoms(use, view)
        context, receiver = view.airflow_context(), use.get("receiver")
        return [] if receiver is None else [Rewrite(receiver, f'{context}["ti"]')]
    statement, assigned = use.get("statement"), use.get("assigned")
    single = isinstance(use.get("task_ids"), str)
    function = view.task.function
    once = function is not None and _references(ids[0], function, view) == 1
    if single and once and statement is not None and assigned and _bound_once(assigned, view):
        text = view.pulled(ids[0], key, use.span, wanted=assigned)
        if text == assigned:
            return [Rewrite(statement, "")]
        return [Rewrite(use.span, text)]
    texts = [view.pulled(i, key, use.span) for i in ids]
    if single:
        return [Rewrite(use.span, texts[0])]
    if view.dag.airflow == "3":
        return [Rewrite(use.span, f"[{', '.join(texts)}]")]
    # Before 3 the list is without those that pushed nothing.
    values = f"({', '.join(texts)},)" if len(texts) == 1 else f"({', '.join(texts)})"
    return [Rewrite(use.span, f"[value for value in {values} if value is not None]")]


def _references(task_id: str, function: am.Function, view: View) -> int:
    """How many pulls in the function name a task."""
    return sum(u.kind == "pull" and task_id in (_input_ids(u, view) or ()) for u in function.uses)


def _bound_once(name: str, view: View) -> bool:
    """Whether a local name may be the name of an input: it is not one of the function's parameters."""
    function = view.task.function
    return function is not None and name not in {p.name for p in function.parameters} and name.isascii()


def _push(use: am.Use, view: View) -> str:
    value = use.get("value")
    text = _source(value, view) if value is not None else "None"
    return (
        f"xcom[{use.name!r}] = {text}"
        if use.get("statement") is not None
        else f"xcom.__setitem__({use.name!r}, {text})"
    )


def _exception(use: am.Use, view: View) -> list[Rewrite]:
    """Import the runtime's equal of an exception (or other name) of Airflow's, under the name the user has for it."""
    name = use.name.rpartition(".")[2]
    part = "exceptions"
    if use.name in REPLACED:
        part, name = REPLACED[use.name]
    elif name not in EXCEPTIONS:
        return []
    if name == "AirflowSkipException":
        view.may_skip = True
    if name != "AirflowException" and part == "exceptions":
        view.decorator.setdefault("", "")
    text = _source(use.span, view)
    start = re.match(r"raise\s+", text)
    offset = start.end() if start is not None else 0
    written = re.match(r"[\w.]+", text[offset:])
    new = view.compat(part, name)
    if written is None or written.group() == new or "\n" in text[:offset]:
        return []
    column = use.span.column + offset
    place = Span(use.span.file, use.span.line, column, use.span.line, column + len(written.group()))
    return [Rewrite(place, new)]


def _source(span: Span, view: View) -> str:
    """The text of the user's file at a span."""
    module = view.shared.library.of_file(span.file)
    assert module is not None
    lines = module.source.lines()
    if span.line == span.end_line:
        return lines[span.line - 1][span.column : span.end_column]
    inner = lines[span.line : span.end_line - 1]
    return "\n".join([lines[span.line - 1][span.column :], *inner, lines[span.end_line - 1][: span.end_column]])


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


def _bound(function: am.Function, view: View) -> dict[str, str]:
    """The keyword arguments bound to a function that its text does not have."""
    written = {name for name, _ in lambda_defaults(function)} if function.is_lambda else ()
    return {name: view.expression(value) for name, value in function.bound_kwargs if name not in written}


# --- what the function needs around it ----------------------------------------------------------------------------


def _surroundings(function: am.Function, view: View) -> list[str]:
    """Carry over what the function takes from its module and its enclosing calls; statements that set the rest."""
    module = view.shared.library.of_file(function.span.file)
    if module is None:
        raise CannotWriteError(f"the module of {function.name}")
    before = []
    for name, value in function.captured.items():
        before.append(f"{name} = {view.expression(value)}")
    wanted = [n for n in function.globals_used if n not in function.captured]
    late_names = frozenset(n for n in wanted if deferred(n, module, view.shared.library))
    helpers = _helper_rewrites(function, view)
    for name in dict.fromkeys(name for name, _ in loads_of(late_names, function.source, function.span)):
        before += [s for s in _set(name, function, module, helpers, view) if s not in before]
    for name in wanted:
        if name not in late_names:
            view.shared.carrier.need(name, module, helpers)
    return before


def _set(
    name: str, function: am.Function, module: am.Module, helpers: dict[str, tuple[Rewrite, ...]], view: View
) -> list[str]:
    """The statements that set a name of the module in a function, where loading the module cannot."""
    bound = {p.name for p in function.parameters}
    need = partial(view.shared.carrier.need, rewrites=helpers)
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
                found.setdefault(helper, []).extend(_rewrite(use, {}, view, set()))
            case "raises" | "airflow" if not use.get("annotation"):
                found.setdefault(helper, []).extend([*_exception(use, view), *_import_removed(use)])
            case "airflow":
                found.setdefault(helper, []).append(Rewrite(use.span, view.library("typing", "Any")))
    return {name: outermost(rewrites) for name, rewrites in found.items()}


# --- call ---------------------------------------------------------------------------------------------------------


def _call(
    function: am.Function,
    bound: dict[str, Bound],
    extra: dict[str, am.Value],
    positional: list[am.Value],
    with_templates: bool,
    view: View,
    *,
    bridged: bool,
) -> str:
    """Statements that call the function, carried over whole."""
    for use in function.uses:
        if use.kind == "pull":
            _give_xcoms(use, view)
        if use.kind in ("raises", "airflow") and not bridged:
            _exception(use, view)
    name = _airflow_function(function, view) if bridged else _carried_reference(function, view)
    own = [p for p in function.parameters if p.kind != "positional" or p.name in bound]
    args, kwargs = [], []
    in_text = {name for name, _ in lambda_defaults(function)}
    written = {name: value for name, value in function.bound_kwargs if name in in_text}
    as_positional = bool(positional)
    for parameter in own:
        if parameter.kind == "var_positional":
            args += [templates.argument(v, with_templates, view) for v in positional]
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
                text = templates.argument(b.value, with_templates, view)
            case "default":
                text = str(b.value)
            case _:
                text = view.context_expression(parameter.name)
        if as_positional and parameter.kind == "positional":
            args.append(text)
        else:
            kwargs.append(f"{parameter.name}={text}")
    extras = [f"{k}={templates.argument(v, with_templates, view)}" for k, v in extra.items() if k.isidentifier()]
    if any(p.kind == "var_keyword" for p in function.parameters):
        given = [p.name for p in own if p.kind not in ("var_keyword", "var_positional")]
        names = ", ".join(repr(n) for n in [*given, *extra] if n in CONTEXT_NAMES)
        kwargs += [*extras, f"**{view.airflow_context()}.as_kwargs({f'without={{{names}}}' if names else ''})"]
    if not function.is_lambda:
        kwargs += [f"{name}={view.expression(value)}" for name, value in function.captured.items()]
        if not bridged:
            kwargs += [f"{r}={r}" for r in _injected(function, view)]
    call = f"{name}({', '.join([*args, *kwargs])})"
    if bridged:
        view.bridged = True
    return f"return {_with_pushed(call, view)}"


def _answered_when_run(use: am.Use, view: View) -> tuple[str, ...]:
    """The tasks whose values a pull may ask for that is only known when it runs: every one upstream."""
    if use.get("dag_id") not in (None, view.dag.dag_id) or use.get("include_prior_dates") is True:
        message = "An XCom of another DAG or of earlier runs is pulled"
        view.shared.report("A2D504", message, use.span, view.task.task_id)
        return ()
    upstream = view.upstream()
    if not upstream:
        view.shared.report("A2D501", "The task that is pulled is not known", use.span, view.task.task_id)
    return upstream


def _carried_reference(function: am.Function, view: View) -> str:
    """Carry the function over to module level (or import it from lib/) and give the expression that names it."""
    module = view.shared.library.of_file(function.span.file)
    if module is None:
        raise CannotWriteError(f"the module of {function.name}")
    if function.is_lambda:
        view.locals |= {line: line for line in _surroundings(function, view)}
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
    if not nested:
        helpers[function.name] = outermost(rewrites)
        view.shared.carrier.need(function.name, module, helpers)
        return function.name
    for name in function.globals_used:
        if name not in function.captured and name not in late_names:
            view.shared.carrier.need(name, module, helpers)
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
    if more := [*function.captured, *_injected(function, view)]:
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
            found += _rewrite(use, {}, view, set())
        elif use.kind == "hook" or mails(use):
            found += [Rewrite(use.span, resource_of(use, view)), *_import_removed(use)]
        elif (use.kind == "context" and not use.name) or is_current_context(use, function):
            view.airflow_context()
            found += [Rewrite(use.span, f"{view.compat('context', 'get_current_context')}()"), *_import_removed(use)]
        elif use.kind in ("airflow", "raises"):
            if use.name.endswith("get_current_context"):
                raise CannotWriteError("the current context in a function that is called")
            found += [*_exception(use, view), *_import_removed(use)]
    return found


def _injected(function: am.Function, view: View) -> list[str]:
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


def _airflow_function(function: am.Function, view: View) -> str:
    """The function with its Airflow imports, which raises the runtime's exceptions for Airflow's."""
    for use in function.uses:
        name = use.name.rpartition(".")[2]
        if use.kind == "raises" and name in EXCEPTIONS:
            view.may_skip |= name == "AirflowSkipException"
            view.decorator.setdefault("", "")
    return f"{view.compat('bridge', 'airflow_function')}({_lib_reference(function, view)})"


def _lib_reference(function: am.Function, view: View) -> str:
    """Carry the function over with its Airflow imports to lib/, imported only when the asset runs."""
    library = view.shared.library
    module = library.of_file(function.span.file)
    if module is None or function.is_lambda or function.self_value is not None:
        raise CannotWriteError(f"`{function.qualname}` with Airflow in it")
    decorators = airflow_decorators(function, library)
    dag_file = module.source.file == view.dag.file or view.shared.defines_dags(module.source.file)
    if not dag_file and not decorators and "." not in function.qualname:
        path = library.whole(module)
    else:
        rewrites = [Rewrite(span, "") for span in decorators]
        if function.captured:
            rewrites.append(_more_parameters(function, list(function.captured)))
        path = library.pick_function(module, function, tuple(rewrites))
    view.late_import(f"from ...{path.removeprefix('@')} import {function.name}")
    return function.name


def late_function(function: am.Function, view: View) -> str:
    """A module-level function of one argument, the context; for code outside the asset's body, such as callbacks.

    What the user's function needs of Airflow is imported when it is called; resources in the place of its hooks are set
    up then.
    """
    annotation = view.library("typing", "Any")
    tell_of_place(function, view)
    if obstacles(function, view):
        before, bridged = list(view.late_imports), view.bridged
        name = _lib_reference(function, view)
        statement = view.late_imports[-1]
        view.late_imports[:], view.bridged = before, bridged
        positional = [view.expression(value) for value in function.bound_args]
        given = ", ".join([*positional, "context", *(f"{k}={v}" for k, v in _given(function, view).items())])
        body = f"{statement}\n\n    return {name}({given})"
        return define(f"_{name.lstrip('_')}", f"def {NAME}(context: {annotation}) -> {annotation}:\n    {body}", view)
    resources, local_lines = dict(view.resources), dict(view.locals)
    injected, text = _injected(function, view), _carried_reference(function, view)
    statements = [line for name, line in view.locals.items() if name not in local_lines]
    view.resources, view.locals = resources, local_lines
    for name in injected:
        view.shared.connections.standalone.add(name)
        view.library("@resources", name)
    if function.is_lambda and (injected or statements):
        if injected:
            raise CannotWriteError("a hook in a lambda")
        body = "\n    ".join([*statements, f"return {text}(context)"])
        return define("_callback", f"def {NAME}(context: {annotation}) -> {annotation}:\n    {body}", view)
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
    return _bound(function, view) | {name: view.expression(value) for name, value in around.items()}


def _partial(text: str, function: am.Function, keywords: dict[str, str], view: View) -> str:
    """A function as a value, with the arguments that are bound to it."""
    bound = [*map(view.expression, function.bound_args), *(f"{k}={v}" for k, v in keywords.items())]
    return f"{view.library('functools', 'partial')}({', '.join([text, *bound])})" if bound else text


def call(function: am.Function, args: list[str], kwargs: dict[str, str], with_context: bool, view: View) -> str:
    """An expression that calls a user's function; see rules.api.TaskView.call_function."""
    given = [*map(view.expression, function.bound_args), *args]
    filled = {p.name for p in function.parameters[: len(given)]}
    own = {name: text for name, text in _bound(function, view).items() if name not in filled}
    given += [f"{k}={v}" for k, v in {**own, **kwargs}.items()]
    tell_of_place(function, view)
    if with_context:
        tell_what_is_absent(function, view)
    if obstacles(function, view):
        name = _airflow_function(function, view)
        view.bridged = True
    else:
        name = _carried_reference(function, view)
        given += [f"{r}={r}" for r in _injected(function, view)] if not function.is_lambda else []
    if not function.is_lambda:
        given += [f"{k}={view.expression(v)}" for k, v in function.captured.items()]
    if with_context:
        for use in function.uses:
            if use.kind == "pull":
                _give_xcoms(use, view)
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


def reference(function: am.Function, view: View) -> str:
    """An expression for the function itself, as a value."""
    given = _given(function, view)
    tell_of_place(function, view)
    if obstacles(function, view):
        view.bridged = True
        return _partial(_airflow_function(function, view), function, given, view)
    text = _carried_reference(function, view)
    if not function.is_lambda:
        given |= {name: name for name in _injected(function, view)}
    return _partial(text, function, given, view)
