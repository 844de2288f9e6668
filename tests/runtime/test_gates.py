"""Runs that wait before they begin: which a sensor of the runtime asks for, and when it gives them up."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import dagster as dg
import pytest

from migrator.runtime.compat import schedules
from migrator.runtime.compat.context import AirflowContext
from migrator.runtime.compat.dag import AirflowDag
from migrator.runtime.compat.exceptions import AirflowFailException, AirflowSkipException
from migrator.runtime.compat.gates import request_when

DAYS = dg.TimeWindowPartitionsDefinition(
    cron_schedule="0 0 * * *", start="2026-01-01T00:00:00+0000", timezone="UTC", fmt="%Y-%m-%dT%H:%M:%S%z"
)
DAG = AirflowDag(dag_id="daily", cron="0 0 * * *")
HOURS = schedules.Crons(["0 * * * *"])


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 2, day, hour, tzinfo=timezone.utc)


class Sensor:
    """`request_when` as the daemon evaluates it again and again, at moments of our own choice."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *conditions: Callable[..., Any], **options: Any) -> None:
        self.patch, self.conditions, self.options = monkeypatch, conditions, options
        self.calendar: Any = options.pop("calendar", DAYS)
        self.cursor: str | None = None

    def look(self, moment: datetime) -> list[str]:
        """The run keys of what it asks for."""
        self.patch.setattr(schedules, "now", lambda: moment)
        with dg.DagsterInstance.ephemeral() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=self.cursor)
            answer = request_when(context, self.calendar, DAG, self.conditions, **self.options)
        assert isinstance(answer, dg.SensorResult)
        self.cursor = answer.cursor
        return [request.run_key or "" for request in answer.run_requests or []]


@pytest.fixture
def ready() -> set[str]:
    return set()


@pytest.fixture
def condition(ready: set[str]) -> Callable[[AirflowContext], bool]:
    return lambda airflow: airflow["ds"] in ready


def key(day: int) -> str:
    return f"2026-02-{day:02}T00:00:00+0000"


def test_each_run_begins_once_when_its_condition_holds(
    monkeypatch: pytest.MonkeyPatch, ready: set[str], condition: Callable[..., Any]
) -> None:
    sensor = Sensor(monkeypatch, condition)
    ready |= {"2026-02-01", "2026-02-02"}
    assert sensor.look(at(2, 6)) == []  # what fell due before it looked first is Airflow's
    assert sensor.look(at(3, 6)) == [key(2)]
    assert sensor.look(at(3, 7)) == []
    assert sensor.look(at(4, 1)) == []  # its file is not there yet
    assert sensor.look(at(5, 1)) == []
    ready.add("2026-02-04")
    assert sensor.look(at(5, 2)) == [key(4)]  # which is no reason not to wait for the one before
    ready.add("2026-02-03")
    assert sensor.look(at(5, 3)) == [key(3)]
    assert sensor.look(at(5, 4)) == []


def test_a_run_that_has_waited_for_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, ready: set[str], condition: Callable[..., Any]
) -> None:
    sensor = Sensor(monkeypatch, condition, timeout=timedelta(hours=2))
    sensor.look(at(2, 6))
    assert sensor.look(at(3)) == []
    assert sensor.look(at(3, 2)) == []
    assert sensor.look(at(3, 3)) == []
    ready.add("2026-02-02")
    assert sensor.look(at(3, 4)) == []


def test_without_catchup_only_the_last_missed_run_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    sensor = Sensor(monkeypatch, lambda airflow: True)
    sensor.look(at(2, 6))
    assert sensor.look(at(6, 6)) == [key(5)]


def test_with_catchup_all_count_from_the_cutover_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sensor = Sensor(monkeypatch, lambda airflow: True, catchup=True, cutover="2026-02-03T00:00:00+00:00")
    assert sensor.look(at(5, 6)) == [key(2), key(3), key(4)]
    assert sensor.look(at(8, 6)) == [key(5), key(6), key(7)]


def test_no_more_wait_at_a_time_than_can_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    sensor = Sensor(
        monkeypatch, lambda airflow: True, calendar=HOURS, catchup=True, cutover="2026-02-01T00:00:00+00:00"
    )
    found = [sensor.look(at(7)) for _ in range(3)]
    assert [len(keys) for keys in found] == [100, 45, 0]
    assert len({key for keys in found for key in keys}) == 145


def test_every_condition_must_hold(monkeypatch: pytest.MonkeyPatch, ready: set[str]) -> None:
    sensor = Sensor(monkeypatch, lambda airflow: "first" in ready, lambda airflow: "second" in ready)
    sensor.look(at(2))
    ready.add("first")
    assert sensor.look(at(3)) == []
    ready.add("second")
    assert sensor.look(at(3, 1)) == [key(2)]


def test_what_cannot_be_seen_does_not_hold_yet(monkeypatch: pytest.MonkeyPatch, ready: set[str]) -> None:
    def condition(airflow: AirflowContext) -> bool:
        if airflow["ds"] not in ready:
            raise ConnectionError("not now")
        return True

    sensor = Sensor(monkeypatch, condition)
    sensor.look(at(2))
    assert sensor.look(at(3)) == []
    ready |= {"2026-02-02"}
    assert sensor.look(at(3, 1)) == [key(2)]


@pytest.mark.parametrize("error", [AirflowSkipException, AirflowFailException])
def test_a_condition_may_say_that_it_will_never_hold(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    raised: list[str] = []

    def condition(airflow: AirflowContext) -> bool:
        raised.append(airflow["ds"])
        raise error("not today")

    sensor = Sensor(monkeypatch, condition)
    for hour in range(3):
        assert sensor.look(at(2 + (hour > 0), hour)) == []
    assert raised == ["2026-02-02"]


def test_a_run_without_partition_bears_its_dates(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[datetime] = []
    sensor = Sensor(
        monkeypatch,
        lambda airflow: seen.append(airflow["logical_date"]) or True,
        calendar=schedules.Crons(["0 * * * *"], data_intervals=True),
        params={"shop": "north"},
    )
    sensor.look(at(2))
    assert sensor.look(at(2, 1)) == ["2026-02-02T00:00:00+00:00"]
    assert seen == [at(2)]
