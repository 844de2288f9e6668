"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


class BashOperatorParams(dg.ConfigurableResource):
    """The params of the Airflow DAG `bash_operator`."""

    target: str = "prod"


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "bash_operator_params": BashOperatorParams(),
            "io_manager": XComIOManager(airflow="2"),
        }
    )
