"""`macros` in templates: Airflow's functions on dates, and the modules it offers.

https://airflow.apache.org/docs/apache-airflow/stable/templates-ref.html#macros
"""

import json
import time
import uuid
from datetime import datetime, timedelta
from importlib import import_module
from random import random
from typing import Any

import pendulum

# By name, for these packages have no type hints of their own; Dagster requires both.
dateutil = import_module("dateutil")
yaml = import_module("yaml")

__all__ = [
    "datetime",
    "datetime_diff_for_humans",
    "dateutil",
    "ds_add",
    "ds_format",
    "ds_format_locale",
    "json",
    "random",
    "time",
    "timedelta",
    "uuid",
    "yaml",
]


def ds_add(ds: str, days: int) -> str:
    """A date, as YYYY-MM-DD, that many days later."""
    if not days:
        return str(ds)
    return (datetime.strptime(str(ds), "%Y-%m-%d") + timedelta(days=days)).strftime("%Y-%m-%d")


def ds_format(ds: str, input_format: str, output_format: str) -> str:
    """A date as text in another format, both given as for strptime and strftime."""
    return datetime.strptime(str(ds), input_format).strftime(output_format)


def ds_format_locale(ds: str, input_format: str, output_format: str, locale: Any = None) -> str:
    """A date as text in Babel's `output_format` and a locale's language; needs the package babel."""
    babel, dates = import_module("babel"), import_module("babel.dates")
    date = datetime.strptime(str(ds), input_format)
    locale = locale or dates.LC_TIME or babel.Locale("en_US")
    return str(dates.format_datetime(date, format=output_format, locale=locale))


def datetime_diff_for_humans(dt: Any, since: pendulum.DateTime | None = None) -> str:
    """How long ago, or before `since`, a point in time is, in words."""
    return str(pendulum.instance(dt).diff_for_humans(since))
