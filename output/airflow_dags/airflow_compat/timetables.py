"""What a timetable of one's own is made of, as `airflow.timetables.base` has it.

https://airflow.apache.org/docs/apache-airflow/stable/howto/timetable.html
"""

import enum
from datetime import timedelta
from typing import Any, NamedTuple

from pendulum import DateTime
from pendulum.tz.timezone import FixedTimezone, Timezone

from . import timezone


class AirflowTimetableInvalid(ValueError):
    """A timetable that cannot be."""


class DagRunType(str, enum.Enum):
    """How a run came about, as `generate_run_id` is told."""

    BACKFILL_JOB = "backfill"
    SCHEDULED = "scheduled"
    MANUAL = "manual"
    OPERATOR_TRIGGERED = "operator_triggered"
    DATASET_TRIGGERED = "dataset_triggered"
    ASSET_TRIGGERED = "asset_triggered"

    def __str__(self) -> str:
        return self.value


class DataInterval(NamedTuple):
    """The time that a run is about."""

    start: DateTime
    end: DateTime

    @classmethod
    def exact(cls, at: DateTime) -> "DataInterval":
        """A point in time."""
        return cls(at, at)


class TimeRestriction(NamedTuple):
    """When a DAG may have runs: its start and end date, and whether missed ones are caught up."""

    earliest: DateTime | None
    latest: DateTime | None
    catchup: bool


class DagRunInfo(NamedTuple):
    """A run: when it falls due, and the time it is about."""

    run_after: DateTime
    data_interval: DataInterval | None
    partition_date: DateTime | None = None
    partition_key: str | None = None

    @classmethod
    def exact(cls, at: DateTime) -> "DagRunInfo":
        """A run at a point in time, and about it."""
        return cls(at, DataInterval.exact(at))

    @classmethod
    def interval(cls, start: DateTime, end: DateTime) -> "DagRunInfo":
        """A run that falls due when the time it is about has ended."""
        return cls(end, DataInterval(start, end))

    @property
    def logical_date(self) -> DateTime | None:
        """The start of the time it is about."""
        return self.data_interval.start if self.data_interval else None


class Timetable:
    """When a DAG runs. A timetable of one's own says which run comes after which."""

    description: str = ""
    periodic: bool = True
    can_be_scheduled: bool = True
    active_runs_limit: int | None = None

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> "Timetable":
        """The timetable that `serialize` wrote down; nothing asks for it outside of Airflow."""
        return cls()

    def serialize(self) -> dict[str, Any]:
        """What to make the timetable of again."""
        return {}

    def validate(self) -> None:
        """Raise AirflowTimetableInvalid for a timetable that cannot be."""

    @property
    def summary(self) -> str:
        """A few words for the timetable."""
        return type(self).__name__

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """The time that a run is about which somebody starts by hand."""
        raise NotImplementedError(f"{type(self).__name__} does not say what manual runs are about")

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The run after the one about this interval, or the first one; None where there is none for now."""
        raise NotImplementedError(f"{type(self).__name__} does not say when its DAG runs")

    def next_dagrun_info_v2(
        self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """The same in Airflow 3.3, which tells everything about the last run."""
        last = last_dagrun_info.data_interval if last_dagrun_info else None
        return self.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)

    def generate_run_id(
        self,
        *,
        run_type: DagRunType,
        data_interval: DataInterval | None,
        logical_date: DateTime | None = None,
        run_after: DateTime | None = None,
        **extra: Any,
    ) -> str:
        """The id of a run: Airflow 2 tells its logical date, Airflow 3 when it falls due."""
        return f"{run_type}__{(run_after or logical_date or DateTime.min).isoformat()}"

    def run_id(
        self, airflow: str, run_type: str, logical_date: DateTime, run_after: DateTime, interval: tuple[Any, Any]
    ) -> str | None:
        """The id of a run, where the timetable makes it itself."""
        if type(self).generate_run_id is Timetable.generate_run_id:
            return None
        date = {"run_after": run_after} if airflow == "3" else {"logical_date": logical_date}
        return self.generate_run_id(run_type=DagRunType(run_type), data_interval=DataInterval(*interval), **date)

    def logical_date_before(self, date: DateTime) -> DateTime | None:
        """`prev_execution_date` of Airflow 2, which knows none of a timetable of one's own."""
        return None

    def logical_date_after(self, start: DateTime, end: DateTime) -> DateTime | None:
        """`next_execution_date` of Airflow 2: the logical date of the run after the one about this interval."""
        restriction = TimeRestriction(None, None, catchup=True)
        last = DataInterval(start, end)
        found = self.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)
        return timezone.convert_to_utc(found.logical_date) if found else None


def encode_timezone(zone: Timezone | FixedTimezone) -> str | int:
    """A time zone by its name, or by what it is ahead of UTC in seconds."""
    return zone.offset if isinstance(zone, FixedTimezone) else zone.name


def decode_timezone(text: str | int) -> Timezone | FixedTimezone:
    """What `encode_timezone` wrote down."""
    return timezone.parse_timezone(text)


def encode_interval(interval: timedelta) -> float:
    """A timedelta as seconds."""
    return interval.total_seconds()


def decode_interval(seconds: float) -> timedelta:
    """What `encode_interval` wrote down."""
    return timedelta(seconds=seconds)
