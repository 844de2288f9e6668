"""Cron expressions and time zones: which ones Dagster reads, their ticks, and those that a timedelta amounts to."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from math import gcd
from zoneinfo import ZoneInfo, available_timezones

UTC = dt.timezone.utc
EPOCH = dt.datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def cron_fault(cron: object) -> str:
    """Why Dagster cannot run by a cron expression that Airflow may accept; empty where it can."""
    if not isinstance(cron, str):
        return f"{cron!r} is not a cron expression"
    fields = cron.split()
    if cron.startswith("@"):
        return f"{cron!r} is not one of Airflow's presets, which would refuse it, too"
    if len(fields) == 6:
        return f"{cron!r} has six fields, the last for seconds; a cron schedule of Dagster has no seconds"
    if not valid_cron(cron):
        return f"{cron!r} is not a cron expression that Dagster reads"
    return "" if _ticks(cron) else f"{cron!r} has no tick at all"


@cache
def _ticks(cron: str) -> bool:
    """Whether a valid cron expression ever has a tick: not one on the first of a month that is its second Monday."""
    from croniter import CroniterBadDateError, croniter

    try:
        croniter(cron, dt.datetime(2026, 1, 1)).get_next()
    except CroniterBadDateError:
        return False
    return True


def valid_cron(cron: object) -> bool:
    """Whether Dagster accepts it: five fields (or a preset Airflow resolved), no `H`, no `R`, no `5L`."""
    if not isinstance(cron, str) or len(cron.split()) != 5:
        return False
    if re.search(r"(?i)\bh\b|\br\b|h\(|r\(|[0-7]l", cron.split()[4]) or re.search(r"[HR](\(|$|\s|/)", cron):
        return False
    from croniter import croniter

    return bool(croniter.is_valid(cron))


def zone_text(zone: object) -> str:
    """The name a time zone object gives itself."""
    return str(getattr(zone, "key", None) or getattr(zone, "name", None) or zone)


@cache
def dagster_zone(text: str) -> str | None:
    """A time zone under a name that Dagster knows; None where there is none."""
    if text == "UTC" or text in _zones():
        return text
    offset = re.fullmatch(r"(?:UTC)?([+-])(\d\d?)(?::?00)?", text)
    if offset is None:
        return None
    # The names of fixed offsets count from the other side: Etc/GMT-5 is five hours ahead of UTC.
    sign, hours = ("-" if offset[1] == "+" else "+"), int(offset[2])
    name = f"Etc/GMT{sign}{hours}" if hours else "UTC"
    return name if name == "UTC" or name in _zones() else None


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones; to find them Python opens every file of the database."""
    return frozenset(available_timezones())


def only_leap_days(cron: str) -> bool:
    """Whether all ticks are on a 29 February: Dagster (1.13) does not find the partitions of such a cron."""
    _, _, day, month, weekday = cron.lower().split()
    return day == "29" and month in ("2", "02", "feb") and weekday == "*"


def next_tick(after: dt.datetime, cron: str, zone: str, *, inclusive: bool = False) -> dt.datetime:
    """The first tick after `after`, or at it."""
    from croniter import croniter

    start = after.astimezone(ZoneInfo(zone)) - (dt.timedelta(microseconds=1) if inclusive else dt.timedelta())
    return croniter(cron, start).get_next(dt.datetime)


def previous_tick(before: dt.datetime, cron: str, zone: str, *, inclusive: bool = False) -> dt.datetime:
    """The last tick before `before`, or at it."""
    from croniter import croniter

    start = before.astimezone(ZoneInfo(zone)) + (dt.timedelta(microseconds=1) if inclusive else dt.timedelta())
    return croniter(cron, start).get_prev(dt.datetime)


def coarse_cron(every: object, start: dt.datetime) -> str | None:
    """The cron expression, in UTC, with the fewest ticks that has one at `start` plus each multiple of `every`."""
    start = start.astimezone(UTC)
    if not isinstance(every, dt.timedelta) or every <= dt.timedelta(0) or every % MINUTE:
        return None
    if start.second or start.microsecond:
        return None
    minutes = every // MINUTE
    if minutes % (7 * 24 * 60) == 0:
        return f"{start.minute} {start.hour} * * {start.isoweekday() % 7}"
    if minutes % (24 * 60) == 0:
        return f"{start.minute} {start.hour} * * *"
    if minutes % 60 == 0:
        return f"{start.minute} {_steps(start.hour, 24, gcd(minutes // 60, 24))} * * *"
    return f"{_steps(start.minute, 60, gcd(minutes, 60))} * * * *"


def interval_cron(every: object, start: object) -> str | None:
    """The cron expression, in UTC, whose ticks are `start` plus multiples of `every`; None where there is none."""
    anchor = start if isinstance(start, dt.datetime) else dt.datetime(1970, 1, 1)
    anchor = anchor if anchor.tzinfo is not None else anchor.replace(tzinfo=UTC)
    cron = coarse_cron(every, anchor)
    if cron is None or not isinstance(every, dt.timedelta):
        return None
    minutes = every // MINUTE
    exact = minutes == 7 * 24 * 60 or (24 * 60 % minutes == 0 and (minutes % 60 == 0 or 60 % minutes == 0))
    return cron if exact else None


def months_cron(months: int, start: dt.datetime) -> str | None:
    """The cron expression, in UTC, whose ticks are `start` plus each multiple of so many months, if there is one."""
    start = start.astimezone(UTC)
    if start.second or start.microsecond or start.day > 28 or months < 1 or 12 % months:
        return None
    return f"{start.minute} {start.hour} {start.day} {_steps(start.month - 1, 12, months, 1)} *"


def _steps(value: int, size: int, step: int, base: int = 0) -> str:
    """The values of a cron field, counted from `base`, that differ from `value` by a multiple of `step`."""
    first = value % step + base
    if step == 1:
        return "*"
    if step == size:
        return str(first)
    return f"*/{step}" if first == base else f"{first}-{size - 1 + base}/{step}"


@cache
def later_cron(cron: str, by: dt.timedelta) -> str | None:
    """The cron expression that ticks so long after each tick of this one, and before its next; None where none does."""
    if by % MINUTE or len(fields := cron.split()) != 5:
        return None
    minutes, hours, days = _numbers(fields[0], 60), _numbers(fields[1], 24), fields[2:]
    ticks = sorted(60 * hour + minute for hour in hours for minute in minutes)
    gaps = [after - tick for tick, after in zip(ticks, [*ticks[1:], ticks[0] + 24 * 60] if ticks else [], strict=True)]
    later = [tick + by // MINUTE for tick in ticks]
    if not gaps or by // MINUTE > min(gaps) or (later[-1] >= 24 * 60 and days != ["*", "*", "*"]):
        return None
    found = {divmod(tick % (24 * 60), 60) for tick in later}
    at_hours, at_minutes = ({part[n] for part in found} for n in (0, 1))
    if len(found) != len(at_hours) * len(at_minutes):
        return None
    every_hour = "*" if len(at_hours) == 24 else ",".join(map(str, sorted(at_hours)))
    return " ".join([",".join(map(str, sorted(at_minutes))), every_hour, *days])


def _numbers(field: str, size: int) -> set[int]:
    """What a field of a cron expression stands for; empty where it is more than numbers, ranges and steps."""
    found: set[int] = set()
    for part in field.split(","):
        match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if match is None:
            return set()
        low, high, step = (None if text is None else int(text) for text in match.groups())
        last = size - 1 if low is None or (high is None and step is not None) else low if high is None else high
        found |= set(range(low or 0, last + 1, step or 1))
    return found


def skipped_time(cron: str, zone: str) -> str | None:
    """A tick of the cron's, as `2026-03-08 02:30`, that the clocks of a zone skip when they go forward."""
    from croniter import croniter

    hour = cron.split()[1]
    if zone == "UTC" or hour == "*":
        return None
    for moment in _skipped(zone):
        if croniter.match(cron, moment):
            return moment.strftime("%Y-%m-%d %H:%M")
    return None


def moved_by_clocks(cron: str, zone: str) -> bool:
    """Whether a change of the clocks may fall between two ticks of a cron that has one in every hour of its days.

    Airflow counts the time to the next tick of such a cron in hours that pass, so that the first one after the change
    is an hour off.
    """
    _, hour, *days = cron.split()
    return hour in ("*", "*/1", "0-23") and days != ["*"] * 3 and _changes(zone)


def moved_by_half_hours(cron: str, zone: str) -> bool:
    """Whether the clocks of a zone change by a part of an hour, and the cron has ticks in several hours of a day.

    Dagster looks for the minutes of such a cron in the time that the zone has today, or in UTC.
    """
    return not cron.split()[1].isdigit() and len({offset % dt.timedelta(hours=1) for offset in _offsets(zone)}) > 1


def _changes(zone: str) -> bool:
    """Whether a zone's clocks are changed in the next years."""
    return len(_offsets(zone)) > 1


@cache
def _offsets(zone: str) -> frozenset[dt.timedelta]:
    """What a zone's clocks are ahead of UTC in the next years."""
    days = (dt.datetime(2026, 1, 1) + n * DAY for n in range(3 * 365))
    return frozenset(_offset(day, ZoneInfo(zone)) for day in days)


def names_ticks(fmt: str, cron: str, zone: str, start: dt.datetime) -> bool:
    """Whether a tick can be read again from what `fmt` makes of it in the zone; `start` is a tick."""
    tick = start.astimezone(ZoneInfo(zone))
    for _ in range(100):
        try:
            read = dt.datetime.strptime(tick.strftime(fmt), fmt)
        except ValueError:
            return False
        if read.replace(tzinfo=tick.tzinfo) != tick:
            return False
        tick = next_tick(tick, cron, zone)
    return True


def name_of_two(fmt: str, cron: str, zone: str) -> str:
    """What `fmt` makes of two ticks, between which the clocks are set back; empty where there are none in a year."""
    place = ZoneInfo(zone)
    for day in (dt.datetime(2026, 1, 1) + n * DAY for n in range(366)):
        if _offset(day + DAY, place) < _offset(day, place):
            tick, names = next_tick(day.replace(tzinfo=place), cron, zone), set()
            while tick < (day + DAY).replace(tzinfo=place) + DAY:
                name = tick.strftime(fmt)
                if name in names:
                    return name
                names.add(name)
                tick = next_tick(tick, cron, zone)
    return ""


@cache
def _skipped(zone: str) -> tuple[dt.datetime, ...]:
    """The minutes that a zone's clocks skip in the next years, but the first of them, on which both engines agree."""
    place = ZoneInfo(zone)
    found = []
    for day in (dt.datetime(2026, 1, 1) + n * DAY for n in range(3 * 365)):
        if _offset(day + DAY, place) <= _offset(day, place):
            continue
        minutes = (day + n * MINUTE for n in range(24 * 60))
        found += [m for m in minutes if _is_skipped(m, place)][1:]
    return tuple(found)


def _is_skipped(moment: dt.datetime, zone: ZoneInfo) -> bool:
    return moment.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment


def _offset(moment: dt.datetime, zone: ZoneInfo) -> dt.timedelta:
    return moment.replace(tzinfo=zone).utcoffset() or dt.timedelta()
