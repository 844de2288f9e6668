"""The body of a task's definition, with everything before it that its expressions asked for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ..dagster_model import Body, CarriedBody, Code
from . import templates
from .events import inlets_argument

if TYPE_CHECKING:
    from .view import View


def finished(body: Body, view: View) -> Body:
    """The body with everything before it that its expressions asked for."""
    by_key = view.task.function is None and not view.bridged and templates.push(view.task)
    if by_key and isinstance(body, Code) and not body.text.startswith("raise "):
        body = replace(body, text=_returning(body.text, f"{view.airflow_context()}.keyed"))
    before = list(view.late_imports)
    if view.gates:
        view.shared.needs_airflow_dag = True  # the context is given to it
    elif view.airflow_used:
        before.append(_airflow_statement(view))
    elif "airflow" in view.locals:
        before.append(view.locals.pop("airflow"))
    before += view.locals.values()
    imports = tuple(sorted(view.pen.imports))
    if isinstance(body, CarriedBody):
        return replace(body, preamble=(*before, *body.preamble), imports=(*imports, *body.imports))
    text = "\n".join([*before, body.text])
    return Code(text, (*imports, *body.imports))


def _airflow_statement(view: View) -> str:
    view.context_used = True
    view.shared.needs_airflow_dag = True
    arguments = [f"task_id={view.task.task_id!r}"]
    if view.xcoms:
        names = {**view.inputs, **view.instances}
        arguments.append("xcoms={" + ", ".join(f"{t!r}: {names[t]}" for t in view.xcoms) + "}")
        keyed = view.shared.keyed | view.shared.decisions.keys()
        for name, tasks in (("keyed", keyed), ("multiple_outputs", view.shared.multiple - view.shared.keyed)):
            chosen = [t for t in view.xcoms if t in tasks]
            if chosen:
                arguments.append(f"{name}={chosen!r}")
    arguments += view.params_argument()
    if view.asked_of_task:
        told = ", ".join(f"{name!r}: {text}" for name, text in sorted(view.asked_of_task.items()))
        arguments.append(f"task={{{told}}}")
    arguments += inlets_argument(view)
    return f"airflow = airflow_dag.context(context, {', '.join(arguments)})"


def _returning(body: str, wrap: str) -> str:
    """A body whose value is what `wrap` makes of the value it had, or of None."""
    found = list(_returns(ast.parse(body)))
    lines = body.encode().splitlines(keepends=True)
    for node in reversed(found):
        value = ast.get_source_segment(body, node.value) if node.value is not None else "None"
        start, end = node.lineno - 1, node.end_lineno or node.lineno
        before, after = lines[start][: node.col_offset], lines[end - 1][node.end_col_offset :]
        lines[start:end] = [before + f"return {wrap}({value})".encode() + after]
    text = b"".join(lines).decode()
    return text if found else f"{text}\nreturn {wrap}(None)"


def _returns(node: ast.AST) -> Iterator[ast.Return]:
    """The return statements of a body, and not those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _returns(child)
