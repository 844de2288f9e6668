"""Readings, and what is wrong with them."""

from airflow.exceptions import AirflowSkipException
from airflow.utils.context import Context

from .formats import *


def checked(readings: list[float], limit: float, context: Context | None = None) -> list[float]:
    if not readings:
        raise AirflowSkipException("nothing was measured")
    return [rounded(reading) for reading in readings if reading < limit]
