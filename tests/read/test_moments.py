"""Pendulum's dates are added to and subtracted from as pendulum itself does it, where clocks change too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from migrator.read.moments import Days, PendulumDate

pendulum = pytest.importorskip("pendulum")
ZONES = ("UTC", "Africa/Cairo", "Europe/Berlin", "Australia/Lord_Howe")
OTHER = datetime(2027, 3, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "timedelta": lambda date, duration: date + timedelta(hours=4800),
    "reflected": lambda date, duration: timedelta(days=-200) + date,
    "earlier": lambda date, duration: date - timedelta(days=100, hours=1),
    "days": lambda date, duration: date + duration(days=200),
    "weeks before": lambda date, duration: date - duration(weeks=20),
    "difference": lambda date, duration: OTHER + timedelta(seconds=(date - OTHER).total_seconds()),
    "reflected difference": lambda date, duration: OTHER + timedelta(seconds=(OTHER - date).total_seconds()),
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_as_pendulum_adds(zone: str, operation: str) -> None:
    for day in range(1, 366, 13):
        begin = (datetime(2027, 1, 1) + timedelta(days=day)).timetuple()[:3]
        there = OPERATIONS[operation](pendulum.datetime(*begin, 2, 30, tz=zone), pendulum.duration)
        here = OPERATIONS[operation](PendulumDate(*begin, 2, 30, tzinfo=ZoneInfo(zone)), Days)
        assert here.timestamp() == there.timestamp(), begin
        assert here.isoformat() == there.isoformat()


@pytest.mark.parametrize("zone", ZONES)
def test_as_pendulum_sets_clocks(zone: str) -> None:
    there, here = pendulum.datetime(2027, 1, 23, tz=zone), PendulumDate(2027, 1, 23, tzinfo=ZoneInfo(zone))
    assert here.on_its_clocks(timedelta(days=200, hours=3)).timestamp() == there.add(days=200, hours=3).timestamp()
