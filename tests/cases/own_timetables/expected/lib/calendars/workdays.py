"""Working days, as the warehouse has them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ...airflow_compat.timetables import DagRunInfo, DataInterval, Timetable
from ...airflow_compat import timezone
from pendulum import DateTime, Time

from .holidays import is_free

if TYPE_CHECKING:
    from ...airflow_compat.timetables import TimeRestriction

DAY = timedelta(days=1)


class AfterWorkday(Timetable):
    """Runs in the morning after each working day, and is about that day."""

    def __init__(self, at: Time) -> None:
        self.at = at

    def serialize(self) -> dict[str, Any]:
        return {"at": self.at.isoformat()}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> AfterWorkday:
        return cls(Time.fromisoformat(data["at"]))

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        day = timezone.coerce_datetime(run_after).start_of("day") - DAY
        while is_free(day):
            day -= DAY
        return DataInterval(start=day, end=day + DAY)

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        if last_automated_data_interval is not None:
            day = last_automated_data_interval.end
        elif restriction.earliest is None:
            return None
        else:
            day = restriction.earliest
            if not restriction.catchup:
                day = max(day, timezone.coerce_datetime(timezone.utcnow()))
            day = (day + DAY - timedelta.resolution).start_of("day")  # whole days only
        while is_free(day):
            day += DAY
        if restriction.latest is not None and day > restriction.latest:
            return None
        run_after = DateTime.combine((day + DAY).date(), self.at, tzinfo=day.tzinfo)
        return DagRunInfo(run_after=run_after, data_interval=DataInterval(start=day, end=day + DAY))
