"""When a DAG runs: its Airflow schedule as a Dagster schedule, or as partitions with the same data intervals."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from .. import airflow_model as am
from ..dagster_model import Partitions
from ..findings import Finding

FORMAT = "%Y-%m-%dT%H:%M:%S%z"
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Timing:
    """What was decided about a DAG's runs. `crons` is empty where there is no schedule to write."""

    crons: tuple[str, ...] = ()
    timezone: str = "UTC"
    partitions: Partitions | None = None
    end: str | None = None
    findings: tuple[Finding, ...] = ()
    reason: str = ""


def timing(dag: am.Dag, partitioned_because: str) -> Timing:
    """Decide how the DAG's runs are asked for; `partitioned_because` is empty where no task needs partitions."""
    schedule = dag.schedule
    argument = next((a for n in ("schedule", "schedule_interval", "timetable") if (a := dag.argument(n))), None)
    span = argument.span if argument else dag.span

    def without(code: str, message: str) -> Timing:
        return Timing(findings=(Finding(code, message, span, dag_id=dag.dag_id),), reason="No schedule: " + message)

    match schedule.kind:
        case "none":
            return Timing(reason="No schedule, as in Airflow.")
        case "unknown":
            return without("A2D102", f"The schedule is {_describe(schedule.value)}")
        case "once":
            return without("A2D103", "`@once`: run the job once by hand after the cut-over")
        case "continuous":
            return without("A2D103", "`@continuous` starts a run whenever none is running")
        case "assets":
            return without("A2D103", "The DAG runs when assets are updated")
        case "timetable":
            return without("A2D103", f"A timetable, {_describe(schedule.value)}")
    zone = schedule.timezone or "UTC"
    crons = schedule.value if isinstance(schedule.value, tuple) else (schedule.value,)
    if schedule.kind == "interval":
        cron = interval_cron(schedule.value, dag.start_date)
        if cron is None:
            return without("A2D103", f"No cron expression is equal to every {_describe(schedule.value)}")
        crons, zone = (cron,), "UTC"
    for cron in crons:
        if not valid_cron(cron):
            return without("A2D104", f"{cron!r} is not a cron expression that Dagster reads")
    return _timing(dag, crons, zone, partitioned_because)


def _timing(dag: am.Dag, crons: tuple[str, ...], zone: str, partitioned_because: str) -> Timing:
    findings: list[Finding] = []
    start, end = aware(dag.start_date), aware(dag.end_date)
    last_tick = None if end is None else _tick_limit(end, crons, zone, dag.schedule.data_intervals)
    if not partitioned_because:
        return Timing(crons, zone, end=last_tick, reason="Not partitioned: no task reads its dates.")
    if start is None or len(crons) != 1:
        why = "the start date is not fixed" if start is None else "there are several cron expressions"
        if start is None:
            argument = dag.argument("start_date")
            described = _describe(dag.start_date)
            message = (
                f"The start date is {described}: the job has no partitions, its runs take their dates from the tick"
            )
            findings.append(Finding("A2D105", message, argument.span if argument else dag.span, dag_id=dag.dag_id))
        return Timing(crons, zone, end=last_tick, findings=tuple(findings), reason=f"Not partitioned: {why}.")
    if dag.catchup is True:
        argument = dag.argument("catchup")
        message = "Missed intervals are not run by themselves" + ("" if argument else " (catchup is on by default)")
        findings.append(Finding("A2D106", message, argument.span if argument else dag.span, dag_id=dag.dag_id))
    partitions = Partitions(
        cron=crons[0],
        start=start.strftime(FORMAT),
        timezone=zone,
        end=None if end is None else _partition_end(end, crons[0], zone),
        end_offset=0 if dag.schedule.data_intervals else 1,
    )
    return Timing(crons, zone, partitions, last_tick, tuple(findings), f"Partitioned: {partitioned_because}.")


def valid_cron(cron: object) -> bool:
    """Whether Dagster accepts it: five fields (or a preset Airflow resolved), no `H`, no `R`, no `5L`."""
    if not isinstance(cron, str) or len(cron.split()) != 5:
        return False
    if re.search(r"(?i)\bh\b|\br\b|h\(|r\(|[0-7]l", cron.split()[4]) or re.search(r"[HR](\(|$|\s|/)", cron):
        return False
    from croniter import croniter

    return bool(croniter.is_valid(cron))


def interval_cron(every: object, start: object) -> str | None:
    """The cron expression, in UTC, whose ticks are `start` plus multiples of `every`; None where there is none."""
    if not isinstance(every, dt.timedelta) or every <= dt.timedelta(0) or every % dt.timedelta(minutes=1):
        return None
    anchor = aware(start) or dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
    anchor = anchor.astimezone(dt.timezone.utc)
    if anchor.second or anchor.microsecond:
        return None
    minutes = int(every.total_seconds()) // 60
    if every == 7 * DAY:
        return f"{anchor.minute} {anchor.hour} * * {anchor.isoweekday() % 7}"
    if every == DAY:
        return f"{anchor.minute} {anchor.hour} * * *"
    if minutes % 60 == 0 and 24 % (hours := minutes // 60) == 0:
        first = anchor.hour % hours
        return f"{anchor.minute} {'*' if hours == 1 else _steps(first, 23, hours)} * * *"
    if 60 % minutes == 0:
        return f"{'*' if minutes == 1 else _steps(anchor.minute % minutes, 59, minutes)} * * * *"
    return None


def _steps(first: int, last: int, step: int) -> str:
    return f"*/{step}" if first == 0 else f"{first}-{last}/{step}"


def aware(value: object) -> dt.datetime | None:
    """A start or end date as Airflow takes it: a date without time zone is in UTC. None where it is not known."""
    if not isinstance(value, dt.datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=dt.timezone.utc)


def _next_tick(after: dt.datetime, cron: str, zone: str) -> dt.datetime:
    from zoneinfo import ZoneInfo

    from croniter import croniter

    return croniter(cron, after.astimezone(ZoneInfo(zone))).get_next(dt.datetime)


def _partition_end(end: dt.datetime, cron: str, zone: str) -> str:
    """Dagster's `end` is exclusive: the first tick after the last logical date (Airflow's end_date is inclusive)."""
    return _next_tick(end, cron, zone).strftime(FORMAT)


def _tick_limit(end: dt.datetime, crons: tuple[str, ...], zone: str, data_intervals: bool) -> str:
    """The last moment a tick may have: the end of the last interval, or the last logical date itself in Airflow 3."""
    if not data_intervals:
        return end.strftime(FORMAT)
    return max(_next_tick(end, cron, zone) for cron in crons).strftime(FORMAT)


def _describe(value: object) -> str:
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
