"""A task's function as its asset's own body: what of Airflow is in it replaced, its parameters set before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Body, CarriedBody, Rewrite
from ..read.template_names import CONTEXT_NAMES, TASK_INSTANCE_NAMES
from . import templates
from .carried_functions import surroundings
from .carry import outermost
from .parameters import Bound
from .use_rewrites import input_ids, pull_count, rewrites_of

if TYPE_CHECKING:
    from .view import View


def inlined(function: am.Function, bound: dict[str, Bound], extra: dict[str, am.Value], view: View) -> Body:
    rewrites: list[Rewrite] = []
    for use in function.uses:
        if not use.get("in"):
            rewrites += rewrites_of(use, extra, view)
    preamble: list[str] = []
    for name, b in bound.items():
        preamble += _parameter(name, b, function, view)
    preamble += _keywords(function, bound, extra, view)
    for name, value in extra.items():
        if any(u.kind == "context" and u.name == name for u in function.uses):
            preamble.append(f"{name} = {templates.argument(value, view)}")
    preamble += surroundings(function, view)
    keyed = view.task.task_id in view.shared.keyed
    if keyed:
        empty = "airflow_graph.xcom()" if view.shared.outcome else "{}"
        preamble.insert(0, f"xcom: dict[str, {view.library('typing', 'Any')}] = {empty}")
    multiple = keyed and view.task.task_id in view.shared.multiple
    return CarriedBody(
        function.source,
        function.span,
        tuple(preamble),
        outermost(rewrites),
        xcom_dict=keyed,
        multiple_outputs=multiple,
    )


def _keywords(function: am.Function, bound: dict[str, Bound], extra: dict[str, am.Value], view: View) -> list[str]:
    """The function's `**kwargs` as a local, where it is used as a whole."""
    whole = [u for u in function.uses if u.kind == "context_all" and not u.get("in") and not u.get("alias")]
    names = [p.name for p in function.parameters if p.kind == "var_keyword"]
    if not whole or not names:
        return []
    named = ", ".join(repr(n) for n in bound if n in CONTEXT_NAMES)
    context = f"{view.airflow_context()}.as_kwargs({f'without={{{named}}}' if named else ''})"
    if not extra:
        return [f"{names[0]} = {context}"]
    more = ", ".join(f"{k!r}: {templates.argument(v, view)}" for k, v in extra.items())
    return [f"{names[0]} = {{**{context}, {more}}}"]


def _parameter(name: str, bound: Bound, function: am.Function, view: View) -> list[str]:
    match bound.kind:
        case "value":
            if isinstance(bound.value, am.XComRef) and not bound.value.steps:
                wanted = name if pull_count(bound.value.task_id, function, view) == 0 else None
                text = view.pulled(bound.value.task_id, bound.value.key, wanted=wanted, strict=True)
            else:
                text = templates.argument(bound.value, view)
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
        or (u.kind == "pull" and not input_ids(u, view) and not u.get("in"))
        for u in function.uses
    )
