"""Which partitions of a DAG the updates of assets' partitions are about: the partition mappers of Airflow 3.3.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/assets.html
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence, Set
from typing import Any, ClassVar
from zoneinfo import ZoneInfo


class PartitionMapper:
    """Maps the key of an updated partition to the key of the partition that a run is about."""

    def to_downstream(self, key: str) -> str:
        """The target key. Raises ValueError for a key that it does not take: Airflow leaves such an update out."""
        raise NotImplementedError

    def targets(self, key: str) -> list[str]:
        """The target keys, where there may be several."""
        return [self.to_downstream(key)]

    def to_partition_date(self, target: str) -> dt.datetime | None:
        """The moment that a target key names; None where it names none."""
        return None

    def decode(self, target: str) -> Any:
        """What a window begins with whose members are wanted."""
        return target

    def encode(self, member: Any) -> str:
        """The key that updates have of a member of a window."""
        return str(member)

    def format(self, member: Any) -> str:
        """The target key of a member of a window."""
        return member.isoformat() if isinstance(member, dt.datetime) else str(member)

    def is_complete(self, target: str, keys: Set[str]) -> bool:
        """Whether the updates of these partitions are enough for a run."""
        return True


class IdentityMapper(PartitionMapper):
    """The same key; a run's date is that of the run which has updated the asset."""

    def to_downstream(self, key: str) -> str:
        return key


class AllowedKeyMapper(PartitionMapper):
    """The same key, if it is one of these."""

    def __init__(self, allowed_keys: Sequence[str]) -> None:
        self.allowed_keys = allowed_keys

    def to_downstream(self, key: str) -> str:
        if key not in self.allowed_keys:
            raise ValueError(f"{key!r} is none of {', '.join(self.allowed_keys)}")
        return key


class FixedKeyMapper(PartitionMapper):
    """One key for all."""

    def __init__(self, downstream_key: str) -> None:
        self.downstream_key = downstream_key

    def to_downstream(self, key: str) -> str:
        return self.downstream_key


class _StartOf(PartitionMapper):
    """The time a key's moment is in, by its beginning."""

    output_format: ClassVar[str]

    def __init__(self, *, timezone: str = "UTC", input_format: str = "%Y-%m-%dT%H:%M:%S") -> None:
        self.zone, self.input_format = ZoneInfo(timezone), input_format

    def to_downstream(self, key: str) -> str:
        moment = dt.datetime.strptime(key, self.input_format)
        aware = moment.replace(tzinfo=self.zone) if moment.tzinfo is None else moment.astimezone(self.zone)
        return self.format(self.begin(aware))

    def to_partition_date(self, target: str) -> dt.datetime | None:
        return self.decode(target).replace(tzinfo=self.zone)

    def begin(self, moment: dt.datetime) -> dt.datetime:
        """The beginning of the time that a moment is in."""
        raise NotImplementedError

    def format(self, member: dt.datetime) -> str:
        return member.strftime(self.output_format)

    def decode(self, target: str) -> dt.datetime:
        """The beginning that `format` has made a key of, without time zone."""
        return dt.datetime.strptime(target, self.output_format)

    def encode(self, member: dt.datetime) -> str:
        return member.replace(tzinfo=self.zone).strftime(self.input_format)


class StartOfHourMapper(_StartOf):
    output_format = "%Y-%m-%dT%H"

    def begin(self, moment: dt.datetime) -> dt.datetime:
        return moment.replace(minute=0, second=0, microsecond=0)


class StartOfDayMapper(_StartOf):
    output_format = "%Y-%m-%d"

    def begin(self, moment: dt.datetime) -> dt.datetime:
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)


class StartOfWeekMapper(StartOfDayMapper):
    output_format = "%Y-%m-%d (W%V)"

    def begin(self, moment: dt.datetime) -> dt.datetime:
        return super().begin(moment - dt.timedelta(days=moment.weekday()))

    def decode(self, target: str) -> dt.datetime:
        return dt.datetime.strptime(target.partition(" ")[0], "%Y-%m-%d")


class StartOfMonthMapper(StartOfDayMapper):
    output_format = "%Y-%m"

    def begin(self, moment: dt.datetime) -> dt.datetime:
        return super().begin(moment.replace(day=1))


class StartOfQuarterMapper(StartOfMonthMapper):
    output_format = "%Y-Q{quarter}"

    def begin(self, moment: dt.datetime) -> dt.datetime:
        return super().begin(moment.replace(day=1, month=(moment.month - 1) // 3 * 3 + 1))

    def format(self, member: dt.datetime) -> str:
        return super().format(member).format(quarter=(member.month - 1) // 3 + 1)

    def decode(self, target: str) -> dt.datetime:
        found = re.fullmatch(r"(\d{4})-Q([1-4])", target)
        if found is None:
            raise ValueError(f"{target!r} is no quarter")
        return dt.datetime(int(found[1]), int(found[2]) * 3 - 2, 1)


class StartOfYearMapper(StartOfMonthMapper):
    output_format = "%Y"

    def begin(self, moment: dt.datetime) -> dt.datetime:
        return super().begin(moment.replace(month=1, day=1))


class ProductMapper(PartitionMapper):
    """A mapper for each part of the key."""

    def __init__(self, *mappers: PartitionMapper, delimiter: str = "|") -> None:
        self.mappers, self.delimiter = mappers, delimiter

    def to_downstream(self, key: str) -> str:
        parts = zip(self.mappers, key.split(self.delimiter), strict=True)  # a ValueError where they are not as many
        return self.delimiter.join(mapper.to_downstream(part) for mapper, part in parts)

    def to_partition_date(self, target: str) -> dt.datetime | None:
        parts = zip(self.mappers, target.split(self.delimiter), strict=True)
        found = [date for mapper, part in parts if (date := mapper.to_partition_date(part)) is not None]
        return found[0] if len(found) == 1 else None


class RollupMapper(PartitionMapper):
    """A run when all partitions that one is made of are updated, or at least some of them.

    `at_least` is Airflow's MinimumCount: so many, or with a negative number, all but so many.
    """

    def __init__(self, *, upstream_mapper: PartitionMapper, window: "Window", at_least: int | None = None) -> None:
        self.upstream_mapper, self.window, self.at_least = upstream_mapper, window, at_least

    def to_downstream(self, key: str) -> str:
        return self.upstream_mapper.to_downstream(key)

    def to_partition_date(self, target: str) -> dt.datetime | None:
        return self.upstream_mapper.to_partition_date(target)

    def is_complete(self, target: str, keys: Set[str]) -> bool:
        mapper = self.upstream_mapper
        wanted = {mapper.encode(member) for member in self.window.members(mapper.decode(target))}
        if self.at_least is None:
            return wanted <= keys
        enough = self.at_least if self.at_least > 0 else max(0, len(wanted) + self.at_least)
        return len(wanted & keys) >= enough


class FanOutMapper(PartitionMapper):
    """A run about each of the partitions that the updated one is made of."""

    def __init__(
        self, *, upstream_mapper: PartitionMapper, window: "Window", downstream_mapper: PartitionMapper
    ) -> None:
        self.upstream_mapper, self.window, self.downstream_mapper = upstream_mapper, window, downstream_mapper

    def targets(self, key: str) -> list[str]:
        begin = self.upstream_mapper.decode(self.upstream_mapper.to_downstream(key))
        return [self.downstream_mapper.format(member) for member in self.window.members(begin)]

    def to_partition_date(self, target: str) -> dt.datetime | None:
        return self.downstream_mapper.to_partition_date(target)


class Window:
    """The partitions that one is made of."""

    def members(self, begin: Any) -> Iterable[Any]:
        """Those of the one that begins there."""
        raise NotImplementedError


class HourWindow(Window):
    """The minutes of an hour."""

    def members(self, begin: dt.datetime) -> Iterable[dt.datetime]:
        return (begin + dt.timedelta(minutes=n) for n in range(60))


class DayWindow(Window):
    """The hours of a day, 24 whatever the clocks do."""

    def members(self, begin: dt.datetime) -> Iterable[dt.datetime]:
        return (begin + dt.timedelta(hours=n) for n in range(24))


class WeekWindow(Window):
    """The days of a week."""

    def members(self, begin: dt.datetime) -> Iterable[dt.datetime]:
        return (begin + dt.timedelta(days=n) for n in range(7))


class MonthWindow(Window):
    """The days of a month."""

    def members(self, begin: dt.datetime) -> Iterable[dt.datetime]:
        days = ((begin + dt.timedelta(days=32)).replace(day=1) - begin).days
        return (begin + dt.timedelta(days=n) for n in range(days))


class QuarterWindow(Window):
    """The months of a quarter."""

    def members(self, begin: dt.datetime) -> Iterable[dt.datetime]:
        return (begin.replace(month=begin.month + n) for n in range(3))


class YearWindow(Window):
    """The months of a year."""

    def members(self, begin: dt.datetime) -> Iterable[dt.datetime]:
        return (begin.replace(month=n) for n in range(1, 13))


class SegmentWindow(Window):
    """Keys that are known beforehand."""

    def __init__(self, segments: Iterable[str]) -> None:
        self.segments = frozenset(segments)

    def members(self, begin: str) -> Iterable[str]:
        return self.segments
