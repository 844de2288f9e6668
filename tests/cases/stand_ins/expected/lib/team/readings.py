"""Readings, and what is wrong with them."""

from ...airflow_compat.exceptions import AirflowSkipException
from ...airflow_compat.context import AirflowContext as Context

from .formats import *


def checked(readings: list[float], limit: float, context: Context | None = None) -> list[float]:
    if not readings:
        raise AirflowSkipException("nothing was measured")
    return [rounded(reading) for reading in readings if reading < limit]
