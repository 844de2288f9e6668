"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


class HooksParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `hooks`."""

    full: bool = False
    limit: int = 10


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "hooks_params": HooksParams(),
            "io_manager": XComIOManager(airflow="3"),
        }
    )
