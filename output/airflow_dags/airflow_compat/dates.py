"""The logical date, data interval and run id that Airflow would give to a Dagster run.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import dagster as dg
import pendulum

from .cron import next_tick, previous_tick

Context = dg.AssetExecutionContext | dg.OpExecutionContext | dg.AssetCheckExecutionContext

LOGICAL_DATE_TAG = "airflow/logical_date"
"""ISO date; empty for a run without one, as those that assets trigger in Airflow 3."""
INTERVAL_TAGS = ("airflow/data_interval_start", "airflow/data_interval_end")
RUN_AFTER_TAG = "airflow/run_after"
"""When a run fell due that a timetable of one's own plans, where that is not the end of its data interval."""
RUN_TYPE_TAG = "airflow/run_type"
RUN_ID_TAG = "airflow/run_id"
PARTITION_TAG = "dagster/partition"
PARTITION_KEY_TAG = "airflow/partition_key"
"""The partition of an asset in Airflow that a run is about which is none of Dagster's."""
PARTITION_DATE_TAG = "airflow/partition_date"
"""Its date (ISO), where it has one."""
TICK_TAG = ".dagster/scheduled_execution_time"
AUTOMATIC_TAGS = ("dagster/schedule_name", "dagster/sensor_name", "dagster/backfill", PARTITION_TAG)


class Timetable(Protocol):
    """What is asked of a timetable of one's own; see timetables.py."""

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> tuple[datetime, datetime]:
        """The time that a run is about which somebody starts by hand."""
        ...

    def run_id(
        self,
        airflow: str,
        run_type: str,
        logical_date: pendulum.DateTime,
        run_after: pendulum.DateTime,
        interval: tuple[pendulum.DateTime, pendulum.DateTime],
    ) -> str | None:
        """The id of a run, where the timetable makes it itself."""
        ...

    def logical_date_before(self, date: pendulum.DateTime) -> pendulum.DateTime | None:
        """The logical date of the run before, where that can be told."""
        ...

    def logical_date_after(self, start: pendulum.DateTime, end: pendulum.DateTime) -> pendulum.DateTime | None:
        """The logical date of the run after the one about this interval."""
        ...


@dataclass(frozen=True)
class PartitionKeys:
    """What runs are about whose DAG has a partitioned timetable of Airflow 3: a partition, and no logical date.

    `fmt`: how the keys of a CronPartitionTimetable name the tick that is `offset` ticks after a run's own. Dagster's
    keys are the same.
    """

    fmt: str
    offset: int = 0


@dataclass(frozen=True)
class Timing:
    """What a DAG's schedule says about its runs' dates.

    `cron` in `timezone`, or `interval`, or a `timetable` of one's own, or none. `data_intervals`: a run is about the
    time from one tick to the next, as in Airflow 1 and 2; without, about a point in time, as by default in Airflow 3.
    """

    airflow: str = "2"
    cron: str | None = None
    timezone: str = "UTC"
    interval: timedelta | None = None
    data_intervals: bool = True
    timetable: Timetable | None = None
    partition_keys: PartitionKeys | None = None


@dataclass(frozen=True)
class RunDates:
    """A run's dates in UTC. All but `run_after` are None in a run without logical date, which may have a partition."""

    logical_date: pendulum.DateTime | None
    data_interval_start: pendulum.DateTime | None
    data_interval_end: pendulum.DateTime | None
    run_after: pendulum.DateTime
    run_type: str
    run_id: str
    partition_key: str | None = None
    partition_date: pendulum.DateTime | None = None


def current_dates(context: Context, timing: Timing) -> RunDates:
    """The dates of the run that `context` belongs to; the same in every step of it."""
    op = op_context(context)
    window = partition_window(op)
    return run_dates(run_tags(op), _created(op), timing, window)


def run_dates(
    tags: Mapping[str, str], created: datetime, timing: Timing, window: tuple[datetime, datetime] | None = None
) -> RunDates:
    """The dates of a run with these tags, by the first that applies.

    The window of its partition; the tag `airflow/logical_date`; the tick of the schedule that launched it; or the time
    it was created, which makes it a manual run.
    """
    run_type = tags.get(RUN_TYPE_TAG) or ("scheduled" if any(t in tags for t in AUTOMATIC_TAGS) else "manual")
    if timing.partition_keys is not None and PARTITION_TAG in tags:
        return _of_partition(tags, run_type, timing, timing.partition_keys)
    found = _of_dates(tags, created, run_type, timing, window)
    if PARTITION_KEY_TAG not in tags:
        return found
    date = _utc(_parsed(tags[PARTITION_DATE_TAG], timing)) if PARTITION_DATE_TAG in tags else None
    return replace(found, partition_key=tags[PARTITION_KEY_TAG], partition_date=date)


def _of_dates(
    tags: Mapping[str, str],
    created: datetime,
    run_type: str,
    timing: Timing,
    window: tuple[datetime, datetime] | None,
) -> RunDates:
    if window is None and PARTITION_TAG in tags:
        with contextlib.suppress(ValueError):  # a partition that is no point in time has no date
            start = _parsed(tags[PARTITION_TAG], timing)
            window = (start, _next(start, timing))
    if window is not None:
        start, end = window
        return _dates(start, start, end if timing.data_intervals else start, run_type, tags, timing)
    if LOGICAL_DATE_TAG in tags:
        return _tagged_dates(tags, created, run_type, timing)
    if TICK_TAG in tags:
        tick = _parsed(tags[TICK_TAG], timing)
        start = _previous(tick, timing) if timing.data_intervals else tick
        return _dates(start, start, tick, "scheduled", tags, timing)
    return _manual_dates(created, run_type, tags, timing)


def _of_partition(tags: Mapping[str, str], run_type: str, timing: Timing, keys: PartitionKeys) -> RunDates:
    key = tags[PARTITION_TAG]
    date = due = pendulum.instance(datetime.strptime(key, keys.fmt), tz=timing.timezone)
    for _ in range(abs(keys.offset)):
        due = pendulum.instance(_previous(due, timing) if keys.offset > 0 else _next(due, timing))
    run_id = tags.get(RUN_ID_TAG) or f"{run_type}__{_utc(due).isoformat()}__{key}"
    return RunDates(None, None, None, _utc(due), run_type, run_id, key, _utc(date))


def _tagged_dates(tags: Mapping[str, str], created: datetime, run_type: str, timing: Timing) -> RunDates:
    if not tags[LOGICAL_DATE_TAG]:
        after = _utc(created)
        return RunDates(None, None, None, after, run_type, _run_id(run_type, after, tags))
    logical_date = _parsed(tags[LOGICAL_DATE_TAG], timing)
    if all(tag in tags for tag in INTERVAL_TAGS):
        start, end = (_parsed(tags[tag], timing) for tag in INTERVAL_TAGS)
        return _dates(logical_date, start, end, run_type, tags, timing)
    if run_type == "manual":
        return _manual_dates(logical_date, run_type, tags, timing)
    end = _next(logical_date, timing) if timing.data_intervals else logical_date
    return _dates(logical_date, logical_date, end, run_type, tags, timing)


def _manual_dates(at: datetime, run_type: str, tags: Mapping[str, str], timing: Timing) -> RunDates:
    """A manual run is about the last interval that was complete, or what the timetable says."""
    start = end = at
    if timing.timetable is not None:
        start, end = timing.timetable.infer_manual_data_interval(run_after=_utc(at))
    elif timing.data_intervals and timing.cron:
        end = previous_tick(timing.cron, timing.timezone, at, inclusive=True)
        start = previous_tick(timing.cron, timing.timezone, end)
    elif timing.data_intervals and timing.interval:
        start = at - timing.interval
    return _dates(at, start, end, run_type, tags, timing)


def _dates(
    logical_date: datetime, start: datetime, end: datetime, run_type: str, tags: Mapping[str, str], timing: Timing
) -> RunDates:
    # Airflow 2 names a run after its logical date, Airflow 3 after the time it may start.
    due = _parsed(tags[RUN_AFTER_TAG], timing) if RUN_AFTER_TAG in tags else end
    after = logical_date if run_type == "manual" else due
    named = _utc(after if timing.airflow == "3" else logical_date)
    run_id, dates = _run_id(run_type, named, tags), (_utc(logical_date), _utc(start), _utc(end), _utc(after))
    if timing.timetable is not None and RUN_ID_TAG not in tags:
        own = timing.timetable.run_id(timing.airflow, run_type, dates[0], dates[3], dates[1:3])
        run_id = own or run_id
    return RunDates(*dates, run_type, run_id)


def _run_id(run_type: str, date: pendulum.DateTime, tags: Mapping[str, str]) -> str:
    return tags.get(RUN_ID_TAG) or f"{run_type}__{date.isoformat()}"


def _next(date: datetime, timing: Timing) -> datetime:
    if timing.cron:
        return next_tick(timing.cron, timing.timezone, date)
    return date + timing.interval if timing.interval else date


def _previous(date: datetime, timing: Timing) -> datetime:
    if timing.cron:
        return previous_tick(timing.cron, timing.timezone, date)
    return date - timing.interval if timing.interval else date


def _parsed(text: str, timing: Timing) -> datetime:
    """A date from text, by default in the DAG's time zone. Raises ValueError where it is none.

    Not by datetime.fromisoformat: before Python 3.11 that does not know "+0000".
    """
    date: object = pendulum.parse(text, tz=timing.timezone)
    if not isinstance(date, datetime):
        raise ValueError(f"{text!r} is not a date and time")
    return date


def _utc(date: datetime) -> pendulum.DateTime:
    return pendulum.instance(date).in_timezone("UTC")


def op_context(context: Context) -> dg.OpExecutionContext:
    """The op's context that an asset's or an asset check's context wraps."""
    return context if isinstance(context, dg.OpExecutionContext) else context.op_execution_context


def map_index(context: dg.OpExecutionContext) -> int:
    """Which instance of a mapped task the current step is; -1 where it is none."""
    try:
        key = context.get_mapping_key()
    except dg.DagsterError:  # a test calls the function directly
        return -1
    return int(key) if key is not None and key.isdigit() else -1


def run_tags(context: dg.OpExecutionContext) -> Mapping[str, str]:
    """The tags of the current run; none where a test calls the function directly."""
    run = current_run(context)
    return run.tags if run else {}


def current_run(context: dg.OpExecutionContext) -> dg.DagsterRun | None:
    """The current run, or None where a test calls the function directly."""
    try:
        return context.run
    except dg.DagsterError:  # DagsterInvalidPropertyError, which is not public
        return None


def partition_window(context: dg.OpExecutionContext) -> tuple[datetime, datetime] | None:
    """The time window of the run's partition or partitions, or None where they are no time windows."""
    if not (context.has_partition_key or context.has_partition_key_range):
        return None
    try:
        window: Any = context.partition_time_window
    except (ValueError, dg.DagsterError):
        return None
    return window.start, window.end


def _created(context: dg.OpExecutionContext) -> datetime:
    """When the run was created, as the instance keeps it: every step of a run must see the same date."""
    run = current_run(context)
    record = context.instance.get_run_record_by_id(run.run_id) if run else None
    return record.create_timestamp if record else pendulum.now("UTC")
