"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


class PythonOperatorParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `python_operator`."""

    limit: int = 10


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "python_operator_params": PythonOperatorParams(),
            "io_manager": XComIOManager(airflow="2"),
        }
    )
