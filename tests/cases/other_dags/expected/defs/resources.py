"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


class ReportsParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `reports`."""

    day: str = ""
    full: bool = False


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "reports_params": ReportsParams(),
            "io_manager": XComIOManager(airflow="3"),
        }
    )
