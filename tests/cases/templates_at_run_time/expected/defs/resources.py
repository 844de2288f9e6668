"""The resources of the Airflow project."""

import dagster as dg


class TemplatesAtRunTimeParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `templates_at_run_time`."""

    city: str = "Berlin"


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"templates_at_run_time_params": TemplatesAtRunTimeParams()})
