"""The resources of the Airflow project."""

from typing import Literal

import dagster as dg

from ..airflow_compat.params import AirflowParams, checked_at_launch


class TemplatesAtRunTimeParams(AirflowParams):
    """The params of the Airflow DAG `templates_at_run_time`."""

    city: Literal["Berlin", "Oslo"] = "Berlin"


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={"templates_at_run_time_params": checked_at_launch(TemplatesAtRunTimeParams)}
    )
