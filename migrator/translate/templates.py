"""Jinja templates as Python: an f-string where every part is understood, rendered by the runtime where not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import EnvVariable
from ..read import template_nodes as nodes
from ..read.template_files import included
from ..read.template_names import CONTEXT_NAMES, OBJECT_NAMES
from ..read.templates import Expression as TemplateExpression
from ..read.templates import Template, Text, all_nodes, is_plain, parse, pulls, pushes
from .context_objects import in_template
from .events import what_is_absent
from .pen import CannotWriteError, Expression, connection_variable, format_string, string

if TYPE_CHECKING:
    from .view import View

MACROS = frozenset({"ds_add", "ds_format"})
"""Macros the runtime module has as functions of plain values."""


def strings(value: am.Value) -> Iterator[str]:
    """Every string in a value, as deep as Airflow renders."""
    match value:
        case str():
            yield value
        case list() | tuple() | set() | frozenset():
            for part in value:
                yield from strings(part)
        case dict():
            for part in value.values():
                yield from strings(part)
        case am.MappedArgument(values=values) if isinstance(values, list | tuple | dict):
            yield from strings(values)
        case am.Deferred(operands=operands, keywords=keywords):
            for part in (*operands, *(v for _, v in keywords)):
                yield from strings(part)


def has_template(value: am.Value) -> bool:
    """Whether rendering the value would change it."""
    return any(not is_plain(text) or text.endswith("\n") for text in strings(value))


def reads_dates(value: am.Value) -> bool:
    """Whether what the value renders to depends on the data interval."""
    return any(parse(text).uses_dates for text in strings(value) if not is_plain(text))


def push(task: am.Task) -> bool:
    """Whether rendering a template of the task's pushes an XCom."""
    arguments = (*task.arguments, *task.op_args, *task.op_kwargs)
    return any(pushes(parse(text)) for a in arguments for text in strings(a.value) if "xcom_push" in text)


def pulled_tasks(value: am.Value) -> tuple[str, ...]:
    """The tasks, named literally, whose XComs templates in the value pull."""
    found: dict[str, None] = {}
    for text in strings(value):
        if is_plain(text):
            continue
        for pull in pulls(parse(text)):
            if isinstance(pull.task_ids, str):
                found[pull.task_ids] = None
            elif isinstance(pull.task_ids, tuple):
                found |= dict.fromkeys(pull.task_ids)
    return tuple(found)


def argument(value: am.Value, view: View) -> str:
    """An expression for a value passed to a function, with its templates rendered."""
    rendered = has_template(value) or view.names_files(value)
    return expression(value, view) if rendered else view.pen.expression(value)


def expression(value: am.Value, view: View) -> str:
    """An expression for the rendered value, nested containers included. Raises CannotWriteError."""
    match value:
        case str():
            return _text(value, view)
        case list():
            return f"[{', '.join(expression(v, view) for v in value)}]"
        case tuple():
            inside = ", ".join(expression(v, view) for v in value)
            return f"({inside},)" if len(value) == 1 else f"({inside})"
        case set() | frozenset() if value:
            return "{" + ", ".join(sorted(expression(v, view) for v in value)) + "}"
        case dict():
            pairs = (f"{view.pen.expression(k)}: {expression(v, view)}" for k, v in value.items())
            return "{" + ", ".join(pairs) + "}"
        case am.MappedArgument() | am.Deferred() if view.names_files(value):
            raise CannotWriteError("a name of a template file that is mapped over or computed")
        case am.MappedArgument(values=values) if isinstance(values, list | tuple | dict) and has_template(values):
            # Airflow renders what expand() is given literally, and nothing that a task returned.
            prepare(values, view)
            return f"{view.airflow_context()}.render({view.pen.expression(value)})"
        case am.Deferred() if (pieces := _around_files(value, view)) is not None:
            return format_string(pieces)
        case am.Deferred() if has_template(value):
            prepare(value, view)
            return f"{view.airflow_context()}.render({view.pen.expression(value)})"
    return view.pen.expression(value)


def _around_files(value: am.Deferred, view: View) -> list[str] | None:
    """The pieces of a text whose only unknown parts are where the DAG files were; None for any other."""
    own = value.op == "format" and all(isinstance(part, str) or part == am.FILES for part in value.operands)
    if not own or view.shared.own_jinja or view.shared.native:
        return None
    parts = [part if part == am.FILES else parse(part) for part in value.operands]
    known = [part for part in parts if isinstance(part, Template)]
    if any(t.error is not None or t.has_blocks or not _all_writable(t, view) for t in known):
        return None
    view.pen.files |= am.own_paths(value)
    files = Expression(view.pen.expression(am.FILES))
    return [piece for part in parts for piece in ([files] if part == am.FILES else _pieces(part, view) or [])]


def _text(text: str, view: View) -> str:
    if (file := view.template_file(text)) is not None:
        return view.file_text(file)
    if view.shared.own_jinja and not re.fullmatch(r"[\w ./:,-]*", text):
        prepare(text, view)
        return f"{view.airflow_context()}.render({string(text)})"
    if is_plain(text):
        return string(text.removesuffix("\n"))
    template = parse(text)
    if template.error is not None:
        view.shared.report("A2D308", f"Invalid template: {template.error}", view.span_of_text(text), view.task.task_id)
        return f"{view.airflow_context()}.render({string(text)})"
    pieces = _pieces(template, view)
    if pieces is None:
        return _rendered(text, template, view)
    if len(pieces) == 1 and isinstance(pieces[0], Expression):
        if view.shared.native:
            return str(pieces[0]) if _is_no_literal(template) else f"{_native(view)}({pieces[0]})"
        if _is_text(template):
            return str(pieces[0])
    elif view.shared.native:
        return _rendered(text, template, view)
    return format_string(pieces)


def _is_text(template: Template) -> bool:
    """Whether a template of one expression gives text anyway, so that the f-string around it can go."""
    (part,) = (p for p in template.parts if isinstance(p, TemplateExpression))
    match part.node:
        case nodes.Name(name=name):
            return name in CONTEXT_NAMES and name.startswith(("ds", "ts", "run_id", "yesterday_ds", "tomorrow_ds"))
        case nodes.Variable(json=json):
            return not json
        case nodes.Call():
            return True
    return False


def _native(view: View) -> str:
    return view.compat("templates", "native_value")


def _is_no_literal(template: Template) -> bool:
    """Whether the one expression of a template is a date, or text that does not look like a Python literal."""
    (part,) = (p for p in template.parts if isinstance(p, TemplateExpression))
    if not isinstance(part.node, nodes.Name):
        return False
    return not part.node.name.endswith("ds_nodash") and part.node.name != "run_id"


def _pieces(template: Template, view: View) -> list[str] | None:
    """Text and expressions of an f-string; None where a part is not understood."""
    if template.has_blocks or not _all_writable(template, view):
        return None
    found: list[str] = []
    for part in template.parts:
        if isinstance(part, Text):
            if part.text:
                found.append(part.text)
        elif isinstance(part, TemplateExpression):
            written = _expression(part.node, view)
            found.append(written if isinstance(written, Expression) else str(written))
    return found or [""]


def _all_writable(template: Template, view: View) -> bool:
    return all(_writable(p.node, view) for p in template.parts if isinstance(p, TemplateExpression))


def _writable(node: nodes.Node, view: View) -> bool:
    """Whether `_expression` can write the node; asked of all before any is written, since writing asks for inputs."""
    match node:
        case nodes.Constant(value=value):
            return isinstance(value, str | int | float)
        case nodes.Name(name=name):
            row = CONTEXT_NAMES.get(name)
            return row is not None and name not in OBJECT_NAMES and view.dag.airflow in row.lines and name != "params"
        case nodes.Attribute(base=nodes.Name(name="params"), name=name):
            params = view.shared.params
            return params is not None and any(f.name == name for f in params.fields) and not view.given("params")
        case nodes.Attribute(base=nodes.Name(name="dag"), name="dag_id"):
            return True
        case nodes.Attribute(base=nodes.Name(name="task"), name="task_id"):
            return True
        case nodes.XComPull():
            plain = not _elsewhere(node, view) and node.default is None
            known = isinstance(node.task_ids, str) and node.task_ids in view.shared.keys
            ahead = known and view.shared.reaches(str(node.task_ids), view.task.task_id)
            ahead = ahead and not view.is_mapped(str(node.task_ids))
            ahead = ahead and not set(view.mapped_groups(str(node.task_ids))) & set(
                view.mapped_groups(view.task.task_id)
            )
            return plain and ahead and node.map_indexes is None and isinstance(node.key, str) and not node.unpacks
        case nodes.Variable(key=key, default=default):
            return isinstance(key, str) and default is None
        case nodes.Call(function=nodes.Attribute(base=nodes.Name(name="macros"), name=name), args=args):
            plain = name in MACROS and not node.kwargs and not node.unpacks
            return plain and all(_writable(a, view) or (isinstance(a, nodes.Operation) and _negative(a)) for a in args)
    return False


def _elsewhere(pull: nodes.XComPull, view: View) -> bool:
    """Whether an XCom of another DAG, or of other runs, is pulled."""
    return pull.dag_id not in (None, view.dag.dag_id) or pull.include_prior_dates is not False


def _negative(node: nodes.Operation) -> bool:
    return node.operator == "neg" and isinstance(node.operands[0], nodes.Constant)


def _expression(node: nodes.Node, view: View) -> str | Expression:
    match node:
        case nodes.Constant(value=value):
            return str(value)
        case nodes.Name(name=name):
            return Expression(view.context_value(name))
        case nodes.Attribute(base=nodes.Name(name="params"), name=name):
            return Expression(f"{view.params_resource()}.{name}")
        case nodes.Attribute(base=nodes.Name(name="dag")):
            return view.dag.dag_id
        case nodes.Attribute(base=nodes.Name(name="task")):
            return view.task.task_id
        case nodes.XComPull(task_ids=str() as task_id, key=str() as key):
            text = view.pulled(task_id, key)
            return Expression(text + "".join(f"[{part!r}]" for part in node.path))
        case nodes.Variable(key=str() as key):
            text = view.pen.expression(am.VariableRef(key, deserialize_json=node.json))
            return Expression(text + "".join(f"[{part!r}]" for part in node.path))
        case nodes.Call(function=nodes.Attribute(name=name), args=args):
            macro = view.compat("macros", name)
            return Expression(f"{macro}({', '.join(_argument(a, view) for a in args)})")
    raise CannotWriteError(f"the template expression {node}")


def _argument(node: nodes.Node, view: View) -> str:
    match node:
        case nodes.Constant(value=value):
            return repr(value)
        case nodes.Operation(operands=(nodes.Constant(value=value), *_)):
            return f"-{value!r}"
    return str(_expression(node, view))


def _rendered(text: str, template: Template, view: View) -> str:
    """A call of the runtime, which is given the XComs the template pulls."""
    prepare(text, view)
    # jinja2 counts a name that only one branch of an `if` sets as one of the context's.
    own = set(re.findall(r"\{%-?\s*set\s+(\w+)", text))
    for name in sorted(template.names - own if not view.shared.lenient else ()):
        row = CONTEXT_NAMES.get(name)
        why = what_is_absent(name, text, view)
        missing = row is None or view.dag.airflow not in row.lines or why is not None
        if missing and name not in view.shared.user_macros:
            message = f"There is no `{name}` in templates"
            if why is not None:
                message = f"`{name}` in templates is Airflow's own" + (f": {why}" if why else "")
            elif row is not None:
                message = f"Airflow {view.dag.airflow} has no `{name}` in templates"
            view.shared.report("A2D306", message, view.span_of_text(text), view.task.task_id)
    return f"{view.airflow_context()}.render({string(text)})"


def _include(text: str, view: View) -> None:
    """Have the templates copied that a template includes, and what they need in turn."""
    for name in included(text):
        file = view.shared.project.template_files.get((view.dag.dag_id, name)) if name is not None else None
        if name is None or file is None:
            what = f"`{name}`, which is not in the given folders" if name else "a file whose name is computed"
            view.shared.report("A2D307", f"A template includes {what}", view.span_of_text(text), view.task.task_id)
        else:
            copy_by_name(name, file.text, view)


def copy_by_name(name: str, text: str, view: View) -> None:
    """Have a template copied under the name that Jinja looks it up by, and what it needs in turn."""
    if view.shared.files.get(name) != text or not view.shared.includes:
        view.shared.includes = True
        view.shared.files[name] = text
        prepare(text, view)


def prepare(value: am.Value, view: View) -> None:
    """Make the tasks whose XComs templates in the value pull inputs, which the runtime's context answers for."""
    for text in strings(value):
        if is_plain(text):
            continue
        _include(text, view)
        for node in all_nodes(parse(text)):
            match node:
                case nodes.Variable(key=str() as key, default=default):
                    about = f"Airflow Variable `{key}`"
                    view.pen.env.add(EnvVariable(f"AIRFLOW_VAR_{key.upper()}", about, required=default is None))
                case nodes.Connection(conn_id=str() as conn_id):
                    view.pen.env.add(connection_variable(conn_id))
                case nodes.Attribute() if missing := in_template(node, view):
                    message = f"`{missing}` in templates is Airflow's own"
                    view.shared.report("A2D306", message, view.span_of_text(text), view.task.task_id)
        for pull in pulls(parse(text)):
            if _elsewhere(pull, view):
                message = "An XCom of another DAG or of earlier runs is pulled"
                view.shared.report("A2D504", message, view.span_of_text(text), view.task.task_id)
                continue
            ids = (pull.task_ids,) if isinstance(pull.task_ids, str) else pull.task_ids
            if not isinstance(ids, tuple):
                ids = view.upstream()
                if not ids:
                    message = "The task that is pulled is not known"
                    view.shared.report("A2D501", message, view.span_of_text(text), view.task.task_id)
            for task_id in ids:
                view.give_xcom(str(task_id), view.span_of_text(text), by_index=pull.map_indexes is not None)
