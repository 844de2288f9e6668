"""A DAG's params as a configuration class."""

from __future__ import annotations

from .. import airflow_model as am
from ..dagster_model import Code, ConfigClass, ConfigField, Import, Origin
from .names import class_name, identifier
from .pen import CannotWriteError, Pen
from .shared import Shared

_ANNOTATIONS = {str: "str", int: "int", float: "float", bool: "bool", list: "list[Any]", dict: "dict[str, Any]"}


_TOLD = frozenset({"title", "description", "description_md", "section", "examples", "values_display"})
"""What a param's schema says to people."""


def _bounds(rule: str, value: am.Value) -> bool:
    """Whether a part of a param's schema forbids values that its field takes; one type is the field's."""
    return rule not in _TOLD and not (rule == "type" and isinstance(value, str))


def set_params(shared: Shared) -> None:
    """A configuration class for the DAG's params, where each can be a field of one."""
    dag = shared.dag
    if not dag.params:
        return
    if bounded := [name for name, spec in dag.params if any(_bounds(rule, value) for rule, value in spec.schema)]:
        argument = dag.argument("params")
        message = f"What values {', '.join(f'`{name}`' for name in bounded)} may have is not checked"
        shared.report("A2D512", message, argument.span if argument else dag.span)
    fields = []
    for name, spec in dag.params:
        pen = Pen()
        if not name.isidentifier() or name != identifier(name) or name.startswith(("_", "model_")):
            return
        annotation = _ANNOTATIONS.get(type(spec.default), "Any")
        if spec.schema and not isinstance(dict(spec.schema).get("type", "string"), str):
            annotation = "Any"
        imports = (Import("typing", "Any"),) if "Any" in annotation else ()
        default = None
        if spec.has_default:
            try:
                default = Code(pen.expression(spec.default), tuple(sorted(pen.imports)))
            except CannotWriteError:
                return
        fields.append(ConfigField(name, Code(annotation, imports), default, spec.description))
    shared.params = ConfigClass(
        class_name=f"{class_name(shared.package)}Params",
        resource=f"{shared.package}_params",
        fields=tuple(fields),
        description=f"The params of the Airflow DAG `{dag.dag_id}`.",
        origin=Origin(dag.dag_id, "", dag.span),
    )
