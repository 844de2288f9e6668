"""Schedules and values in words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from .. import airflow_model as am

_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_DAY_NAMES = {name[:3].lower(): number for number, name in enumerate(_DAYS)}
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip


def schedule_in_words(schedule: am.Schedule) -> str:
    """When a DAG runs: `every day at 06:00`, with the time zone where it is not UTC."""
    zone = "" if schedule.timezone == "UTC" else f" ({schedule.timezone})"
    match schedule.kind:
        case "none":
            return "no schedule"
        case "once":
            return "once"
        case "continuous":
            return "again whenever a run has ended"
        case "unknown":
            return "not known"
        case "assets":
            return "when assets are updated"
        case "interval":
            value = schedule.value
            return (
                f"every {duration(value).removeprefix('1 ')}" if isinstance(value, dt.timedelta) else "at an interval"
            )
        case "timetable":
            value = schedule.value
            path = value.operands[0] if isinstance(value, am.Deferred) and value.operands else value
            name = path.path.rpartition(".")[2] if isinstance(path, am.Symbol) else ""
            return f"by {name}" if name else "by a timetable of its own"
    crons = schedule.value if isinstance(schedule.value, tuple) else (schedule.value,)
    return "; ".join(cron_in_words(str(cron)) for cron in crons) + zone


def duration(delta: dt.timedelta) -> str:
    """`6 hours`, `1 day and 30 minutes`."""
    seconds = int(delta.total_seconds())
    parts = []
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {name}{'s' * (number != 1)}")
    return listed(parts) or "0 seconds"


def cron_in_words(cron: str) -> str:
    """A cron expression in words where it is a common one, else the expression itself."""
    fields = cron.split()
    if len(fields) != 5:
        return cron
    minute, hour, day, month, weekday = fields
    time = _time(minute, hour)
    when = _dates(day, month, weekday)
    if time is None or when is None:
        return cron
    if not time.startswith("every"):
        return f"{when} {time}"
    # "every day every hour" says no more than "every hour".
    return time if when == "every day" else f"{time}, {when}"


def _time(minute: str, hour: str) -> str | None:
    if minute == "*" and hour == "*":
        return "every minute"
    if (step := _step(minute)) and hour == "*":
        return f"every {step} minutes"
    if not minute.isdigit():
        return None
    if hour == "*":
        return "every hour" if minute == "0" else f"every hour at minute {minute}"
    if step := _step(hour):
        return f"every {step} hours" + ("" if minute == "0" else f" at minute {minute}")
    hours = hour.split(",")
    if not all(text.isdigit() for text in hours):
        return None
    return "at " + listed([f"{int(text):02}:{int(minute):02}" for text in hours])


def _dates(day: str, month: str, weekday: str) -> str | None:
    months = "" if month == "*" else _named(month, _MONTHS, 1)
    if months is None or (day != "*" and weekday != "*"):
        return None
    if weekday != "*":
        days = "on weekdays" if weekday.lower() in ("1-5", "mon-fri") else _weekdays(weekday)
        return None if days is None else days + (f" in {months}" if months else "")
    if day == "*":
        return f"every day in {months}" if months else "every day"
    if not all(text.isdigit() for text in day.split(",")):
        return None
    ordinals = listed([_ordinal(int(text)) for text in day.split(",")])
    return f"on the {ordinals} of " + (months or "every month")


def _weekdays(text: str) -> str | None:
    for name, number in _DAY_NAMES.items():
        text = re.sub(name, str(number), text, flags=re.IGNORECASE)
    if found := re.fullmatch(r"(\d)-(\d)", text):
        return f"{_DAYS[int(found[1]) % 7]} to {_DAYS[int(found[2]) % 7]}"
    named = _named(text.replace("7", "0"), _DAYS, 0)
    return None if named is None else f"on {named.replace(',', 's,').replace(' and', 's and')}s"


def _named(text: str, names: Sequence[str], first: int) -> str | None:
    numbers = text.split(",")
    if not all(number.isdigit() and 0 <= int(number) - first < len(names) for number in numbers):
        return None
    return listed([names[int(number) - first] for number in numbers])


def _step(text: str) -> int:
    found = re.fullmatch(r"(?:\*|0)/(\d+)", text)
    return int(found[1]) if found else 0


def _ordinal(number: int) -> str:
    suffix = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(p for p in (", ".join(parts[:-1]), parts[-1]) if p) if parts else ""
