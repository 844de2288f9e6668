"""What stands for each use of Airflow in the text of a function that is carried over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Rewrite
from ..read.template_names import TASK_INSTANCE_NAMES
from ..source import Span
from .function_uses import REPLACED, is_current_context, mails, resource_of
from .standins import EXCEPTIONS

if TYPE_CHECKING:
    from .view import View


def rewrites_of(use: am.Use, extra: dict[str, am.Value], view: View) -> list[Rewrite]:
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
                return [Rewrite(statement, ""), *import_removed(use)]
            return [Rewrite(use.span, view.airflow_context()), *import_removed(use)]
        case "context":
            return _rewrite_context(use, extra, view)
        case "context_all" if view.task.function is not None and is_current_context(use, view.task.function):
            return [Rewrite(use.span, view.airflow_context()), *import_removed(use)]
        case "pull":
            return _rewrite_pull(use, view)
        case "push":
            return _push(use, view)
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
            return [Rewrite(use.span, name), *import_removed(use)]
        case "airflow" if mails(use):
            return [Rewrite(use.span, resource_of(use, view)), *import_removed(use)]
        case "raises":
            return [*replaced_exception(use, view), *import_removed(use)]
        case "airflow" if not use.get("annotation"):
            if use.name.endswith("get_current_context"):
                return [Rewrite(use.span, f"(lambda: {view.airflow_context()})"), *import_removed(use)]
            return [*replaced_exception(use, view), *import_removed(use)]
    return import_removed(use)


def import_removed(use: am.Use) -> list[Rewrite]:
    imported = use.get("import")
    return [Rewrite(imported, "")] if imported is not None else []


def _rewrite_context(use: am.Use, extra: dict[str, am.Value], view: View) -> list[Rewrite]:
    name, source = use.name, _source(use.span, view)
    statement = use.get("statement")
    if name in TASK_INSTANCE_NAMES and statement is not None and use.get("assigned"):
        alias = use.get("assigned")
        if not any(
            u.get("alias") == alias and (u.kind == "context" or (u.kind == "pull" and not input_ids(u, view)))
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


def pull_ids(use: am.Use, view: View) -> tuple[str, ...] | None:
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


def input_ids(use: am.Use, view: View) -> tuple[str, ...] | None:
    """The task ids of a pull that the inputs alone answer; None where the runtime must.

    That is also where Airflow gives something else than the values: a default (2.x), or those of a mapped task, by
    how many there are.
    """
    ids = pull_ids(use, view)
    if ids is None or any(view.is_mapped(task_id) or _shares_group(task_id, view) for task_id in ids):
        return None
    return None if use.get("has_default") and view.dag.airflow != "3" else ids


def _shares_group(task_id: str, view: View) -> bool:
    return not set(view.mapped_groups(task_id)).isdisjoint(view.mapped_groups(view.task.task_id))


def give_xcoms(use: am.Use, view: View) -> None:
    """Let the runtime's context answer a pull."""
    for task_id in pull_ids(use, view) or answered_when_run(use, view):
        view.give_xcom(task_id, use.span, by_index=use.get("map_indexes") is not None)


def _rewrite_pull(use: am.Use, view: View) -> list[Rewrite]:
    ids, key = input_ids(use, view), use.get("key")
    if ids is None:
        give_xcoms(use, view)
        context, receiver = view.airflow_context(), use.get("receiver")
        return [] if receiver is None else [Rewrite(receiver, f'{context}["ti"]')]
    statement, assigned = use.get("statement"), use.get("assigned")
    single = isinstance(use.get("task_ids"), str)
    function = view.task.function
    once = function is not None and pull_count(ids[0], function, view) == 1
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


def pull_count(task_id: str, function: am.Function, view: View) -> int:
    """How many pulls in the function name a task."""
    return sum(u.kind == "pull" and task_id in (input_ids(u, view) or ()) for u in function.uses)


def _bound_once(name: str, view: View) -> bool:
    """Whether a local name may be the name of an input: it is not one of the function's parameters."""
    function = view.task.function
    return function is not None and name not in {p.name for p in function.parameters} and name.isascii()


def _push(use: am.Use, view: View) -> list[Rewrite]:
    """What stands before and after the value that is pushed, in which other uses may be."""
    statement, value = use.get("statement"), use.get("value")
    whole = statement or use.span
    before, after = (f"xcom[{use.name!r}] = (", ")") if statement else (f"xcom.__setitem__({use.name!r}, ", ")")
    if value is None:
        return [Rewrite(whole, f"{before}None{after}")]
    first = Span(whole.file, whole.line, whole.column, value.line, value.column)
    last = Span(whole.file, value.end_line, value.end_column, whole.end_line, whole.end_column)
    return [Rewrite(first, before), Rewrite(last, after)]


def replaced_exception(use: am.Use, view: View) -> list[Rewrite]:
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


def answered_when_run(use: am.Use, view: View) -> tuple[str, ...]:
    """The tasks whose values a pull may ask for that is only known when it runs: every one upstream."""
    if use.get("dag_id") not in (None, view.dag.dag_id) or use.get("include_prior_dates") is True:
        message = "An XCom of another DAG or of earlier runs is pulled"
        view.shared.report("A2D504", message, use.span, view.task.task_id)
        return ()
    upstream = view.upstream()
    if not upstream:
        view.shared.report("A2D501", "The task that is pulled is not known", use.span, view.task.task_id)
    return upstream
