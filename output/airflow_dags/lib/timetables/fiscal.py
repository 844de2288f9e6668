"""The fiscal calendar: four-week periods that begin on a Monday, as the finance department counts them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ...airflow_compat.timetables import DagRunInfo, DataInterval, TimeRestriction, Timetable
from pendulum import DateTime, parse

PERIOD = timedelta(weeks=4)


class FiscalPeriodTimetable(Timetable):
    """Runs when a fiscal period has ended; the data interval is that period."""

    description = "Four-week fiscal periods"

    def __init__(self, first_period: DateTime) -> None:
        self.first_period = first_period

    def serialize(self) -> dict[str, Any]:
        return {"first_period": self.first_period.to_iso8601_string()}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> FiscalPeriodTimetable:
        return cls(parse(data["first_period"]))

    @property
    def summary(self) -> str:
        return "fiscal period"

    def period_start(self, moment: DateTime) -> DateTime:
        """The first period that does not begin before the moment."""
        periods = -(-(moment - self.first_period).total_seconds() // PERIOD.total_seconds())
        return self.first_period.add(weeks=4 * max(0, int(periods)))

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        start = self.period_start(run_after) - 2 * PERIOD
        return DataInterval(start=start, end=start + PERIOD)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        if last_automated_data_interval is not None:
            start = last_automated_data_interval.end
        elif restriction.earliest is None:
            return None
        else:
            start = self.period_start(restriction.earliest)
        if restriction.latest is not None and start > restriction.latest:
            return None
        return DagRunInfo.interval(start=start, end=start + PERIOD)
