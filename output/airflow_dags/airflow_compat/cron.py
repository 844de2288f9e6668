"""The ticks of a cron expression before and after a point in time, by Dagster's own reading of cron."""

from datetime import datetime
from functools import cache

import dagster as dg


def next_tick(cron: str, timezone: str, after: datetime, *, inclusive: bool = False) -> datetime:
    """The first tick after `after` (or at it, where `inclusive`)."""
    window = _windows(cron, timezone).get_next_partition_window(after, respect_bounds=False)
    if window is None:
        raise ValueError(f"cron expression {cron!r} has no tick after {after}")
    at_tick = window.start.timestamp() == after.timestamp()
    return window.end if at_tick and not inclusive else window.start


def previous_tick(cron: str, timezone: str, before: datetime, *, inclusive: bool = False) -> datetime:
    """The last tick before `before` (or at it, where `inclusive`)."""
    following = next_tick(cron, timezone, before, inclusive=True)
    if inclusive and following.timestamp() == before.timestamp():
        return following
    window = _windows(cron, timezone).get_prev_partition_window(following, respect_bounds=False)
    if window is None:
        raise ValueError(f"cron expression {cron!r} has no tick before {before}")
    return window.start


@cache
def _windows(cron: str, timezone: str) -> dg.TimeWindowPartitionsDefinition:
    return dg.TimeWindowPartitionsDefinition(cron_schedule=cron, start="1970-01-01", fmt="%Y-%m-%d", timezone=timezone)
