"""When a DAG runs: the forms of `schedule`, `schedule_interval` and `timetable`, per Airflow line.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/cron.html
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from ...airflow_model import PRESETS, AirflowLine, AssetCondition, AssetRef, Deferred, Schedule, Symbol, Unknown, Value
from ..objects import Instance
from .assets import AssetBase
from .dags import DagObject
from .freeze import Freezer
from .session import as_host
from .timetables import TimetableObject
from .values import parsed_date, plain


def schedule_of(dag: DagObject, line: AirflowLine, freezer: Freezer) -> Schedule:
    """The DAG's schedule. Absent, it is daily in Airflow 1 and 2 and none in 3."""
    zone = timezone_of(dag)
    for name in ("schedule", "schedule_interval", "timetable"):
        if name in dag.given and not (name == "timetable" and dag.given[name].value is None):
            return _schedule(plain(as_host(dag.given[name].value)), zone, line, freezer)
    if "**" in dag.given:
        return Schedule("unknown", freezer.value(dag.given["**"].value), timezone=zone)
    if line == "3":
        return Schedule("none", timezone=zone)
    return Schedule("interval", dt.timedelta(days=1), timezone=zone)


def _schedule(value: Any, zone: str, line: AirflowLine, freezer: Freezer) -> Schedule:
    # Airflow 3 gives cron and delta schedules no data intervals unless it is configured to ([scheduler]
    # create_cron_data_intervals and create_delta_data_intervals, both off).
    intervals = line != "3"
    match value:
        case None:
            return Schedule("none", timezone=zone)
        case "@once":
            return Schedule("once", timezone=zone)
        case "@continuous":
            return Schedule("continuous", timezone=zone)
        case str():
            return _cron(str(value), zone, intervals)
        case dt.timedelta():
            return Schedule("interval", value, timezone=zone, data_intervals=intervals)
        case AssetBase():
            return Schedule("assets", value.frozen(), timezone=zone)
        case list() | tuple() | set() | frozenset():
            return _assets([freezer.value(v) for v in value], zone)
        case TimetableObject():
            return _timetable(value, zone, freezer)
        case Instance():
            return Schedule("timetable", freezer.value(value), timezone=zone)
    frozen = freezer.value(value)
    if isinstance(frozen, Deferred) and _named(frozen) == "dateutil.relativedelta.relativedelta":
        return Schedule("interval", frozen, timezone=zone, data_intervals=intervals)
    if isinstance(frozen, Deferred) and _named(frozen).rpartition(".")[2].endswith(("Timetable", "Schedule")):
        return Schedule("timetable", frozen, timezone=zone)
    return _conditional(frozen, zone, line, freezer) or Schedule("unknown", frozen, timezone=zone)


def _conditional(value: Any, zone: str, line: AirflowLine, freezer: Freezer) -> Schedule | None:
    """`"@daily" if ENVIRONMENT == "production" else None`: a schedule that only some environments have."""
    match value:
        case Deferred(op="if", operands=(test, str() | dt.timedelta() as chosen, None)):
            only_if = test
        case Deferred(op="if", operands=(test, None, str() | dt.timedelta() as chosen)):
            only_if = _negated(test)
        case _:
            return None
    return replace(_schedule(chosen, zone, line, freezer), only_if=only_if)


_OPPOSITES = {"==": "!=", "!=": "==", "in": "not in", "not in": "in", "is": "is not", "is not": "is"}


def _negated(test: Value) -> Value:
    if isinstance(test, Deferred) and test.op in _OPPOSITES:
        return replace(test, op=_OPPOSITES[test.op])
    return Deferred("not", (test,))


def _named(value: Deferred) -> str:
    first = value.operands[0] if value.op == "call" and value.operands else None
    return first.path if isinstance(first, Symbol) else ""


def _cron(text: str, zone: str, intervals: bool) -> Schedule:
    preset = text if text in PRESETS else None
    return Schedule("cron", PRESETS.get(text, text), preset, zone, intervals)


def _assets(found: list[Any], zone: str) -> Schedule:
    if any(not isinstance(item, (AssetRef, AssetCondition)) for item in found):
        return Schedule("unknown", found, timezone=zone)
    return Schedule("assets", found, timezone=zone)


def _timetable(value: TimetableObject, zone: str, freezer: Freezer) -> Schedule:
    match value.name:
        case "NullTimetable":
            return Schedule("none", timezone=zone)
        case "OnceTimetable":
            return Schedule("once", timezone=zone)
        case "ContinuousTimetable":
            return Schedule("continuous", timezone=zone)
        case "CronDataIntervalTimetable" | "CronTriggerTimetable":
            cron, own = value.argument(0, "cron"), _zone_name(value.argument(1, "timezone"))
            interval = value.kwargs.get("interval")
            if isinstance(cron, str) and own and not interval:
                return _cron(cron, own, value.name == "CronDataIntervalTimetable")
        case "MultipleCronTriggerTimetable":
            own = _zone_name(value.kwargs.get("timezone"))
            if own and value.args and all(isinstance(c, str) for c in value.args) and not value.kwargs.get("interval"):
                crons = tuple(PRESETS.get(c, c) for c in value.args)
                return Schedule("cron", crons, timezone=own, data_intervals=False)
        case "DeltaDataIntervalTimetable" | "DeltaTriggerTimetable":
            delta = freezer.value(value.argument(0, "delta"))
            if not isinstance(delta, Unknown) and not value.kwargs.get("interval"):
                return Schedule(
                    "interval", delta, timezone=zone, data_intervals=value.name == "DeltaDataIntervalTimetable"
                )
        case "AssetTriggeredTimetable" | "DatasetTriggeredTimetable":
            host = as_host(value.argument(0, "assets"))
            if isinstance(host, AssetBase):
                return Schedule("assets", host.frozen(), timezone=zone)
    return Schedule("timetable", freezer.value(value), timezone=zone)


# --- dates ---------------------------------------------------------------------------------------------------


def _zone_name(zone: Any) -> str | None:
    """The name of a time zone given as text or object, None if it is not known."""
    match zone:
        case str():
            return str(zone)
        case dt.timezone() if zone == dt.timezone.utc:
            return "UTC"
        case dt.timezone():
            return _offset(zone)
        case dt.tzinfo():
            return str(getattr(zone, "key", None) or getattr(zone, "zone", None) or zone)
    return None


def _offset(zone: dt.timezone) -> str:
    minutes = int((zone.utcoffset(None) or dt.timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def date_of(dag: DagObject, name: str, freezer: Freezer) -> Any:
    """`start_date` or `end_date` as the scheduler has it: the DAG's own, that of default_args, or its tasks' extreme.

    Naive dates are UTC, texts are parsed.
    """
    value = dag.given[name].value if name in dag.given else None
    if value is None:
        value = dag.default_args.get(name)
    if value is None:
        # DAG._time_restriction: the earliest start (and, if every task has one, the latest end) of the tasks.
        own = [_date(t.arguments[name].value, name, freezer) for t in dag.tasks.values() if name in t.arguments]
        dates = [d for d in own if isinstance(d, dt.datetime)]
        if len(dates) < len(own) or not dates or (name == "end_date" and len(dates) < len(dag.tasks)):
            return None
        return min(dates) if name == "start_date" else max(dates)
    return _date(value, name, freezer)


def _date(value: Any, name: str, freezer: Freezer) -> Any:
    if isinstance(value, str):
        value = parsed_date(value) or Unknown(f"{name} {value!r} is no date")
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.timezone.utc)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.timezone.utc)
    return freezer.value(value)


def timezone_of(dag: DagObject) -> str:
    """The zone of the start date, UTC where it has none; the DAG's schedule is meant in it."""
    value = dag.given["start_date"].value if "start_date" in dag.given else None
    value = value or dag.default_args.get("start_date")
    if isinstance(value, str):
        value = parsed_date(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        return _zone_name(value.tzinfo) or "UTC"
    return "UTC"
