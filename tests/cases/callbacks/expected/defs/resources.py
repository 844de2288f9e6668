"""The resources of the Airflow project."""

import dagster as dg


class CallbacksParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `callbacks`."""

    size: int = 1


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"callbacks_params": CallbacksParams()})
