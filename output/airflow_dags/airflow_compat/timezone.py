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


def make_naive(value: dt.datetime, timezone: Any = None) -> dt.datetime:
    """A point in time as the clocks of a time zone show it. Raises ValueError for one without time zone."""
    if value.tzinfo is None:
        raise ValueError("make_naive() cannot be applied to a naive datetime")
    return value.astimezone(timezone or utc).replace(tzinfo=None)


def is_localized(value: dt.datetime) -> bool:
    """Whether a point in time has a time zone."""
    return value.utcoffset() is not None


def convert_to_utc(value: dt.datetime | None) -> pendulum.DateTime | None:
    """A point in time in UTC; one without time zone is taken as that."""
    return None if value is None else pendulum.instance(value, tz=value.tzinfo or utc).in_timezone(utc)


def coerce_datetime(value: dt.datetime | None, tz: Any = None) -> pendulum.DateTime | None:
    """A point in time as one of pendulum's, in `tz` where that is given; one without time zone is in UTC."""
    if value is None:
        return None
    found = pendulum.instance(value, tz=value.tzinfo or utc)
    return found if tz is None else found.in_timezone(tz)


def parse_timezone(name: str | int) -> pendulum.Timezone | pendulum.FixedTimezone:
    """A time zone by its name, or by what it is ahead of UTC in seconds."""
    return pendulum.timezone(name)
