"""Points in time, against Airflow's own functions."""

from __future__ import annotations

import datetime as dt

import pendulum
import pytest

from migrator.runtime.compat import timezone


def test_now_is_in_utc() -> None:
    assert abs(timezone.utcnow() - dt.datetime.now(dt.timezone.utc)) < dt.timedelta(minutes=1)


@pytest.mark.parametrize("text", ["2024-03-01", "2024-03-01T12:30:00+02:00", "2024-03-01 05:06:07"])
def test_texts_are_read_as_airflow_reads_them(text: str) -> None:
    airflow = pytest.importorskip("airflow.sdk", reason="Airflow 3 is not installed beside pytest")
    assert timezone.parse(text) == airflow.timezone.parse(text)


def test_dates_are_in_utc_unless_they_say_otherwise() -> None:
    assert timezone.datetime(2024, 3, 1) == pendulum.datetime(2024, 3, 1)
    assert timezone.make_aware(dt.datetime(2024, 3, 1)) == pendulum.datetime(2024, 3, 1)
    with pytest.raises(ValueError, match="naive"):
        timezone.make_aware(timezone.datetime(2024, 3, 1))
