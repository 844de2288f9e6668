"""Dates and durations of pendulum: real ones, that are added and subtracted as pendulum's are."""

from __future__ import annotations

import datetime
from typing import Any

UTC = datetime.timezone.utc


class PendulumDate(datetime.datetime):
    """A date of pendulum's. What is added to it are seconds that pass, whatever its clocks do meanwhile.

    A plain datetime's own clocks are set forward instead, across a change of theirs as well.
    """

    @classmethod
    def of(cls, date: datetime.datetime) -> PendulumDate:
        """A date of any kind as one of pendulum's."""
        return cls.combine(date.date(), date.timetz()).replace(fold=date.fold)

    @property
    def plain(self) -> datetime.datetime:
        return datetime.datetime.combine(self.date(), self.timetz()).replace(fold=self.fold)

    def astimezone(self, tz: datetime.tzinfo | None = None) -> PendulumDate:
        return PendulumDate.of(self.plain.astimezone(tz))  # which itself adds, as plain datetimes are added

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, datetime.timedelta):
            return NotImplemented
        if self.tzinfo is None or isinstance(other, Days):
            return self.on_its_clocks(other)
        return PendulumDate.of((self.plain.astimezone(UTC) + other).astimezone(self.tzinfo))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, datetime.timedelta):
            return self + datetime.timedelta(seconds=-other.total_seconds())
        if not isinstance(other, datetime.datetime):
            return NotImplemented
        if self.tzinfo is None or other.tzinfo is None:
            return self.plain - other
        return self.plain.astimezone(UTC) - (other.plain if isinstance(other, PendulumDate) else other).astimezone(UTC)

    def __rsub__(self, other: Any) -> Any:
        return -(self - other) if isinstance(other, datetime.datetime) else NotImplemented

    def on_its_clocks(self, delta: Any) -> PendulumDate:
        """The date at which its clocks show so much more."""
        moved = self.plain.replace(tzinfo=None) + delta
        if self.tzinfo is None:
            return PendulumDate.of(moved)
        return PendulumDate.of(moved.replace(tzinfo=self.tzinfo).astimezone(UTC).astimezone(self.tzinfo))


class Days(datetime.timedelta):
    """A duration of pendulum's that was given in days or weeks: it is added to the clocks."""
