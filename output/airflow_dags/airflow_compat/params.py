"""A DAG's params as a resource that refuses what their JSON schemas forbid, as Airflow does: before anything runs.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/params.html

Dagster itself compares run config with the types of the fields, but looks at what else pydantic says of them only when
the first step that needs the resource begins. Here both are done when a run is asked for.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import dagster as dg
import jsonschema
from pendulum.parsing import parse_iso8601
from pydantic import ConfigDict, ValidationError, ValidationInfo, field_validator


class ParamValidationError(dg.DagsterError, ValueError):
    """A run is refused, for the value of a param is not what its schema says."""


class AirflowParams(dg.ConfigurableResource[Any]):
    """The base class of a DAG's params. What pydantic has no word for is in a field's `json_schema_extra`."""

    model_config = ConfigDict(strict=True)
    _airflow: ClassVar[str] = "3"

    @field_validator("*")
    @classmethod
    def _follows_its_schema(cls, value: Any, info: ValidationInfo) -> Any:
        schema = cls.model_fields[info.field_name or ""].json_schema_extra
        if isinstance(schema, dict) and schema:
            try:
                jsonschema.validate(value, schema, format_checker=_formats(cls._airflow))
            except (jsonschema.ValidationError, jsonschema.SchemaError) as error:
                raise ValueError(error.message) from None
        return value


def checked_params(params: type[AirflowParams], values: Mapping[str, Any]) -> dict[str, Any]:
    """All params, with their defaults where `values`, which may have more, has none. Raises ParamValidationError."""
    given = {name: field.default for name, field in params.model_fields.items() if not field.is_required()}
    given |= {name: value for name, value in values.items() if name in params.model_fields}
    try:
        return params(**given).model_dump()
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {_text(e['msg'])} (given: {e['input']!r})" for e in error.errors()]
        raise ParamValidationError(f"Invalid input for param {'; '.join(wrong)}") from None


def checked_conf(params: type[AirflowParams], conf: Any) -> Any:
    """The conf, JSON or what it stands for, that a run is asked for with. Raises ParamValidationError."""
    checked_params(params, json.loads(conf) if conf and isinstance(conf, str) else conf or {})
    return conf


def checked_at_launch(params: type[AirflowParams]) -> dg.ResourceDefinition:
    """The resource; a run config with values it may not have raises ParamValidationError before the run begins."""
    definition = params.configure_at_launch().get_resource_definition()
    schema = params.to_config_schema().as_field()
    made: dg.ResourceDefinition = definition.configured(lambda config: checked_params(params, config), schema)
    return made


def _text(message: str) -> str:
    return message.removeprefix("Value error, ")


def _formats(airflow: str) -> jsonschema.FormatChecker:
    """Airflow 2 takes any date and time in ISO 8601; Airflow 3 leaves it at what is installed with jsonschema."""
    formats = jsonschema.FormatChecker()
    if airflow != "3":
        formats.checkers = {**formats.checkers, "date-time": (_date_time, ValueError)}
    return formats


def _date_time(value: object) -> bool:
    return not isinstance(value, str) or hasattr(parse_iso8601(value), "hour")
