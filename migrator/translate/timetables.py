"""What a schedule says: times, assets, or both; Airflow's own timetables are taken apart.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Literal

from .. import airflow_model as am
from ..read.names import is_airflow
from ..records import dataclass
from .crons import months_cron, zone_text

Kind = Literal["none", "cron", "every", "once", "continuous", "dates", "assets", "own"]


@dataclass(frozen=True, slots=True)
class KeysOfTicks:
    """Partition keys: the tick that is `offset` ticks after the run's own, by `fmt`."""

    fmt: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Mappers:
    """The partition mappers of a PartitionedAssetTimetable; `default` None is the one that changes nothing."""

    default: am.Value = None
    of: tuple[tuple[am.Value, am.Value], ...] = ()
    """Those of single assets."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A schedule as parts. `fault` says why there is none, under `code`."""

    kind: Kind = "none"
    crons: tuple[str, ...] = ()
    timezone: str = "UTC"
    every: dt.timedelta | None = None
    dates: tuple[dt.datetime, ...] = ()
    data_intervals: bool = True
    lookback: dt.timedelta | None = None
    """How long before its tick a run's data interval begins, where that is not the tick before."""
    assets: am.Value = None
    keys: KeysOfTicks | None = None
    """How the partitions are called that runs are about."""
    mappers: Mappers | None = None
    """Which partitions runs are about that updates of partitions start."""
    own: am.InstanceRef | None = None
    """A timetable of the user's own."""
    fault: str = ""
    code: str = "A2D103"


def plan_of(schedule: am.Schedule, zone: str = "UTC") -> Plan:
    """The parts of a DAG's schedule; `zone` is that of its start date."""
    value = schedule.value
    match schedule.kind:
        case "none":
            return Plan()
        case "unknown":
            return Plan(fault=f"The schedule is {describe(value)}", code="A2D102")
        case "once" | "continuous":
            return Plan(schedule.kind, timezone=schedule.timezone or zone)
        case "assets":
            return _assets(value)
        case "timetable":
            return _timetable(value, schedule.timezone or zone)
        case "interval":
            return _interval(value, schedule.data_intervals)
    crons = tuple(value) if isinstance(value, tuple) else (value,)
    return Plan("cron", crons, schedule.timezone or "UTC", data_intervals=schedule.data_intervals)


def _assets(value: am.Value) -> Plan:
    return Plan("assets", assets=value) if value else Plan(fault="The list of assets is empty")


def _interval(value: am.Value, data_intervals: bool) -> Plan:
    """A timedelta or relativedelta. Both are added in UTC; one of months is the cron of a day of the month."""
    if isinstance(value, am.Deferred):
        value = _relative(value)
    if isinstance(value, dt.timedelta) and value > dt.timedelta(0):
        return Plan("every", timezone="UTC", every=value, data_intervals=data_intervals)
    return Plan(fault=f"The interval is {describe(value)}, which no schedule is equal to")


_UNITS = {"weeks": 7 * 86400, "days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}


def _relative(value: am.Deferred) -> am.Value:
    """A relativedelta of fixed length as timedelta; anything else as it is."""
    numbers = {n: v for n, v in value.keywords if isinstance(v, int | float) and not isinstance(v, bool)}
    if len(value.operands) != 1 or len(numbers) < len(value.keywords) or not numbers.keys() <= _UNITS.keys():
        return value
    return dt.timedelta(seconds=sum(_UNITS[name] * number for name, number in numbers.items()))


def months_cron_of(schedule: am.Schedule, start: dt.datetime) -> str | None:
    """The cron of a relativedelta of whole months from `start` on, if the schedule is one."""
    value = schedule.value
    if schedule.kind != "interval" or not isinstance(value, am.Deferred):
        return None
    numbers = dict(value.keywords)
    if not numbers.keys() <= {"months", "years"} or not all(isinstance(v, int) for v in numbers.values()):
        return None
    return months_cron(numbers.get("months", 0) + 12 * numbers.get("years", 0), start)


PARTITIONED = ("CronPartitionTimetable", "PartitionedAssetTimetable", "PartitionedAtRuntime")


def is_partitioned(schedule: am.Schedule) -> bool:
    """Whether the runs are about partitions of Airflow's, and so are the updates of assets that they make."""
    value = schedule.value
    called = value.operands[0] if isinstance(value, am.Deferred) and value.op == "call" and value.operands else None
    return isinstance(called, am.Symbol) and called.path.rpartition(".")[2] in PARTITIONED


# --- timetables ------------------------------------------------------------------------------------------------


def _timetable(value: am.Value, zone: str) -> Plan:
    """One of Airflow's timetables, or one of the user's own, whose ticks only its code knows."""
    if isinstance(value, am.InstanceRef):
        return Plan("own", timezone=zone, own=value)
    if not (isinstance(value, am.Deferred) and value.op == "call" and isinstance(value.operands[0], am.Symbol)):
        return Plan(fault=_custom(value))
    name = value.operands[0].path.rpartition(".")[2]
    call = _Call(value.operands[1:], dict(value.keywords))
    match name:
        case "NullTimetable":
            return Plan()
        case "OnceTimetable":
            return Plan("once", timezone=zone)
        case "ContinuousTimetable":
            return Plan("continuous", timezone=zone)
        case "CronTriggerTimetable" | "CronDataIntervalTimetable":
            return _cron(call, (call.get(0, "cron"),), call.get(1, "timezone"), name == "CronDataIntervalTimetable")
        case "CronPartitionTimetable":
            return _keyed(call, _cron(call, (call.get(0, "cron"),), call.get(-1, "timezone"), False))
        case "MultipleCronTriggerTimetable":
            return _cron(call, tuple(call.args), call.get(-1, "timezone"), False)
        case "DeltaTriggerTimetable" | "DeltaDataIntervalTimetable":
            plan = _interval(call.get(0, "delta"), name == "DeltaDataIntervalTimetable")
            return _looking_back(call, plan)
        case "EventsTimetable":
            return _events(call.get(0, "event_dates"))
        case "PartitionedAtRuntime":
            return Plan()
        case "PartitionedAssetTimetable":
            config = call.get(-1, "partition_mapper_config")
            of = tuple(config.items()) if isinstance(config, dict) else ()
            if config is not None and not isinstance(config, dict):
                return Plan(fault="The partition mappers of the timetable are not known")
            mappers = Mappers(call.get(-1, "default_partition_mapper"), of)
            return replace(_assets(call.get(-1, "assets")), mappers=mappers)
        case "AssetTriggeredTimetable" | "DatasetTriggeredTimetable":
            return _assets(call.get(0, "assets") or call.get(0, "datasets"))
        case "AssetOrTimeSchedule" | "DatasetOrTimeSchedule":
            timed = _timetable(call.get(-1, "timetable"), zone)
            assets = call.get(-1, "assets") or call.get(-1, "datasets")
            return replace(timed, assets=assets) if assets else timed
    return Plan(fault=_custom(value))


@dataclass(frozen=True, slots=True)
class _Call:
    args: tuple[am.Value, ...]
    keywords: dict[str, am.Value]

    def get(self, position: int, name: str) -> am.Value:
        return self.args[position] if 0 <= position < len(self.args) else self.keywords.get(name)


def _cron(call: _Call, crons: tuple[am.Value, ...], zone: am.Value, data_intervals: bool) -> Plan:
    known = tuple(am.PRESETS.get(c, c) for c in crons if isinstance(c, str))
    if not known or len(known) < len(crons):
        return Plan(fault="The cron expressions of the timetable are not known")
    if isinstance(zone, am.Unknown | am.Deferred | None):
        zone = _named_zone(zone)
    if zone is None:
        return Plan(fault="The time zone of the timetable is not known")
    plan = Plan("cron", known, zone_text(zone), data_intervals=data_intervals)
    return _looking_back(call, plan)


def _keyed(call: _Call, plan: Plan) -> Plan:
    """Airflow 3.3: each tick is about a partition, and has no logical date."""
    fmt, offset = call.keywords.get("key_format", "%Y-%m-%dT%H:%M:%S"), call.keywords.get("run_offset") or 0
    if plan.fault:
        return plan
    if not isinstance(fmt, str) or not isinstance(offset, int):
        return Plan(fault="How the timetable calls its partitions is not known")
    if offset not in (0, -1):
        return Plan(fault=f"A run is about the partition {offset} ticks from its own (`run_offset`)")
    return replace(plan, keys=KeysOfTicks(fmt, offset))


def _named_zone(zone: am.Value) -> str | None:
    """The name of `pendulum.timezone("…")` or `ZoneInfo("…")`."""
    if isinstance(zone, am.Deferred) and len(zone.operands) == 2 and isinstance(zone.operands[1], str):
        return zone.operands[1]
    return None


def _looking_back(call: _Call, plan: Plan) -> Plan:
    interval = call.keywords.get("interval")
    if not interval or plan.fault:
        return plan
    interval = _relative(interval) if isinstance(interval, am.Deferred) else interval
    if not isinstance(interval, dt.timedelta):
        return Plan(fault=f"The data interval of the timetable is {describe(interval)}")
    return replace(plan, lookback=interval)


def _events(dates: am.Value) -> Plan:
    if not isinstance(dates, list | tuple) or not all(isinstance(d, dt.datetime) for d in dates):
        return Plan(fault="The dates of the EventsTimetable are not known")
    return Plan("dates", dates=tuple(dates), data_intervals=False)


def _custom(value: am.Value) -> str:
    match value:
        case am.Deferred(operands=(am.Symbol(path=path), *_)) | am.Symbol(path=path) if not is_airflow(path):
            return f"{describe(value)} is a timetable whose class is not in the given folders"
    return f"{describe(value)} is a timetable whose ticks only its own code knows"


def describe(value: object) -> str:
    """A value in a message."""
    match value:
        case am.Unknown():
            return f"not known ({value.reason})"
        case am.Symbol():
            return f"`{value.path}`"
        case am.InstanceRef():
            return f"`{value.cls.name}`"
        case am.Deferred(op="call", operands=(am.Symbol(path=path), *_)):
            return f"`{path}(…)`"
        case am.Deferred() | am.VariableRef() | am.EnvRef():
            return "computed when the file is loaded"
        case None:
            return "not given"
    return str(value)
