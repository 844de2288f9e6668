"""Points in time as `airflow.utils.timezone` (2) and `airflow.sdk.timezone` (3) make them.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timezone.html
"""

import datetime as dt
from typing import Any

import pendulum

utc = pendulum.UTC


def utcnow() -> dt.datetime:
    """Now, in UTC."""
    return dt.datetime.now(tz=utc)


def datetime(*args: Any, **kwargs: Any) -> dt.datetime:
    """`datetime.datetime(…)`, in UTC where no `tzinfo` is given."""
    kwargs.setdefault("tzinfo", utc)
    return dt.datetime(*args, **kwargs)


def parse(string: str, timezone: Any = None) -> pendulum.DateTime:
    """A point in time from a text; one without time zone is in `timezone`, by default UTC. Raises ValueError."""
    found = pendulum.parse(string, tz=timezone or utc, strict=False)
    if not isinstance(found, pendulum.DateTime):
        raise ValueError(f"{string!r} is not a point in time")
    return found


def make_aware(value: dt.datetime, timezone: Any = None) -> dt.datetime:
    """A naive point in time, in a time zone. Raises ValueError for one that has a time zone already."""
    if value.tzinfo is not None:
        raise ValueError(f"make_aware expects a naive datetime, got {value}")
    return value.replace(tzinfo=timezone or utc)
