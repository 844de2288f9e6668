"""Timetables of one's own in the runtime: what they are made of, and the runs they plan."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import dagster as dg
import pendulum
import pytest

from migrator.runtime.compat import planned, schedules
from migrator.runtime.compat.dates import RUN_AFTER_TAG, Timing, run_dates
from migrator.runtime.compat.timetable_bases import (
    CronDataIntervalTimetable,
    CronTriggerTimetable,
    DeltaDataIntervalTimetable,
    DeltaTriggerTimetable,
)
from migrator.runtime.compat.timetables import (
    DagRunInfo,
    DagRunType,
    DataInterval,
    TimeRestriction,
    Timetable,
    decode_interval,
    decode_timezone,
    encode_interval,
    encode_timezone,
)

DAY = timedelta(days=1)
START = pendulum.datetime(2026, 1, 1)


class Workdays(Timetable):
    """About each working day, so long after it."""

    def __init__(self, wait: timedelta = timedelta(hours=6)) -> None:
        self.wait = wait

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        day = run_after.start_of("day").subtract(days=1)
        return DataInterval(day, day.add(days=1))

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        last = last_automated_data_interval
        day = last.end if last else restriction.earliest
        if day is None:
            return None
        if last is None and not restriction.catchup:
            day = max(day, pendulum.now("UTC").start_of("day"))
        while day.weekday() > 4:
            day = day.add(days=1)
        if restriction.latest is not None and day > restriction.latest:
            return None
        return DagRunInfo(day.add(days=1) + self.wait, DataInterval(day, day.add(days=1)))


class Latest(Timetable):
    """Always about the last hour, whatever there was before."""

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        end = pendulum.instance(schedules.now()).start_of("hour")
        return DagRunInfo.interval(end.subtract(hours=1), end)


@dg.op
def work(context: dg.OpExecutionContext) -> None:
    if "fail" in context.run.tags:
        raise ValueError("as asked")


@dg.job
def plain() -> None:
    work()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as made:
        yield made


class Watched:
    """A sensor that is looked at again and again, at times of the test's choice."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance, timetable: Timetable) -> None:
        self.monkeypatch, self.instance, self.timetable = monkeypatch, instance, timetable
        self.cursor: str | None = None
        self.answer: schedules.Answer | None = None

    def look(self, moment: datetime, **options: object) -> list[dg.RunRequest]:
        self.monkeypatch.setattr(schedules, "now", lambda: moment)
        context = dg.build_sensor_context(instance=self.instance, cursor=self.cursor)
        self.answer = planned.request_planned(context, self.timetable, start=START, **options)  # type: ignore[arg-type]
        if isinstance(self.answer, dg.SkipReason):
            return []
        self.cursor = self.answer.cursor or self.cursor
        return list(self.answer.run_requests or [])

    def days(self, moment: datetime, **options: object) -> list[str]:
        """The first eight characters of the logical dates asked for."""
        return [request.tags["airflow/logical_date"][:10] for request in self.look(moment, **options)]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, instance: dg.DagsterInstance) -> Callable[[Timetable], Watched]:
    return lambda timetable: Watched(monkeypatch, instance, timetable)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[misc]


def test_catching_up_begins_at_the_cutover(watched: Callable[[Timetable], Watched]) -> None:
    sensor = watched(Workdays())
    options = {"catchup": True, "cutover": "2026-01-06T06:00:00Z"}
    assert sensor.days(at(2026, 1, 8, 5), **options) == ["2026-01-05", "2026-01-06"]
    assert sensor.days(at(2026, 1, 8, 5, 59), **options) == []
    assert sensor.days(at(2026, 1, 13), **options) == ["2026-01-07", "2026-01-08", "2026-01-09"]
    assert sensor.days(at(2026, 1, 13), **options) == []


def test_the_cutover_must_be_known(watched: Callable[[Timetable], Watched]) -> None:
    with pytest.raises(ValueError, match="MIGRATION_CUTOVER is not set"):
        watched(Workdays()).look(at(2026, 1, 8), catchup=True)


def test_runs_end_with_the_dag(watched: Callable[[Timetable], Watched]) -> None:
    sensor = watched(Workdays())
    options = {"catchup": True, "cutover": "2026-01-01", "end": at(2026, 1, 2)}
    assert sensor.days(at(2026, 2, 1), **options) == ["2026-01-01", "2026-01-02"]
    assert sensor.days(at(2026, 3, 1), **options) == []
    assert isinstance(sensor.answer, dg.SensorResult)
    assert sensor.answer.skip_reason is not None
    assert sensor.answer.skip_reason.skip_message == "The timetable plans no run."


def test_the_request_tells_the_dates_of_the_run(watched: Callable[[Timetable], Watched]) -> None:
    (request,) = watched(Workdays()).look(at(2026, 1, 2, 6), catchup=True, cutover="2026-01-01")
    assert request.run_key == "2026-01-01T00:00:00+00:00"
    assert request.tags[RUN_AFTER_TAG] == "2026-01-02T06:00:00+00:00"
    tags = {**request.tags, "dagster/sensor_name": "any"}
    found = run_dates(tags, at(2026, 1, 9), Timing("3", timetable=Workdays()))
    assert found.logical_date == found.data_interval_start == START
    assert (found.data_interval_end, found.run_after) == (START.add(days=1), START.add(days=1, hours=6))
    assert found.run_id == "scheduled__2026-01-02T06:00:00+00:00"
    assert run_dates(tags, at(2026, 1, 9), Timing("2")).run_id == "scheduled__2026-01-01T00:00:00+00:00"


def test_manual_runs_are_about_what_the_timetable_infers() -> None:
    found = run_dates({}, at(2026, 1, 9, 8, 30), Timing("2", timetable=Workdays()))
    assert found.logical_date == pendulum.datetime(2026, 1, 9, 8, 30)
    assert (found.data_interval_start, found.data_interval_end) == (
        pendulum.datetime(2026, 1, 8),
        pendulum.datetime(2026, 1, 9),
    )
    with pytest.raises(NotImplementedError, match="Latest does not say what manual runs are about"):
        run_dates({}, at(2026, 1, 9), Timing("2", timetable=Latest()))


def test_what_was_planned_runs_though_the_timetable_has_gone_on(
    watched: Callable[[Timetable], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first run is today's, whenever it is asked: asked again tomorrow, the timetable would never have one."""
    sensor = watched(Workdays(timedelta()))
    monkeypatch.setattr(pendulum, "now", lambda _: pendulum.instance(schedules.now()))
    assert sensor.days(at(2026, 1, 6, 12)) == []
    assert sensor.days(at(2026, 1, 7, 12)) == ["2026-01-06"]
    assert sensor.days(at(2026, 1, 12, 1)) == ["2026-01-07", "2026-01-08", "2026-01-09"]  # it skips none but at first


def test_a_timetable_may_skip_what_was_missed(watched: Callable[[Timetable], Watched]) -> None:
    sensor = watched(Latest())
    hours = [
        [request.tags["airflow/logical_date"][11:16] for request in sensor.look(at(2026, 1, 7, hour, 30))]
        for hour in (8, 8, 9, 14, 14)
    ]
    assert hours == [[], [], ["08:00"], ["13:00"], []]


def test_a_run_waits_for_the_success_of_the_one_before(
    watched: Callable[[Timetable], Watched], instance: dg.DagsterInstance
) -> None:
    sensor = watched(Workdays())
    options = {"catchup": True, "cutover": "2026-01-06T06:00:00Z", "after_success_of": "plain"}
    (first,) = sensor.look(at(2026, 1, 9), **options)
    assert sensor.look(at(2026, 1, 9), **options) == []
    assert sensor.answer == dg.SkipReason("The run before 2026-01-06 00:00:00+00:00 has not succeeded.")
    assert not plain.execute_in_process(
        instance=instance, tags={**first.tags, "fail": ""}, raise_on_error=False
    ).success
    assert sensor.look(at(2026, 1, 9), **options) == []
    assert plain.execute_in_process(instance=instance, tags=first.tags).success
    assert sensor.days(at(2026, 1, 9), **options) == ["2026-01-06"]


def test_the_cursor_keeps_both_runs(watched: Callable[[Timetable], Watched]) -> None:
    sensor = watched(Workdays())
    sensor.look(at(2026, 1, 6, 7), catchup=True, cutover="2026-01-06T06:00:00Z")
    assert sensor.cursor is not None
    assert planned.Plan.read(sensor.cursor).text() == sensor.cursor
    assert json.loads(sensor.cursor)["last"][1:] == ["2026-01-05T00:00:00+00:00", "2026-01-06T00:00:00+00:00"]


def test_runs_about_no_time_are_refused(watched: Callable[[Timetable], Watched]) -> None:
    class Timeless(Timetable):
        def next_dagrun_info(self, **_: object) -> DagRunInfo | None:
            return DagRunInfo(START, None)

    with pytest.raises(ValueError, match="Timeless plans a run about no time"):
        watched(Timeless()).look(at(2026, 1, 6))


def test_a_timetable_may_be_asked_as_airflow_3_3_asks_it(watched: Callable[[Timetable], Watched]) -> None:
    class Doubling(Timetable):
        """Each run falls due twice as long after its beginning as the one before."""

        def next_dagrun_info_v2(
            self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction
        ) -> DagRunInfo | None:
            if last_dagrun_info is None or last_dagrun_info.data_interval is None:
                return DagRunInfo(START.add(hours=1), DataInterval.exact(START))
            start = last_dagrun_info.data_interval.end.add(days=1)
            wait = 2 * (last_dagrun_info.run_after - last_dagrun_info.data_interval.end)
            return DagRunInfo(start + wait, DataInterval.exact(start))

    found = watched(Doubling()).look(at(2026, 1, 3, 9), catchup=True, cutover="2026-01-01")
    assert [request.tags[RUN_AFTER_TAG][11:13] for request in found] == ["01", "02", "04"]


# --- what one's own may extend ---------------------------------------------------------------------------------------


def runs_of(
    timetable: Timetable, count: int, earliest: pendulum.DateTime | None = START, **options: object
) -> list[tuple[str, str, str]]:
    restriction = TimeRestriction(earliest, options.get("latest"), bool(options.get("catchup", True)))  # type: ignore[arg-type]
    planning, last, found = planned.Planning(timetable, restriction), None, []
    while len(found) < count and (last := planning.after(last)) is not None and last.data_interval is not None:
        found.append(tuple(date.strftime("%d %H:%M") for date in (last.run_after, *last.data_interval)))
    return found  # type: ignore[return-value]


def test_cron_intervals() -> None:
    timetable = CronDataIntervalTimetable("0 6 * * *", "Europe/Berlin")
    assert runs_of(timetable, 2) == [("02 05:00", "01 05:00", "02 05:00"), ("03 05:00", "02 05:00", "03 05:00")]
    assert runs_of(timetable, 2, latest=pendulum.datetime(2026, 1, 1, 5)) == [("02 05:00", "01 05:00", "02 05:00")]
    interval = timetable.infer_manual_data_interval(run_after=pendulum.datetime(2026, 1, 3, 4))
    assert interval == (pendulum.datetime(2026, 1, 1, 5), pendulum.datetime(2026, 1, 2, 5))
    assert timetable.logical_date_before(pendulum.datetime(2026, 1, 3, 5)) == pendulum.datetime(2026, 1, 2, 5)
    assert timetable.logical_date_after(START, START + DAY) == pendulum.datetime(2026, 1, 1, 5)


def test_without_catchup_the_latest_interval_is_the_first() -> None:
    now = pendulum.now("UTC")
    restriction = TimeRestriction(START, None, catchup=False)
    for timetable in (CronDataIntervalTimetable("@hourly", "UTC"), DeltaDataIntervalTimetable(timedelta(hours=1))):
        found = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
        assert found is not None
        assert now.subtract(hours=1) < found.run_after <= pendulum.now("UTC")
        later = TimeRestriction(now.add(days=2).start_of("day"), None, catchup=False)
        found = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=later)
        assert found is not None
        assert found.logical_date == later.earliest
    for trigger in (CronTriggerTimetable("@hourly", timezone="UTC"), DeltaTriggerTimetable(timedelta(hours=1))):
        found = trigger.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
        assert found is not None
        assert now.subtract(hours=1) < found.run_after <= pendulum.now("UTC")


def test_intervals_of_a_timedelta() -> None:
    timetable = DeltaDataIntervalTimetable(timedelta(hours=36))
    assert runs_of(timetable, 2) == [("02 12:00", "01 00:00", "02 12:00"), ("04 00:00", "02 12:00", "04 00:00")]
    interval = timetable.infer_manual_data_interval(run_after=START)
    assert interval == (START.subtract(hours=36), START)


def test_ticks_with_an_interval_before_them() -> None:
    cron = CronTriggerTimetable("0 6 * * 1-5", timezone="UTC", interval=timedelta(hours=2))
    assert runs_of(cron, 2) == [("01 06:00", "01 04:00", "01 06:00"), ("02 06:00", "02 04:00", "02 06:00")]
    assert runs_of(DeltaTriggerTimetable(DAY), 2) == [("01 00:00",) * 3, ("02 00:00",) * 3]
    assert runs_of(cron, 2, latest=pendulum.datetime(2026, 1, 1, 12)) == [("01 06:00", "01 04:00", "01 06:00")]


@pytest.mark.parametrize(("immediately", "past"), [(True, True), (DAY, True), (timedelta(), False)])
def test_the_first_tick_where_there_is_no_start_date(immediately: bool | timedelta, past: bool) -> None:
    minute = pendulum.now("UTC").add(minutes=30).minute
    timetable = CronTriggerTimetable(f"{minute} * * * *", timezone="UTC", run_immediately=immediately)
    found = timetable.next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(None, None, catchup=True)
    )
    assert found is not None
    assert (found.run_after < pendulum.now("UTC")) is past


def test_a_run_is_never_about_an_earlier_time_than_the_last() -> None:
    """The cron of the last run was another."""
    last = DataInterval(pendulum.datetime(2026, 1, 5, 18), pendulum.datetime(2026, 1, 6, 6))
    found = CronDataIntervalTimetable("0 0 1 * *", "UTC").next_dagrun_info(
        last_automated_data_interval=last, restriction=TimeRestriction(None, None, catchup=True)
    )
    assert found is not None
    assert found.logical_date == pendulum.datetime(2026, 2, 1)


def test_what_timetables_write_down_is_read_again() -> None:
    for zone in (pendulum.timezone("Europe/Berlin"), pendulum.timezone(3600)):
        assert decode_timezone(encode_timezone(zone)) == zone
    assert decode_interval(encode_interval(DAY)) == DAY


def test_what_a_timetable_does_not_say() -> None:
    with pytest.raises(NotImplementedError, match="Timetable does not say when its DAG runs"):
        runs_of(Timetable(), 1)
    assert Timetable().summary == "Timetable"
    assert (CronTriggerTimetable("@daily", timezone="UTC").summary, Timetable.deserialize({}).serialize()) == (
        "0 0 * * *",
        {},
    )


class Named(Workdays):
    """It makes the ids of its scheduled runs itself."""

    def generate_run_id(  # type: ignore[override]
        self, *, run_type: DagRunType, data_interval: DataInterval, **extra: pendulum.DateTime
    ) -> str:
        if run_type == DagRunType.SCHEDULED:
            return f"day {data_interval.start:%d}"
        return super().generate_run_id(run_type=run_type, data_interval=data_interval, **extra)


def test_a_timetable_may_make_the_ids_of_runs() -> None:
    dates = {"airflow/logical_date": "2026-01-05", "airflow/data_interval_start": "2026-01-05"}
    tags = {**dates, "airflow/data_interval_end": "2026-01-06", "dagster/sensor_name": ""}
    for line in "23":
        timing = Timing(line, timetable=Named())
        assert run_dates(tags, at(2026, 1, 9), timing).run_id == "day 05"
        assert run_dates({}, at(2026, 1, 9), timing).run_id == "manual__2026-01-09T00:00:00+00:00"
        assert run_dates({**tags, "airflow/run_id": "mine"}, at(2026, 1, 9), timing).run_id == "mine"


def test_one_s_own_may_say_which_ticks_count() -> None:
    class NotTheSecond(CronTriggerTimetable):
        def _get_next(self, current: pendulum.DateTime) -> pendulum.DateTime:
            found = super()._get_next(current)
            return found if found.day != 2 else super()._get_next(found)

        def _get_prev(self, current: pendulum.DateTime) -> pendulum.DateTime:
            found = super()._get_prev(current)
            return found if found.day != 2 else super()._get_prev(found)

    timetable = NotTheSecond("@daily", timezone="UTC")
    assert [run for run, *_ in runs_of(timetable, 2, START.add(days=1))] == ["03 00:00", "04 00:00"]
