"""What a user's function has of Airflow: which of it has an equivalent, and whether it can be an asset's own body."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..read.places import span_of, text_of
from ..read.template_names import CONTEXT_NAMES
from ..rules.connections import hook_resource
from ..source import Span
from .carry import definition
from .context_objects import absent
from .events import what_is_absent
from .parameters import from_context
from .standins import EXCEPTIONS

if TYPE_CHECKING:
    from .view import View


def obstacles(function: am.Function, view: View) -> list[am.Use]:
    """The uses of Airflow that cannot be rewritten; each is reported, once, at its place."""
    found: list[am.Use] = []
    module = view.shared.library.of_file(function.span.file)
    if module is not None and module.source.file != view.dag.file and view.shared.library.pure(module):
        return found
    for use in function.uses:
        if use.get("annotation") or use.get("unused") or (problem := _obstacle(use, function)) is None:
            continue
        report(function, *problem, use.span, view)
        found.append(use)
    for item in module.items if module is not None else ():
        if item.kind == "class" and item.airflow and item.name in function.globals_used:
            message = f"`{function.name}` uses the class {item.name}, which is built on Airflow"
            report(function, "A2D508", message, item.span, view)
            found.append(am.Use("airflow", item.name, item.span))
    used = [item.span for item in module.items if item.name in function.globals_used] if module is not None else []
    for node, needed in view.shared.library.copied(module, [function.span, *used]) if module is not None else ():
        for other in needed:
            if not view.shared.library.pure(other):
                message = f"`{function.name}` imports {other.source.module}, which uses Airflow"
                place = span_of(node, function.source)
                report(function, "A2D508", message, place, view)
                found.append(am.Use("airflow", other.source.module, place))
    return found


def tell_what_is_absent(function: am.Function, view: View, *, callback: bool = False) -> None:
    """Report what the function, or a callback, reads of the context and will not find there."""
    line = view.dag.airflow
    defaults = {p.name for p in function.parameters if p.default is not None and not from_context(p, line)}
    for use in function.uses:
        row = CONTEXT_NAMES.get(use.name)
        if use.kind != "context" or row is None or use.name in defaults:
            continue
        escapes = use.get("to") is not None and not use.get("followed")
        path = (use.name, *(use.get("path") or ()))
        if missing := absent(path, view, callback=callback, escapes=escapes):
            report(function, "A2D509", f"`{function.name}` reads `{missing}`, which only Airflow has", use.span, view)
        why = what_is_absent(use.name, text_of(function.span, function.source), view)
        if why is not None:
            message = f"`{function.name}` reads `{use.name}` of Airflow's context"
            report(function, "A2D509", f"{message}: {why}" if why else message, use.span, view)
        elif view.dag.airflow not in row.lines:
            message = f"`{function.name}` reads `{use.name}`, which Airflow {view.dag.airflow} does not have"
            report(function, "A2D509", message, use.span, view)


def report(function: am.Function, code: str, message: str, span: Span, view: View) -> None:
    """Add a finding about a function; of one that several tasks have, it is told once for the DAG."""
    own = view.task.function == function and view.shared.use_count(function) <= 1
    view.shared.report(code, message, span, view.task.task_id if own else None)


def _obstacle(use: am.Use, function: am.Function) -> tuple[str, str] | None:
    """(code, message) of a use that needs Airflow itself."""
    name = use.name.rpartition(".")[2]
    match use.kind:
        case "airflow" if use.name.endswith("Variable.set"):
            return "A2D510", f"`{function.name}` writes a Variable"
        case "airflow" if mails(use):
            return None
        case "airflow" if use.name not in REPLACED and name not in EXCEPTIONS and name != "get_current_context":
            return "A2D508", f"`{function.name}` uses {use.name}"
        case "raises" if name not in EXCEPTIONS:
            return "A2D508", f"`{function.name}` raises {use.name}"
        case "hook" if _hook(use) is None or use.get("in"):
            return "A2D507", f"`{function.name}` uses {use.name}"
    return None


REPLACED = {
    "airflow.sdk.Asset": ("events", "Asset"),
    "airflow.sdk.Metadata": ("events", "Metadata"),
    "airflow.sdk.PokeReturnValue": ("sensors", "PokeReturnValue"),
    "airflow.sdk.macros.datetime_diff_for_humans": ("macros", "datetime_diff_for_humans"),
    "airflow.sdk.macros.ds_add": ("macros", "ds_add"),
    "airflow.sdk.macros.ds_format": ("macros", "ds_format"),
    "airflow.sdk.macros.ds_format_locale": ("macros", "ds_format_locale"),
    "airflow.sdk.timezone.datetime": ("timezone", "datetime"),
    "airflow.sdk.timezone.make_aware": ("timezone", "make_aware"),
    "airflow.sdk.timezone.parse": ("timezone", "parse"),
    "airflow.sdk.timezone.utcnow": ("timezone", "utcnow"),
}
"""Names of Airflow that the runtime module has, too: its part and the name there."""


def _hook(use: am.Use) -> tuple[str, str, dict[str, am.Value]] | None:
    """(connection type, connection id, fields replaced) where a resource serves all the function does with the hook."""
    served = hook_resource(use.name)
    if served is None or use.get("escapes") or not set(use.get("methods", ())) <= set(served.methods):
        return None
    given = {**dict(zip(served.positional, use.get("arguments", ()), strict=False)), **dict(use.get("keywords", ()))}
    conn_id = given.pop(served.conn_id, served.default)
    if use.get("conn_argument") is not None:
        conn_id = given.pop(use.get("conn_argument"), conn_id)
    replaced = dict(served.replaced)
    fields: dict[str, am.Value] = dict(served.passed)
    for name, value in given.items():
        field = name if name in fields else replaced.get(name)
        if field is None or isinstance(value, am.Unknown):
            return None
        fields[field] = value
    return (served.conn_type, conn_id, fields) if isinstance(conn_id, str) else None


def mails(use: am.Use) -> bool:
    """Whether it is Airflow's function that sends a mail, which the resource of the mail server has as a method."""
    ours = use.kind == "airflow" and not use.get("in") and not use.get("unused")
    return ours and use.name == "airflow.utils.email.send_email"


def resource_of(use: am.Use, view: View) -> str:
    """The expression that stands for a hook: the connection's resource, with what the hook's arguments replace."""
    if mails(use):
        message = "A mail goes through the resource `smtp_default`: give it Airflow's mail server ([smtp] settings)"
        view.shared.report("A2D114", message, use.span, view.task.task_id)
        return f"{view.resource('smtp_default', 'smtp')}.send_email"
    found = _hook(use)
    assert found is not None
    name = view.resource(found[1], found[0])
    if not found[2]:
        return name
    return f"{name}.using({', '.join(f'{k}={view.expression(v)}' for k, v in found[2].items())})"


def callable_whole(function: am.Function) -> bool:
    """Whether the function can be carried to module level and called, its Airflow served by its arguments alone."""
    if "." in function.qualname:
        return False
    return not any(
        u.name.endswith("get_current_context") or (u.kind == "context" and u.name == "") for u in function.uses
    )


def inlinable(function: am.Function, extra: dict[str, am.Value], view: View) -> bool:
    """Whether the function can be the asset's own body."""
    if function.is_generator:
        return False
    if function.self_value is not None or function.bound_args:
        return False
    if not function.is_lambda and any(p.default == p.name in _assigned(function) for p in function.parameters):
        return False
    module = view.shared.library.of_file(function.span.file)
    if module is None or (module.source.file != view.dag.file and view.shared.library.pure(module)):
        return False
    if any(p.kind == "var_positional" for p in function.parameters):
        return False
    if any(
        u.kind == "context_all" and not u.get("in") and not serves_whole_context(u, function) for u in function.uses
    ):
        return False
    if any(u.kind == "push" and not u.name and not u.get("in") for u in function.uses):
        return False
    names = {p.name for p in function.parameters if p.kind == "var_keyword"}
    unread = set(extra) - {u.name for u in function.uses if u.kind == "context"}
    return not (names and unread and any(u.get("to") for u in function.uses if u.name in names))


def _assigned(function: am.Function) -> set[str]:
    """The names the function's code binds."""
    return {n.id for n in ast.walk(definition(function)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def is_current_context(use: am.Use, function: am.Function) -> bool:
    """Whether a use of the whole context is a call of `get_current_context`, whose result is passed on."""
    line = function.source.lines()[use.span.line - 1]
    return use.kind == "context_all" and "get_current_context" in line[use.span.column :]


def serves_whole_context(use: am.Use, function: am.Function) -> bool:
    """Whether a use of the whole context can be served by a local: of `**kwargs`, or of a name it was assigned to.

    A parameter called `context` cannot: the asset's own context has that name.
    """
    if use.get("alias") or is_current_context(use, function):
        return True
    return any(p.kind == "var_keyword" and p.name != "context" for p in function.parameters)
