"""The sensors that start a DAG's job, as code: what falls due, what is known beforehand, updates of assets."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from .. import airflow_model as am
from ..dagster_model import Code, Import, Origin, Sensor
from ..records import dataclass
from .outlets import Outlets, key_text
from .pen import Pen
from .timetables import Plan, describe

DATETIME, TIMEDELTA = Import("datetime", "datetime"), Import("datetime", "timedelta")


@dataclass(frozen=True, slots=True)
class Text:
    """An expression or the body of a sensor, with what it imports."""

    text: str
    imports: tuple[Import, ...] = ()

    def __str__(self) -> str:
        return self.text


def code(text: Text) -> Code:
    return Code(text.text, tuple(sorted(set(text.imports))))


def returns(body: Text) -> str:
    """The return annotation of a sensor with this body."""
    return "dg.SensorResult | dg.SkipReason" if "return request_" in body.text else "dg.RunRequest"


# --- bodies ----------------------------------------------------------------------------------------------------


def due(calendar: Text | str, cutover: str, *, in_order: bool) -> Text:
    """Every run that falls due from the cut-over on."""
    rest = ", after_success_of=job.name" if in_order else ""
    what = "once the one before it has succeeded" if in_order else "once"
    return _body(
        f"Asks for each run that falls due from the cut-over on, {what}.",
        f"return request_due(context, {calendar}, cutover={cutover}{rest})",
        _named("request_due"),
        *_imports(calendar),
    )


def latest(calendar: Text) -> Text:
    """The last run that has fallen due."""
    what = "Asks for the last run that has fallen due; missed ones are not caught up."
    return _body(what, f"return request_latest(context, {calendar})", _named("request_latest"), *calendar.imports)


def once(dates_: tuple[dt.datetime, ...], cutover: str) -> Text:
    """One run, ever. Airflow has had it if its date is before the cut-over."""
    if not dates_:
        return Text('return dg.RunRequest(run_key="once")')
    return due(dates(dates_), cutover, in_order=False)


def continuous(cutover: str, start: dt.datetime | None, end: dt.datetime | None) -> Text:
    """A run whenever none is going on."""
    bounds = "".join(f", {n}={moment(d)}" for n, d in (("start", start), ("end", end)) if d is not None)
    return _body(
        "Asks for a run whenever none is going on.",
        f"return request_continuously(context, job.name, cutover={cutover}{bounds})",
        _named("request_continuously"),
        *([DATETIME] if bounds else []),
    )


def planned(
    timetable: str, start: dt.datetime | None, end: dt.datetime | None, cutover: str, *, catchup: bool, in_order: bool
) -> Text:
    """The runs that a timetable of the user's own plans."""
    arguments = [
        "context",
        timetable,
        *(f"{name}={moment(date)}" for name, date in (("start", start), ("end", end)) if date is not None),
        *(["catchup=True"] if catchup else []),
        *([f"cutover={cutover}"] if cutover else []),
        *(["after_success_of=job.name"] if in_order else []),
    ]
    since = " from the cut-over on" if cutover else ""
    when = ", once the one before it has succeeded" if in_order else ""
    return _body(
        f"Asks for each run that the timetable plans{since}{when}.",
        f"return request_planned({', '.join(arguments)})",
        Import("@compat.planned", "request_planned"),
        *([DATETIME] if start or end else []),
    )


def _body(what: str, statement: str, *imports: Import) -> Text:
    return Text(f'"""{what}"""\n{statement}', imports)


def _named(name: str) -> Import:
    return Import("@compat.schedules", name)


def _imports(calendar: Text | str) -> tuple[Import, ...]:
    return calendar.imports if isinstance(calendar, Text) else ()


# --- calendars -------------------------------------------------------------------------------------------------


def crons(plan: Plan, start: dt.datetime | None, end: dt.datetime | None) -> Text:
    arguments = [
        f"{list(plan.crons)!r}",
        *([f"timezone={plan.timezone!r}"] if plan.timezone != "UTC" else []),
        *(["data_intervals=True"] if plan.data_intervals else []),
    ]
    return _calendar("Crons", arguments, plan, start=start, end=end)


def every(plan: Plan, start: dt.datetime, end: dt.datetime | None) -> Text:
    assert plan.every is not None
    arguments = [duration(plan.every), *(["data_intervals=True"] if plan.data_intervals else [])]
    return _calendar("Every", arguments, plan, start=start, end=end)


def _calendar(name: str, arguments: list[str], plan: Plan, **bounds: dt.datetime | None) -> Text:
    arguments += [f"{bound}={moment(date)}" for bound, date in bounds.items() if date is not None]
    arguments += [f"lookback={duration(plan.lookback)}"] if plan.lookback else []
    text = f"{name}({', '.join(arguments)})"
    used = [i for i in (DATETIME, TIMEDELTA) if f"{i.name}(" in text or f"{i.name}." in text]
    return Text(text, (_named(name), *used))


def dates(found: tuple[dt.datetime, ...]) -> Text:
    return Text(f"Dates([{', '.join(map(moment, found))}])", (_named("Dates"), DATETIME))


def moment(date: dt.datetime) -> str:
    return f'datetime.fromisoformat("{re.sub("Z$", "+00:00", aware(date).isoformat())}")'


def aware(date: dt.datetime) -> dt.datetime:
    return date if date.tzinfo is not None else date.replace(tzinfo=dt.timezone.utc)


def duration(length: dt.timedelta) -> str:
    """A timedelta in the largest unit that it is a whole number of."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1)):
        if length % dt.timedelta(seconds=size) == dt.timedelta(0):
            return f"timedelta({unit}={length // dt.timedelta(seconds=size)})"
    return f"timedelta(seconds={length.total_seconds()!r})"


# --- assets ----------------------------------------------------------------------------------------------------


_DECIDED = ": which assets it stands for is decided while Airflow runs"


class _Alias(Exception):
    """An asset whose updates nothing can wait for: it is only known at run time, or they start nothing."""


def on_updates(
    value: am.Value, outlets: Outlets, airflow: str, name: str, job: str, *, told: bool = False
) -> Sensor | str:
    """The sensor that asks for a run when assets are updated, or why there is none.

    `told`: it tells the run which updates that is about.
    """
    items = list(value) if isinstance(value, list | tuple) else [value]
    if isinstance(value, set | frozenset):
        items = sorted(value, key=repr)
    condition = items[0] if len(items) == 1 else am.AssetCondition("and", tuple(items))
    try:
        text = _condition(condition, outlets)
    except _Alias as error:
        return str(error)
    used = [n for n in ("AllOf", "AnyOf") if f"{n}(" in text]
    line = ', airflow="3"' if airflow == "3" else ""
    imports: tuple[Import, ...] = ()
    if told and (assets := _assets(condition, outlets)):
        line += f", assets={{{', '.join(assets)}}}"
        imports = (Import("@compat.events", "Asset"),)
    body = _body(
        "Asks for a run when the assets were updated since the last one.",
        f"return request_on_updates(context, {text}{line})",
        *(Import("@compat.updates", n) for n in ("request_on_updates", *used)),
        *imports,
    )
    return Sensor(name, job, code(body), Origin(""), returns=returns(body))


def _condition(item: am.Value, outlets: Outlets) -> str:
    match item:
        case am.AssetCondition(op=op, items=items):
            parts = [_condition(i, outlets) for i in items]
            return parts[0] if len(parts) == 1 else f"{'AllOf' if op == 'and' else 'AnyOf'}([{', '.join(parts)}])"
        case am.AssetRef(kind="asset"):
            found = [key for key in outlets.keys(item) if key not in outlets.partitioned]
            if not found:
                raise _Alias(f"Updates of {item.name or item.uri!r} are of partitions, which start no DAG without")
            keys = [key_text(key) for key in found]
            return keys[0] if len(keys) == 1 else f"AnyOf([{', '.join(keys)}])"
        case am.AssetRef():
            raise _Alias(f"The asset alias {item.name!r}{_DECIDED}")
    raise _Alias(f"An asset is {describe(item)}{_DECIDED}")


def _assets(condition: am.Value, outlets: Outlets) -> list[str]:
    """What stands for each asset, as items of a dict; none where an update may be several events in Airflow."""
    found: dict[str, None] = {}
    for ref in references(condition):
        keys = [key for key in outlets.keys(ref) if key not in outlets.partitioned]
        if not outlets.mapped.isdisjoint(keys):
            return []
        found[f"{Pen().expression(outlets.whole(ref))}: [{', '.join(map(key_text, keys))}]"] = None
    return list(found)


def references(condition: am.Value) -> Iterator[am.AssetRef]:
    """The assets of a condition."""
    match condition:
        case am.AssetCondition(items=items):
            for item in items:
                yield from references(item)
        case am.AssetRef():
            yield condition
