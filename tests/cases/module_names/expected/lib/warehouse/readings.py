"""Readings of the stations, as the DAGs of the warehouse get them from Airflow."""

from statistics import median

from ...airflow_compat.exceptions import AirflowSkipException

from .statistics import spread


def expect(readings):
    """The readings; nothing is to be done without any."""
    if not readings:
        raise AirflowSkipException("no readings")
    return readings


def clean(readings):
    """The readings that are near the middle one."""
    middle = median(readings)
    return [r for r in readings if abs(r - middle) <= spread(readings)]
