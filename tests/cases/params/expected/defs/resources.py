"""The resources of the Airflow project."""

from typing import Any, Literal

import dagster as dg
from pydantic import Field

from ..airflow_compat.params import AirflowParams, checked_at_launch


class BoundedParamsParams(AirflowParams):
    """The params of the Airflow DAG `bounded_params`."""

    region: Literal["north", "south"] = Field(default="north", description="Whose orders")
    rows: int = Field(default=100, ge=1, le=10000)
    ratio: Any = Field(default=0.5, json_schema_extra={"type": "number", "exclusiveMaximum": 1})
    code: str = Field(default="A1", min_length=2, json_schema_extra={"pattern": "^[A-Z][0-9]$"})
    day: str = Field(json_schema_extra={"format": "date"})
    until: str | None = Field(default=None, json_schema_extra={"format": "date-time"})
    columns: list[Any] = Field(default=["id"], min_length=1, json_schema_extra={"items": {"type": "string"}})
    note: str = "free text"
    verbose: Any = False


class UnreadParamsParams(AirflowParams):
    """The params of the Airflow DAG `unread_params`."""

    size: Literal["small", "large"] = "small"


class UnknownParamsParams(AirflowParams):
    """The params of the Airflow DAG `unknown_params`."""

    limit: int = 3
    size: Literal["s", "l"] = "s"


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "bounded_params_params": checked_at_launch(BoundedParamsParams),
            "unread_params_params": checked_at_launch(UnreadParamsParams),
            "unknown_params_params": checked_at_launch(UnknownParamsParams),
        }
    )
