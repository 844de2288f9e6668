"""Waiting ends as Airflow's sensors end: with a value, a timeout, a skip or the poke's own exception."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest

from migrator.runtime.compat import sensors
from migrator.runtime.compat.exceptions import (
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
)
from migrator.runtime.compat.sensors import PokeReturnValue, poke_until, wait_until


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time passes only by sleeping; the list holds how long each sleep was."""
    sleeps: list[float] = []
    monkeypatch.setattr(time, "monotonic", lambda: 100.5 + sum(sleeps) + len(sleeps) / 1000)
    monkeypatch.setattr(time, "sleep", sleeps.append)
    return sleeps


def after(count: int, answer: Any = True) -> Callable[[], Any]:
    pokes: list[int] = []

    def poke() -> Any:
        pokes.append(1)
        return answer if len(pokes) > count else False

    return poke


def raising(error: BaseException) -> Callable[[], Any]:
    def poke() -> Any:
        raise error

    return poke


def test_values(clock: list[float]) -> None:
    assert poke_until(after(2), poke_interval=5) is None
    assert clock == [5, 5]
    assert poke_until(after(0, PokeReturnValue(True, "x"))) == "x"
    assert poke_until(after(1, PokeReturnValue(is_done=True)), poke_interval=dt.timedelta(minutes=1)) is None
    assert clock == [5, 5, 60]
    assert not PokeReturnValue(False, 1)


def test_timeout(clock: list[float]) -> None:
    with pytest.raises(AirflowSensorTimeout, match="timed out"):
        poke_until(lambda: False, poke_interval=10, timeout=30)
    assert clock == [10, 10, 10]
    with pytest.raises(AirflowSkipException):
        poke_until(lambda: None, poke_interval=10, timeout=dt.timedelta(seconds=5), soft_fail=True)


@pytest.mark.parametrize(
    ("error", "options", "outcome"),
    [
        (ValueError(), {}, ValueError),
        (ValueError(), {"soft_fail": True}, ValueError),
        (ValueError(), {"never_fail": True}, AirflowSkipException),
        (ValueError(), {"silent_fail": True, "timeout": 0.1}, AirflowSensorTimeout),
        (ValueError(), {"silent_fail": True, "soft_fail": True, "timeout": 0.1}, AirflowSkipException),
        (AirflowFailException(), {}, AirflowFailException),
        (AirflowFailException(), {"soft_fail": True}, AirflowSkipException),
        (AirflowFailException(), {"never_fail": True}, AirflowSkipException),
        (AirflowFailException(), {"silent_fail": True}, AirflowFailException),
        (AirflowSensorTimeout(), {"soft_fail": True}, AirflowSkipException),
        (AirflowTaskTimeout(), {"soft_fail": True}, AirflowSkipException),
        (AirflowTaskTimeout(), {"silent_fail": True}, AirflowTaskTimeout),
        (AirflowSkipException(), {}, AirflowSkipException),
    ],
)
@pytest.mark.usefixtures("clock")
def test_exceptions(error: BaseException, options: dict[str, Any], outcome: type[BaseException]) -> None:
    with pytest.raises(outcome):
        poke_until(raising(error), **options)


def test_backoff(clock: list[float]) -> None:
    """Intervals grow, never past what is left of the time or `max_wait`; test_functions has Airflow's numbers."""
    with pytest.raises(AirflowSensorTimeout):
        poke_until(lambda: False, poke_interval=10, timeout=200, exponential_backoff=True, task="dag#task")
    assert clock[0] < 20 <= clock[2]
    assert sum(clock) == pytest.approx(200, abs=3)
    clock.clear()
    with pytest.raises(AirflowSensorTimeout):
        poke_until(
            lambda: False, poke_interval=10, timeout=100, exponential_backoff=True, max_wait=dt.timedelta(seconds=15)
        )
    assert max(clock) == 15


def test_waiting(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """DateTimeSensor: until the moment has passed, looked at every `poke_interval`."""
    start = dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc)

    class Clock(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return start + dt.timedelta(seconds=sum(clock))

    monkeypatch.setattr(sensors, "datetime", Clock)
    for moment in (Clock(2024, 1, 2, 0, 1, tzinfo=dt.timezone.utc), Clock(2024, 1, 2, 0, 1)):
        clock.clear()
        assert wait_until(moment, poke_interval=20) is None
        assert clock == [20, 20, 20, 20]
        assert wait_until(moment, poke_interval=20) is True
        assert clock == [20, 20, 20, 20]


def test_waiting_for_text(clock: list[float]) -> None:
    wait_until("2024-01-02T01:01:00+01:00")
    assert clock == []
    with pytest.raises(AirflowSensorTimeout):
        wait_until("2999-01-03", poke_interval=20, timeout=10)
    assert clock == [20]
