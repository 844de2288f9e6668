"""A DAG's params as a configuration class: their JSON schemas in pydantic's words, where it has any."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Asset, AssetCheck, Code, ConfigClass, ConfigField, Import, Origin
from .names import class_name, identifier
from .pen import CannotWriteError, Pen
from .shared import Shared

if TYPE_CHECKING:
    from .view import View

_TOLD = frozenset({"title", "description", "description_md", "section", "examples", "values_display"})
"""What a param's schema says to people."""
_OF_DEFAULT = {str: "str", int: "int", float: "float", bool: "bool", list: "list[Any]", dict: "dict[str, Any]"}
_TYPES = {"string": "str", "integer": "int", "boolean": "bool", "array": "list[Any]", "object": "dict[str, Any]"}
"""What both Dagster and the schema take; a number may be whole or not, for which Dagster has no type."""
_NUMBERS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
}
_TEXTS = {"minLength": "min_length", "maxLength": "max_length"}
_LISTS = {"minItems": "min_length", "maxItems": "max_length"}
_WORDS = {"int": _NUMBERS, "str": _TEXTS, "list[Any]": _LISTS}


def set_params(shared: Shared) -> None:
    """A configuration class for the DAG's params, where each can be a field of one."""
    dag = shared.dag
    if not dag.params:
        return
    fields: list[ConfigField] = []
    unchecked: list[str] = []
    for name, spec in dag.params:
        try:
            field, whole = _field(name, spec)
        except CannotWriteError:
            fields, unchecked = [], [name for name, spec in dag.params if _rules(spec)]
            break
        fields.append(field)
        if not whole:
            unchecked.append(name)
    if unchecked:
        _tell(f"What values {', '.join(f'`{name}`' for name in unchecked)} may have is not checked", shared)
    if not fields:
        return
    checks = any(_rules(spec) for _, spec in dag.params)
    moments = any("date-time" in code.text for field in fields for _, code in field.constraints)
    shared.params = ConfigClass(
        class_name=f"{class_name(shared.package)}Params",
        resource=f"{shared.package}_params",
        fields=tuple(fields),
        description=f"The params of the Airflow DAG `{dag.dag_id}`.",
        origin=Origin(dag.dag_id, "", dag.span),
        checked=(dag.airflow if moments else "3") if checks else "",
    )


def tell_unread(definitions: tuple[Asset | AssetCheck, ...], shared: Shared) -> None:
    """A finding where no part of the run needs the params: Dagster does not look at what is given for them then."""
    params = shared.params
    if params is None or not params.checked or not definitions:
        return
    if not any(use.name == params.resource for one in definitions for use in one.resources):
        _tell("No task reads the params, so runs are not refused for their values", shared)


def tell_of_task(view: View) -> None:
    """A finding where a task has params of its own with a schema: Airflow fails the task whose values break it."""
    own = view.task.argument("params")
    values = own.value if own is not None and isinstance(own.value, dict) else {}
    names = [f"`{name}`" for name, spec in values.items() if isinstance(spec, am.ParamSpec) and _rules(spec)]
    if own is not None and names:
        message = f"What values {', '.join(names)} of `{view.task.task_id}` may have is not checked"
        view.differences.append(message)
        view.shared.report("A2D512", message, own.span, view.task.task_id)


def _tell(what: str, shared: Shared) -> None:
    argument = shared.dag.argument("params")
    shared.report("A2D512", what, argument.span if argument else shared.dag.span)


def _field(name: str, spec: am.ParamSpec) -> tuple[ConfigField, bool]:
    """The field of one param, and whether it has all that its schema says.

    Raises CannotWriteError where it cannot be a field: for its name, or for its default.
    """
    if not name.isidentifier() or name != identifier(name) or name.startswith(("_", "model_")):
        raise CannotWriteError("a name for a field")
    rules = _rules(spec)
    annotation, left = _annotation(rules, spec)
    pen, default = Pen(), None
    if spec.has_default and (spec.default is not None or _takes_none(rules)):
        default = Code(pen.expression(spec.default), tuple(sorted(pen.imports)))
    constraints, whole = _constraints(annotation, left), True
    if constraints is None:
        constraints, whole = (), False
    imports = tuple(Import("typing", n) for n in ("Any", "Literal") if re.search(rf"\b{n}\b", annotation))
    return ConfigField(name, Code(annotation, imports), default, spec.description, constraints), whole


def taking(config: ConfigClass, dag: am.Dag, confs: list[am.Value]) -> ConfigClass:
    """The class, so that params without a schema take whatever other DAGs give to runs that they start."""
    free = {name: spec.default for name, spec in dag.params if not _rules(spec)}
    other = {name for name, default in free.items() if any(_is_other(conf, name, default) for conf in confs)}
    wide = Code("Any", (Import("typing", "Any"),))
    return replace(config, fields=tuple(replace(f, annotation=wide) if f.name in other else f for f in config.fields))


def _is_other(conf: am.Value, name: str, default: am.Value) -> bool:
    """Whether a conf may have a value of another type than the default's."""
    if conf is None or (isinstance(conf, dict) and name not in conf):
        return False
    return not isinstance(conf, dict) or type(conf[name]) is not type(default)


def _rules(spec: am.ParamSpec) -> dict[str, am.Value]:
    """What a param's schema says to programs."""
    return {rule: value for rule, value in spec.schema if rule not in _TOLD}


def _constraints(annotation: str, rules: dict[str, am.Value]) -> tuple[tuple[str, Code], ...] | None:
    """Arguments of pydantic's Field; None where a rule is not known."""
    words = _WORDS.get(annotation.removesuffix(" | None"), {})
    pen = Pen()
    native = {words[n]: v for n, v in rules.items() if n in words and isinstance(v, int) and not isinstance(v, bool)}
    extra = {n: v for n, v in rules.items() if n not in words or words[n] not in native}
    try:
        texts = {name: pen.expression(value) for name, value in native.items()}
        if extra:
            texts["json_schema_extra"] = pen.expression(extra)
    except CannotWriteError:
        return None
    return tuple((name, Code(text, tuple(sorted(pen.imports)))) for name, text in texts.items())


def _annotation(rules: dict[str, am.Value], spec: am.ParamSpec) -> tuple[str, dict[str, am.Value]]:
    """The type of the field, and the rules that it does not express."""
    kind, options = rules.get("type"), rules.get("enum")
    words = isinstance(options, list | tuple) and options and all(isinstance(o, str) for o in options)
    if words and kind in ("string", None):
        left = {n: v for n, v in rules.items() if n not in ("type", "enum")}
        return f"Literal[{', '.join(map(repr, options))}]", left  # type: ignore[arg-type]
    without_type = {n: v for n, v in rules.items() if n != "type"}
    if not rules:
        return _OF_DEFAULT.get(type(spec.default), "Any"), {}
    if isinstance(kind, str) and kind in _TYPES:
        return _TYPES[kind], without_type
    if isinstance(kind, list | tuple) and len(kind) == 2 and "null" in kind:
        (other,) = [k for k in kind if k != "null"] or [None]
        if isinstance(other, str) and other in _TYPES:
            return f"{_TYPES[other]} | None", without_type
    return "Any", rules


def _takes_none(rules: dict[str, am.Value]) -> bool:
    """Whether a default of None is a value. Where the type forbids it, the param must be given with each run."""
    kind, options = rules.get("type"), rules.get("enum")
    if isinstance(options, list | tuple) and None not in options:
        return False
    return kind is None or kind == "null" or (isinstance(kind, list | tuple) and "null" in kind)
