"""The first fire times of a DAG on both sides, each from its own model, without either engine.

Airflow's from the schedule as it was read, Dagster's from the generated schedule, sensor and partitions. So a
translation that went wrong shows here as two rows that differ.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from .. import airflow_model as am
from .. import dagster_model as dm
from ..records import dataclass
from ..translate.crons import EPOCH, UTC, cron_fault, dagster_zone
from ..translate.timetables import Plan, months_cron_of, plan_of

COUNT = 10
ASSUMED = dt.datetime(2026, 1, 1, tzinfo=UTC)
"""Where counting begins when the start date is not known: pages do not depend on the day they are written."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One fire time with its data interval, in UTC; `start` is None where a run has none."""

    fires: dt.datetime
    start: dt.datetime | None
    end: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: the same run on both sides. `same` is None where there is nothing to compare with."""

    number: int
    airflow: Tick | None
    dagster: Tick | None
    same: bool | None


@dataclass(frozen=True, slots=True)
class FireTimes:
    """The table, or the reason why there is none on a side. `since` is what was counted from, in words."""

    rows: tuple[Row, ...]
    since: str
    zone: str = "UTC"
    airflow_note: str = ""
    dagster_note: str = ""


def fire_times(dag: am.Dag, module: dm.DagModule | None, cutover: str | None = None) -> FireTimes:
    """The first fire times from the start date on, or from a fixed day where that is not known.

    With a `cutover` after that (ISO format), those from then on: what fell due before was Airflow's to run.
    """
    start = _aware(dag.start_date)
    ever = start is not None and start < EPOCH  # `datetime.min` means always
    known = start is not None and not ever
    given = None if cutover is None else _utc(dt.datetime.fromisoformat(cutover))
    origin = start if start is not None and known else min(given or ASSUMED, ASSUMED)
    why = "means always" if ever else "is not known"
    plan = _plan(dag, origin)
    zone = (dagster_zone(plan.timezone) if plan.crons else None) or "UTC"
    day = f"{origin.astimezone(ZoneInfo(zone)):%Y-%m-%d}"
    since, words = origin, f"the start date, {day}" if known else f"{day}, as the start date {why}"
    if given is not None and given >= origin:
        since, words = given, f"the cut-over, {given.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    note = _note(plan)
    airflow = [] if note else list(islice(_airflow(plan, origin, _aware(dag.end_date), since), COUNT))
    if not note and not airflow and since is given:
        note = f"Nothing falls due from {words}, on: what there was to run, Airflow has had."
    dagster, dagster_note = _dagster(module, plan, airflow, since)
    if cutover is None and dag.catchup is True and dagster_note.startswith(_STARTED):
        dagster_note += " It asks for what falls due from the cut-over on; none was given with `--cutover`."
    # What a sensor asks for is decided by its code when it runs; without partitions there is nothing to list.
    listed = bool(dagster) or module is None or module.schedule is not None or not module.sensors
    rows = tuple(
        Row(number + 1, left, right, _same(left, right) if listed else None)
        for number, (left, right) in enumerate(_zipped(airflow, dagster))
    )
    return FireTimes(rows, words, zone, note, dagster_note)


def _zipped(left: list[Tick], right: list[Tick]) -> Iterator[tuple[Tick | None, Tick | None]]:
    for number in range(max(len(left), len(right))):
        yield left[number] if number < len(left) else None, right[number] if number < len(right) else None


def _same(left: Tick | None, right: Tick | None) -> bool:
    """A run without partition has no window of its own on Dagster's side: then only the fire times are compared."""
    if left is None or right is None or left.fires != right.fires:
        return left is right
    if right.start is None or left.start is None:
        return True
    # Airflow 3's intervals may be points in time; a partition never is one.
    return left.start == right.start and (left.start == left.end or left.end == right.end)


# --- Airflow -------------------------------------------------------------------------------------------------------


def _plan(dag: am.Dag, start: dt.datetime) -> Plan:
    if cron := months_cron_of(dag.schedule, start):
        return Plan("cron", (cron,), data_intervals=dag.schedule.data_intervals)
    return plan_of(dag.schedule, dag.timezone)


def _note(plan: Plan) -> str:
    """Why there are no fire times to list."""
    if plan.fault:
        return f"{plan.fault[:1].upper()}{plan.fault[1:]}."
    match plan.kind:
        case "none":
            return "No schedule: the DAG runs when it is triggered."
        case "continuous":
            return "A run begins whenever the one before has ended."
        case "assets":
            return "A run begins when its assets are updated."
        case "own":
            return "A timetable of the DAG's own plans its runs; its code, which is not run here, tells when."
    if any(cron_fault(cron) for cron in plan.crons) or dagster_zone(plan.timezone) is None:
        return "The cron expression or its time zone is not one that can be computed here."
    return ""


def _airflow(plan: Plan, start: dt.datetime, end: dt.datetime | None, since: dt.datetime) -> Iterator[Tick]:
    """The runs of a timetable that fall due from a time on; `end` is the last logical date."""
    for tick in _timetable(plan, start, since):
        logical = tick.start or tick.fires
        if end is not None and logical > end:
            return
        if tick.fires >= since:
            yield tick


def _timetable(plan: Plan, start: dt.datetime, since: dt.datetime) -> Iterator[Tick]:
    """All runs from the start on, but for some of those that fall due before `since`."""
    match plan.kind:
        case "once":
            yield Tick(start, start, start)
        case "dates":
            for date in sorted({_utc(d) for d in plan.dates}):
                if date >= start:
                    yield Tick(date, date, date)
        case "every":
            assert plan.every is not None
            moment = start + max((since - start) // plan.every - 1, 0) * plan.every
            while True:
                if plan.data_intervals:
                    yield Tick(moment + plan.every, moment, moment + plan.every)
                else:
                    yield Tick(moment, moment - (plan.lookback or dt.timedelta()), moment)
                moment += plan.every
        case "cron":
            zone = dagster_zone(plan.timezone) or "UTC"
            moment = _next(plan.crons, zone, _shortly_before(since, start, plan.crons, zone), inclusive=True)
            while True:
                following = _next(plan.crons, zone, moment)
                if plan.data_intervals:
                    yield Tick(following, moment, following)
                else:
                    yield Tick(moment, moment - (plan.lookback or dt.timedelta()), moment)
                moment = following


def _next(crons: tuple[str, ...], zone: str, after: dt.datetime, *, inclusive: bool = False) -> dt.datetime:
    return min(_tick(cron, ZoneInfo(zone), after, inclusive=inclusive) for cron in crons)


def _shortly_before(since: dt.datetime, start: dt.datetime, crons: tuple[str, ...], zone: str) -> dt.datetime:
    """A time from which on there is a tick before `since`, but not thousands of them; the start where there is none."""
    for days in (0.05, 1, 8, 63, 800):
        time = since - dt.timedelta(days=days)
        if time <= start:
            break
        if _next(crons, zone, time, inclusive=True) < since:
            return time
    return start


def _tick(
    cron: str,
    zone: ZoneInfo,
    after: dt.datetime,
    *,
    inclusive: bool = False,
    skipped: Literal["later", "edge"] = "later",
) -> dt.datetime:
    """The first tick after a time, in UTC, as both engines count where clocks change.

    A cron of every hour goes on by the time that passes. Any other is in wall time: of an hour that comes twice, the
    second one counts; of a time that is `skipped`, Airflow takes the time that is as much `later`, Dagster the moment
    at which the clocks change.
    """
    from croniter import croniter

    local = after.astimezone(zone).replace(tzinfo=None) - (
        dt.timedelta(microseconds=1) if inclusive else dt.timedelta()
    )
    counter = croniter(cron, local)
    found: dt.datetime = counter.get_next(dt.datetime)
    if counter.expanded[1] == ["*"]:
        return _utc(after + (found - after.astimezone(zone).replace(tzinfo=None)))
    second = _utc(found.replace(tzinfo=zone, fold=1))
    if second.astimezone(zone).replace(tzinfo=None) == found:
        return second
    first = _utc(found.replace(tzinfo=zone, fold=0))
    return first if skipped == "later" else _change(second, first, zone)


def _change(before: dt.datetime, after: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment between two at which the clocks of a zone change."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > dt.timedelta(minutes=1):
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(second=0, microsecond=0)


# --- Dagster -------------------------------------------------------------------------------------------------------


def _dagster(
    module: dm.DagModule | None, plan: Plan, airflow: list[Tick], since: dt.datetime
) -> tuple[list[Tick], str]:
    """The ticks from Airflow's first one on, and a remark on what starts the runs."""
    if module is None:
        return [], "The DAG is not in the output."
    own = [sensor for sensor in module.sensors if not sensor.origin.task_id]
    started = f"{_STARTED} {own[0].name}." if own else ""
    if module.partitions is not None:
        windows = list(islice(_windows(module.partitions, since), COUNT))
        schedule = module.schedule
        if schedule is None:
            remark = started or "The partitions are there to be backfilled; nothing starts them by itself."
            return [_partition_tick(module.partitions, window) for window in windows], remark
        last = _parsed(schedule.end)
        ticks = [_partition_tick(module.partitions, window) for window in windows]
        return [tick for tick in ticks if last is None or tick.fires <= last], ""
    if module.schedule is None:
        return (
            ([], started) if started else ([], "No schedule, as in Airflow." if plan.kind == "none" else "No schedule.")
        )
    first = airflow[0].fires if airflow else since
    return list(islice(_scheduled(module.schedule, first), COUNT)), ""


_STARTED = "Runs are started by the sensor"


def _windows(partitions: dm.Partitions, since: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """Time windows as `dg.TimeWindowPartitionsDefinition` cuts them, whose run falls due at a time or later."""
    zone = ZoneInfo(partitions.timezone)
    start, end = (_parsed(text, partitions.fmt, zone) for text in (partitions.start, partitions.end))
    assert start is not None
    begin = _shortly_before(since, start, (partitions.cron,), partitions.timezone)
    moment = _tick(partitions.cron, zone, begin, inclusive=True, skipped="edge")
    while True:
        following = _tick(partitions.cron, zone, moment, skipped="edge")
        if end is not None and following > end:
            return
        if (moment if partitions.end_offset else following) >= since:
            yield moment, following
        moment = following


def _partition_tick(partitions: dm.Partitions, window: tuple[dt.datetime, dt.datetime]) -> Tick:
    """With an end offset, a window's run begins where the window begins."""
    return Tick(window[0] if partitions.end_offset else window[1], *window)


def _scheduled(schedule: dm.Schedule, first: dt.datetime) -> Iterator[Tick]:
    begins, ends = _parsed(schedule.start), _parsed(schedule.end)
    zone = ZoneInfo(schedule.timezone)
    moment = min(_tick(c, zone, max(first, begins or first), inclusive=True, skipped="edge") for c in schedule.crons)
    while ends is None or moment <= ends:
        if schedule.every is None or (moment - _utc(schedule.every[0])) % schedule.every[1] == dt.timedelta():
            yield Tick(moment, None, None)
        moment = min(_tick(cron, zone, moment, skipped="edge") for cron in schedule.crons)


def _parsed(text: str | None, fmt: str = "%Y-%m-%dT%H:%M:%S%z", zone: dt.tzinfo = UTC) -> dt.datetime | None:
    if text is None:
        return None
    # `+0000` is read by fromisoformat since Python 3.11 only.
    found = dt.datetime.strptime(text, fmt)
    return _utc(found if found.tzinfo else found.replace(tzinfo=zone))


def _aware(value: object) -> dt.datetime | None:
    return _utc(value) if isinstance(value, dt.datetime) else None


def _utc(moment: dt.datetime) -> dt.datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def in_zone(moment: dt.datetime, zone: str, weekday: bool = True) -> str:
    """`Mon 2024-03-04 06:00 +01:00`, without the offset in UTC."""
    local = moment.astimezone(ZoneInfo(zone))
    text = local.strftime("%a %Y-%m-%d %H:%M" if weekday else "%Y-%m-%d %H:%M")
    if local.second:
        text += local.strftime(":%S")
    offset = local.strftime("%z")
    return text if zone == "UTC" else f"{text} {offset[:3]}:{offset[3:]}"
