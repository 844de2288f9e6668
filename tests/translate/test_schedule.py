"""Schedules: intervals as cron expressions, crons Dagster reads, ends."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import given
from hypothesis import strategies as st

from migrator.airflow_model import Dag, Schedule, Unknown
from migrator.source import Span
from migrator.translate.schedule import interval_cron, timing, valid_cron

UTC = dt.timezone.utc
SPAN = Span("dag.py", 1)
STEPS = [dt.timedelta(minutes=m) for m in (1, 2, 5, 12, 15, 30, 60, 120, 180, 360, 720, 1440, 10080)]


@given(st.sampled_from(STEPS), st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)))
def test_an_interval_s_cron_ticks_at_start_plus_multiples(every: dt.timedelta, start: dt.datetime) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=UTC)
    cron = interval_cron(every, start)
    assert cron is not None
    ticks = croniter(cron, start - dt.timedelta(seconds=1))
    assert [ticks.get_next(dt.datetime) for _ in range(30)] == [start + n * every for n in range(30)]


@pytest.mark.parametrize(
    "every", [dt.timedelta(minutes=7), dt.timedelta(hours=5), dt.timedelta(days=2), dt.timedelta(0)]
)
def test_an_interval_without_equal_cron_has_none(every: dt.timedelta) -> None:
    assert interval_cron(every, dt.datetime(2024, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("cron", ["0 6 * * *", "*/15 8-18 * * 1-5", "0 0 1 1,7 *", "0 0 * * 5#2", "0 0 L * *"])
def test_crons_of_both(cron: str) -> None:
    assert valid_cron(cron)


@pytest.mark.parametrize("cron", ["0 0 6 * * *", "H 6 * * *", "0 6 * * 5L", "sometimes", "0 6 * *", 5, None])
def test_crons_dagster_does_not_read(cron: object) -> None:
    assert not valid_cron(cron)


def dag(schedule: Schedule, **fields: object) -> Dag:
    return Dag("d", "dag.py", SPAN, "2", schedule=schedule, **fields)  # type: ignore[arg-type]


def test_the_end_of_partitions_is_the_tick_after_the_last_logical_date() -> None:
    found = timing(
        dag(
            Schedule("cron", "0 6 * * *", timezone="Europe/Berlin"),
            start_date=dt.datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
            end_date=dt.datetime(2024, 3, 30, 6, tzinfo=ZoneInfo("Europe/Berlin")),
        ),
        "its tasks read the data interval",
    )
    assert found.partitions is not None
    assert (found.partitions.start, found.partitions.end) == ("2024-01-01T00:00:00+0100", "2024-03-31T06:00:00+0200")


def test_airflow_3_crons_have_no_interval() -> None:
    schedule = Schedule("cron", "0 6 * * *", data_intervals=False)
    found = timing(dag(schedule, start_date=dt.datetime(2024, 1, 1)), "why")
    assert found.partitions is not None
    assert found.partitions.end_offset == 1


@pytest.mark.parametrize(
    ("schedule", "codes"),
    [
        (Schedule("none"), []),
        (Schedule("unknown", Unknown("why")), ["A2D102"]),
        (Schedule("once"), ["A2D103"]),
        (Schedule("interval", dt.timedelta(days=3)), ["A2D103"]),
        (Schedule("cron", "0 0 6 * * *"), ["A2D104"]),
    ],
)
def test_what_has_no_schedule_is_a_finding(schedule: Schedule, codes: list[str]) -> None:
    found = timing(dag(schedule), "")
    assert found.crons == ()
    assert [f.code for f in found.findings] == codes


def test_an_unknown_start_means_no_partitions() -> None:
    found = timing(dag(Schedule("cron", "@daily"), start_date=Unknown("now")), "why")
    assert found.crons == ()
    found = timing(dag(Schedule("cron", "0 0 * * *"), start_date=Unknown("now")), "why")
    assert found.partitions is None
    assert [f.code for f in found.findings] == ["A2D105"]
