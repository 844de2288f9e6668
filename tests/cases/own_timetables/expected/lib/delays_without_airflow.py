"""From plugins/delays.py."""

from __future__ import annotations

from datetime import timedelta

from ..airflow_compat.timetable_bases import CronDataIntervalTimetable
from ..airflow_compat.timetables import DagRunInfo, DagRunType, DataInterval

LONGEST = timedelta(days=1)


def shown(delay):
    return f"{delay.total_seconds() / 60:g} minutes"


class DelayedCron(CronDataIntervalTimetable):
    """A cron expression whose runs wait until late data has come in."""

    # The feed is complete an hour after the end of the day.
    DELAY = timedelta(hours=1)

    def __init__(self, cron, timezone, delay=DELAY):
        super().__init__(cron, timezone)
        self.delay = min(delay, LONGEST)

    @property
    def summary(self):
        return f"{self._expression}, {shown(self.delay)} late"

    def serialize(self):
        return {**super().serialize(), "delay": self.delay.total_seconds()}

    @classmethod
    def deserialize(cls, data):
        from ..airflow_compat.timezone import parse_timezone

        return cls(data["expression"], parse_timezone(data["timezone"]), timedelta(seconds=data["delay"]))

    def generate_run_id(self, *, run_type, data_interval: DataInterval, **extra):
        if run_type == DagRunType.SCHEDULED:
            return f"delayed_{data_interval.end:%Y-%m-%d}"
        return super().generate_run_id(run_type=run_type, data_interval=data_interval, **extra)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        found = super().next_dagrun_info(
            last_automated_data_interval=last_automated_data_interval, restriction=restriction
        )
        if found is None:
            return None
        return DagRunInfo(found.run_after + self.delay, found.data_interval)
