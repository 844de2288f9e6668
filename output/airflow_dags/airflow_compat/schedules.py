"""Runs that a cron schedule of Dagster cannot ask for: those that fell due while nobody looked, at irregular times.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html
https://docs.dagster.io/guides/automate/sensors
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Protocol

import dagster as dg

from .cron import next_tick, previous_tick
from .dates import INTERVAL_TAGS, LOGICAL_DATE_TAG, PARTITION_TAG

AT_ONCE = 100
"""How many runs one evaluation of a sensor asks for at most; the next goes on from there."""
MOMENT = timedelta(microseconds=1)
Answer = dg.SensorResult | dg.SkipReason


def now() -> datetime:
    """The current time, in one place for tests."""
    return datetime.now(timezone.utc)


@dataclass(frozen=True)
class DueRun:
    """A run, when it falls due, and the time it is about: its logical date is the interval's start."""

    due: datetime
    start: datetime
    end: datetime
    partition: str | None = None

    def tags(self) -> dict[str, str]:
        """What tells the run's dates to its tasks; the partition does so by itself."""
        dates = (self.start, self.start, self.end)
        return interval_tags(*dates) if self.partition is None else {PARTITION_TAG: self.partition}

    def request(self) -> dg.RunRequest:
        if self.partition is not None:
            return dg.RunRequest(run_key=self.partition, partition_key=self.partition)
        return dg.RunRequest(run_key=_iso(self.start), tags=self.tags())


def interval_tags(logical_date: datetime, start: datetime, end: datetime) -> dict[str, str]:
    """The tags of a run with these dates."""
    return {LOGICAL_DATE_TAG: _iso(logical_date), **dict(zip(INTERVAL_TAGS, (_iso(start), _iso(end)), strict=True))}


# --- when runs fall due ----------------------------------------------------------------------------------------


class Calendar(Protocol):
    """When runs fall due."""

    def runs(self, since: datetime, until: datetime) -> Iterator[DueRun]:
        """The runs that fall due from `since` to `until`, both included, in order."""
        ...


@dataclass(frozen=True)
class Intervals:
    """The partitions of a DAG: each falls due when its window is complete, or as it begins with an `end_offset`."""

    partitions: dg.TimeWindowPartitionsDefinition

    def runs(self, since: datetime, until: datetime) -> Iterator[DueRun]:
        partitions = self.partitions
        with dg.partition_loading_context(effective_dt=until):
            before = partitions.get_prev_partition_window(since, respect_bounds=False)
            begin = max(before.start if before else since, partitions.start)
            window = partitions.get_next_partition_window(begin)
            while window is not None:
                due = window.start if partitions.end_offset else window.end
                if due > until:
                    return
                if due >= since:
                    (key,) = partitions.get_partition_keys_in_time_window(window)
                    yield DueRun(due, window.start, window.end, key)
                window = partitions.get_next_partition_window(window.end)


@dataclass(frozen=True)
class Crons:
    """The ticks of one or more cron expressions; with `data_intervals`, each is about the time since the one before."""

    crons: Sequence[str]
    timezone: str = "UTC"
    data_intervals: bool = False
    start: datetime | None = None
    end: datetime | None = None
    lookback: timedelta = timedelta()
    """How long before its tick a run's interval begins, without `data_intervals`."""

    def runs(self, since: datetime, until: datetime) -> Iterator[DueRun]:
        if self.start is not None:
            since = max(since, self._first(self.start))
        tick = self._next(since, inclusive=True)
        while tick <= until:
            start = self._previous(tick) if self.data_intervals else tick - self.lookback
            if self.end is not None and (start if self.data_intervals else tick) > self.end:
                return
            yield DueRun(tick, start, tick)
            tick = self._next(tick)

    def _first(self, start: datetime) -> datetime:
        aligned = self._next(start, inclusive=True)
        return self._next(aligned) if self.data_intervals else aligned

    def _next(self, after: datetime, *, inclusive: bool = False) -> datetime:
        return min(next_tick(cron, self.timezone, after, inclusive=inclusive) for cron in self.crons)

    def _previous(self, before: datetime) -> datetime:
        return max(previous_tick(cron, self.timezone, before) for cron in self.crons)


@dataclass(frozen=True)
class Every:
    """`start` and each `every` after it; with `data_intervals`, a run falls due at the end of the time it is about."""

    every: timedelta
    start: datetime
    data_intervals: bool = False
    end: datetime | None = None
    lookback: timedelta = timedelta()

    def runs(self, since: datetime, until: datetime) -> Iterator[DueRun]:
        wait = self.every if self.data_intervals else timedelta()
        number = max(0, -((self.start + wait - since) // self.every))
        date = self.start + number * self.every
        while date + wait <= until and (self.end is None or date <= self.end):
            yield DueRun(date + wait, date - self.lookback, date + wait)
            date += self.every


@dataclass(frozen=True)
class Dates:
    """Dates that are known beforehand."""

    dates: Sequence[datetime]

    def runs(self, since: datetime, until: datetime) -> Iterator[DueRun]:
        return (DueRun(date, date, date) for date in sorted(set(self.dates)) if since <= date <= until)


# --- sensors ---------------------------------------------------------------------------------------------------


def request_due(
    context: dg.SensorEvaluationContext,
    calendar: Calendar | dg.TimeWindowPartitionsDefinition,
    *,
    cutover: str | None,
    after_success_of: str | None = None,
) -> Answer:
    """Ask once for each run that falls due from the cut-over on: Airflow's `catchup=True`.

    `after_success_of`: the job whose previous run must have succeeded before the next is asked for, which is what
    `depends_on_past` amounts to.
    """
    calendar = as_calendar(calendar)
    since = parsed(context.cursor) + MOMENT if context.cursor else read_cutover(cutover)
    found: list[DueRun] = []
    for run in calendar.runs(since, now()):
        if after_success_of and not found and not _past_succeeded(context, calendar, after_success_of):
            return dg.SkipReason(f"The run before {_iso(run.start)} has not succeeded.")
        found.append(run)
        if len(found) == (1 if after_success_of else AT_ONCE):
            break
    if not found:
        return dg.SkipReason("No run has fallen due.")
    return dg.SensorResult(run_requests=[run.request() for run in found], cursor=_iso(found[-1].due))


def request_latest(context: dg.SensorEvaluationContext, calendar: Calendar) -> Answer:
    """Ask for the last run that has fallen due since the last evaluation: Airflow's `catchup=False`."""
    moment = now()
    if not context.cursor:
        return dg.SensorResult(skip_reason=dg.SkipReason("Runs are due from now on."), cursor=_iso(moment))
    found = list(calendar.runs(parsed(context.cursor) + MOMENT, moment))
    if not found:
        return dg.SkipReason("No run has fallen due.")
    return dg.SensorResult(run_requests=[found[-1].request()], cursor=_iso(found[-1].due))


def request_continuously(
    context: dg.SensorEvaluationContext,
    job: str,
    *,
    cutover: str | None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Answer:
    """Ask for a run whenever none is going on, about the time since the one before: Airflow's `@continuous`."""
    moment = now()
    if (start and moment < start) or (end and moment > end):
        return dg.SkipReason("The DAG has not begun yet, or has ended.")
    active = [status for status in dg.DagsterRunStatus if status not in ENDED]
    if context.instance.get_runs(dg.RunsFilter(job_name=job, statuses=active), limit=1):
        return dg.SkipReason("A run is going on.")
    begin = parsed(context.cursor) if context.cursor else read_cutover(cutover)
    begin = max(begin, start) if start else begin
    run = DueRun(moment, begin, moment)
    return dg.SensorResult(run_requests=[run.request()], cursor=_iso(moment))


ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def read_cutover(text: str | None) -> datetime:
    """The time from which on Dagster runs what falls due; Airflow has run what fell due before it."""
    if not text:
        raise ValueError(
            "The environment variable MIGRATION_CUTOVER is not set: the time (ISO format) from which on Dagster, and "
            "not Airflow any more, runs what falls due."
        )
    return parsed(text)


def _past_succeeded(context: dg.SensorEvaluationContext, calendar: Calendar, job: str) -> bool:
    """Whether the last run asked for has succeeded; true where there is none yet."""
    if not context.cursor:
        return True
    last = parsed(context.cursor)
    (run,) = calendar.runs(last, last)
    name = PARTITION_TAG if run.partition is not None else LOGICAL_DATE_TAG
    wanted = dg.RunsFilter(job_name=job, tags={name: run.tags()[name]}, statuses=[dg.DagsterRunStatus.SUCCESS])
    return bool(context.instance.get_runs(wanted, limit=1))


def as_calendar(calendar: Calendar | dg.TimeWindowPartitionsDefinition) -> Calendar:
    """Partitions as the calendar of the runs that are about them."""
    return Intervals(calendar) if isinstance(calendar, dg.TimeWindowPartitionsDefinition) else calendar


def parsed(text: str) -> datetime:
    """A moment from text; one without time zone is UTC."""
    moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _iso(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat()
