"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"io_manager": XComIOManager(airflow="3")})
