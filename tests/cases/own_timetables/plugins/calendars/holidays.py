"""Days on which nobody works."""

from datetime import date

HOLIDAYS = {date(2026, 1, 1), date(2026, 12, 25)}


def is_free(day):
    return day.isoweekday() > 5 or day.date() in HOLIDAYS
