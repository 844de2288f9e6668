"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


class Hooks2Params(dg.ConfigurableResource):
    """The params of the Airflow DAG `hooks_2`."""

    rows: int = 3


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "hooks_2_params": Hooks2Params(),
            "io_manager": XComIOManager(airflow="2"),
        }
    )
