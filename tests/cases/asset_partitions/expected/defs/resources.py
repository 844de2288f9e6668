"""The resources of the Airflow project."""

import dagster as dg

from ..airflow_compat.params import AirflowParams, checked_at_launch


class TheDayBeforeParams(AirflowParams):
    """The params of the Airflow DAG `the_day_before`."""

    of: str = "shops"


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(resources={"the_day_before_params": checked_at_launch(TheDayBeforeParams)})
