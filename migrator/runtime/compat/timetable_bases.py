"""Airflow's timetables that one's own may extend: `airflow.timetables.interval` and `airflow.timetables.trigger`.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pendulum
from pendulum import DateTime

from .cron import next_tick, previous_tick
from .timetables import DagRunInfo, DataInterval, TimeRestriction, Timetable

PRESETS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
}
SHORT = timedelta(minutes=5)
"""How late a first run may be at least, where nothing says when the DAG begins."""


class Steps:
    """Points in time, one after another: those of a cron expression, or always as long after the last."""

    def _get_next(self, current: DateTime) -> DateTime:
        """The point after a time."""
        raise NotImplementedError

    def _get_prev(self, current: DateTime) -> DateTime:
        """The point before a time."""
        raise NotImplementedError

    def _align_to_next(self, current: DateTime) -> DateTime:
        """The time itself where it is such a point, else the next."""
        return current

    def _align_to_prev(self, current: DateTime) -> DateTime:
        """The time itself where it is such a point, else the one before."""
        return current


class CronMixin(Steps):
    """The ticks of a cron expression in a time zone."""

    def __init__(self, cron: str, timezone: str | tzinfo) -> None:
        self._expression = PRESETS.get(cron, cron)
        self._timezone = pendulum.timezone(timezone) if isinstance(timezone, str) else timezone
        self.description = ""

    @property
    def summary(self) -> str:
        """The cron expression."""
        return self._expression

    @property
    def _zone(self) -> str:
        return str(getattr(self._timezone, "name", None) or getattr(self._timezone, "key", None) or self._timezone)

    def _get_next(self, current: DateTime) -> DateTime:
        return _utc(next_tick(self._expression, self._zone, current))

    def _get_prev(self, current: DateTime) -> DateTime:
        return _utc(previous_tick(self._expression, self._zone, current))

    # By way of the two above, which one's own may replace.

    def _align_to_next(self, current: DateTime) -> DateTime:
        following = self._get_next(current)
        return current if self._get_prev(following) == current else following

    def _align_to_prev(self, current: DateTime) -> DateTime:
        before = self._get_prev(current)
        return current if self._get_next(before) == current else before


class DeltaMixin(Steps):
    """A timedelta, or a relativedelta, again and again."""

    def __init__(self, delta: Any) -> None:
        self._delta = delta

    @property
    def summary(self) -> str:
        """The timedelta."""
        return str(self._delta)

    def _get_next(self, current: DateTime) -> DateTime:
        return _utc(current + self._delta)

    def _get_prev(self, current: DateTime) -> DateTime:
        return _utc(current - self._delta)


class DataIntervalTimetable(Steps, Timetable):
    """Runs that are about the time from one point to the next, and fall due at its end."""

    def _skip_to_latest(self, earliest: DateTime | None) -> DateTime:
        """The start of the first run that is made without catchup."""
        raise NotImplementedError

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        earliest, last = restriction.earliest, last_automated_data_interval
        if not restriction.catchup:
            earliest = self._skip_to_latest(earliest)
        elif earliest is not None:
            earliest = self._align_to_next(earliest)
        found = [date for date in (last and self._align_to_prev(last.end), earliest) if date is not None]
        if not found:
            return None
        start = max(found)
        if last is not None and start <= last.start:  # the timetable has become another since
            start = self._get_next(start)
        if restriction.latest is not None and start > restriction.latest:
            return None
        return DagRunInfo.interval(start, self._get_next(start))

    def logical_date_before(self, date: DateTime) -> DateTime | None:
        return self._get_prev(date)


class CronDataIntervalTimetable(CronMixin, DataIntervalTimetable):
    """Runs about the time between two ticks of a cron expression."""

    def _skip_to_latest(self, earliest: DateTime | None) -> DateTime:
        now = pendulum.now("UTC")
        end = self._get_prev(now)
        # At a tick, the time that begins counts as the latest already, not the one that ends.
        latest = end if self._get_next(end) == now else self._get_prev(end)
        return latest if earliest is None else max(latest, self._align_to_next(earliest))

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        end = self._align_to_prev(run_after)
        return DataInterval(self._get_prev(end), end)


class DeltaDataIntervalTimetable(DeltaMixin, DataIntervalTimetable):
    """Runs about the time of a timedelta, one after the other."""

    def _skip_to_latest(self, earliest: DateTime | None) -> DateTime:
        now = pendulum.now("UTC")
        length = self._get_next(now).timestamp() - now.timestamp()
        latest = self._get_prev(pendulum.from_timestamp(now.timestamp() // length * length))
        return latest if earliest is None else max(latest, earliest)

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        return DataInterval(self._get_prev(run_after), run_after)


class TriggerTimetable(Steps, Timetable):
    """Runs that fall due at points in time, and are about the time before, as long as `interval`."""

    _interval: Any = timedelta()
    _run_immediately: bool | timedelta | None = False

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        return DataInterval(_utc(run_after - self._interval), run_after)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        found = list(self._candidates(last_automated_data_interval, restriction))
        if not found or (restriction.latest is not None and max(found) > restriction.latest):
            return None
        return DagRunInfo.interval(_utc(max(found) - self._interval), max(found))

    def _candidates(self, last: DataInterval | None, restriction: TimeRestriction) -> Iterator[DateTime]:
        """Points in time, the last of which is the run's."""
        if not restriction.catchup:
            yield self._align_to_prev(pendulum.now("UTC"))
        if last is not None:
            yield self._get_next(last.end)
        if restriction.earliest is not None and not (restriction.catchup and last is not None):
            yield self._align_to_next(restriction.earliest)
        if restriction.earliest is None and last is None:
            yield self._first()

    def _first(self) -> DateTime:
        """When the first run falls due where the DAG has no start date: just now, if that is not too late."""
        now = pendulum.now("UTC")
        before, after = self._align_to_prev(now), self._align_to_next(now)
        wanted = self._run_immediately
        late = wanted if isinstance(wanted, timedelta) else max((after - before) / 10, SHORT)
        return before if wanted is True or now - before <= late else after


class CronTriggerTimetable(CronMixin, TriggerTimetable):
    """A run at each tick of a cron expression."""

    def __init__(
        self,
        cron: str,
        *,
        timezone: str | tzinfo,
        interval: Any = timedelta(),
        run_immediately: bool | timedelta | None = False,
    ) -> None:
        super().__init__(cron, timezone)
        self._interval = interval
        self._run_immediately = run_immediately


class DeltaTriggerTimetable(DeltaMixin, TriggerTimetable):
    """A run so long after each other."""

    def __init__(self, delta: Any, *, interval: Any = timedelta()) -> None:
        super().__init__(delta)
        self._interval = interval


def _utc(moment: datetime) -> DateTime:
    return pendulum.instance(moment).in_timezone("UTC")
