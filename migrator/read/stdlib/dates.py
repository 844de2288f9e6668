"""Models of datetime, zoneinfo, pytz, dateutil, pendulum, time and calendar: only known dates are real ones."""

from __future__ import annotations

import calendar
import datetime
import zoneinfo
from typing import TYPE_CHECKING, Any

from ...airflow_model import Deferred, Symbol
from ..moments import Days, PendulumDate
from ..natives import METHODS, SYMBOLS, method
from ..objects import Native, Raised
from .model import Names, late, lazy, pure, pures

if TYPE_CHECKING:
    from ..core import Place

SYMBOLS.update(
    {
        datetime.datetime: "datetime.datetime",
        datetime.date: "datetime.date",
        datetime.time: "datetime.time",
        datetime.timedelta: "datetime.timedelta",
        datetime.timezone: "datetime.timezone",
        zoneinfo.ZoneInfo: "zoneinfo.ZoneInfo",
    }
)


def _zone(name: Any, at: Place) -> Any:
    """A time zone by name."""
    if isinstance(name, datetime.tzinfo):
        return name
    if isinstance(name, (int, float)):
        return datetime.timezone(datetime.timedelta(hours=name))
    if not isinstance(name, str):
        return at.unknown("a time zone")
    if name.upper() == "UTC":
        return zoneinfo.ZoneInfo("UTC")
    if name == "local":
        return at.unknown("the local time zone")
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return Deferred("call", (Symbol("zoneinfo.ZoneInfo"), name), span=at.span)


# --- datetime ---


def _now(path: str) -> Any:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        return machine.defer_call(Symbol(path), args, kwargs, at.node, at.frame)

    return handler


for _cls, _names in (
    (datetime.datetime, "now utcnow today fromtimestamp utcfromtimestamp"),
    (datetime.date, "today fromtimestamp"),
):
    for _name in _names.split():
        METHODS[_cls, _name] = _now(f"datetime.{_cls.__name__}.{_name}")


@method(datetime.datetime, names="timestamp astimezone")
def _local(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """A naive datetime's depend on the machine's own zone."""
    name = "astimezone" if args or kwargs else "timestamp"
    if isinstance(owner, type) or owner.tzinfo is None or machine.later(args) is not None:
        return machine.defer_call(
            machine.defer("attribute", (owner,), at.node, at.frame, name=name), args, kwargs, at.node, at.frame
        )
    return owner.astimezone(*args, **kwargs) if args or kwargs else owner.timestamp()


def _shift(sign: int) -> Any:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if machine.later([*args, *kwargs.values()]) is not None or args:
            return at.unknown("a computed date")
        delta = _relativedelta(kwargs)
        if delta is None:
            return at.unknown("a computed date")
        if isinstance(owner, PendulumDate) and set(kwargs) & {"years", "months", "weeks", "days"}:
            return machine.guarded(lambda: owner.on_its_clocks(sign * delta), at.node, at.frame)
        return machine.guarded(lambda: owner + sign * delta, at.node, at.frame)

    return handler


METHODS[datetime.datetime, "add"] = _shift(1)
METHODS[datetime.datetime, "subtract"] = _shift(-1)


@method(datetime.datetime, names="in_timezone in_tz")
def _in_timezone(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    zone = _zone(args[0], at) if args else None
    return (
        owner.astimezone(zone)
        if isinstance(zone, datetime.tzinfo) and owner.tzinfo
        else at.unknown("a date in another zone")
    )


@method(datetime.datetime, names="to_date_string to_datetime_string to_iso8601_string")
def _texts(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return at.unknown("a date's text")


METHODS[datetime.datetime, "to_date_string"] = lambda machine, owner, args, kwargs, at: owner.strftime("%Y-%m-%d")
METHODS[datetime.datetime, "to_datetime_string"] = lambda machine, owner, args, kwargs, at: owner.strftime(
    "%Y-%m-%d %H:%M:%S"
)


@method(datetime.datetime, names="start_of end_of")
def _start_of(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    name = getattr(getattr(at.node, "func", None), "attr", "")
    if name != "start_of" or args[:1] not in (["day"], ["month"], ["year"], ["hour"]):
        return at.unknown("a computed date")
    lower = {"hour": {}, "day": {"hour": 0}, "month": {"hour": 0, "day": 1}, "year": {"hour": 0, "day": 1, "month": 1}}[
        args[0]
    ]
    return owner.replace(minute=0, second=0, microsecond=0, **lower)


def _localize(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """`pytz` zones, and pendulum's `convert`."""
    if machine.later(args) is not None or not isinstance(args[0], datetime.datetime):
        return at.unknown("a date in another zone")
    return args[0].replace(tzinfo=owner)


METHODS[datetime.tzinfo, "localize"] = _localize
METHODS[datetime.tzinfo, "convert"] = _localize
METHODS[datetime.tzinfo, "datetime"] = lambda machine, owner, args, kwargs, at: machine.guarded(
    lambda: PendulumDate(*args, **{**kwargs, "tzinfo": owner}), at.node, at.frame
)


# --- dateutil ---


def relativedelta_of(value: Any) -> Any:
    """The real relativedelta a deferred call of it stands for; None when it is none, or not known."""
    if (
        type(value) is Deferred
        and value.op == "call"
        and value.operands == (Symbol("dateutil.relativedelta.relativedelta"),)
    ):
        return _relativedelta(dict(value.keywords))
    return None


def _relativedelta(kwargs: dict[str, Any]) -> Any:
    if not all(isinstance(v, (int, float)) for v in kwargs.values()):
        return None
    if set(kwargs) <= {"weeks", "days", "hours", "minutes", "seconds", "microseconds"}:
        try:
            return datetime.timedelta(**kwargs)
        except OverflowError:
            return None
    try:
        from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped, unused-ignore]

        return relativedelta(**kwargs)
    except (ImportError, TypeError, ValueError):
        return None


def _parse(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """`dateutil.parser.parse` and `pendulum.parse` of an ISO date."""
    text = args[0] if args else None
    zone = kwargs.get("tz")
    is_pendulum = "tz" in kwargs or _called(at).startswith("pendulum")
    if isinstance(text, str) and not (set(kwargs) - {"tz"}):
        try:
            parsed = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            parsed = None
        if parsed is not None:
            if parsed.tzinfo is None and is_pendulum:
                found = _zone(zone or "UTC", at)
                return PendulumDate.of(parsed.replace(tzinfo=found)) if isinstance(found, datetime.tzinfo) else found
            return PendulumDate.of(parsed) if is_pendulum else parsed
    return machine.defer_call(
        Symbol("pendulum.parse" if is_pendulum else "dateutil.parser.parse"), args, kwargs, at.node, at.frame
    )


def _called(at: Place) -> str:
    import ast

    return ast.unparse(at.node.func) if isinstance(at.node, ast.Call) else ""


# --- pendulum ---


def _pendulum_datetime(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """An aware datetime; UTC when no zone is given."""
    kwargs = dict(kwargs)
    zone = kwargs.pop("tz", None) or kwargs.pop("tzinfo", None)
    kwargs.pop("fold", None)
    if len(args) == 8:
        args, zone = args[:7], args[7]
    late_value = machine.later([*args, *kwargs.values(), zone])
    found = None if late_value is not None else _zone("UTC" if zone is None else zone, at)
    if not isinstance(found, datetime.tzinfo):
        keywords = kwargs if zone is None else {**kwargs, "tz": found if found is not None else zone}
        return machine.defer_call(Symbol("pendulum.datetime"), args, keywords, at.node, at.frame)
    try:
        return PendulumDate(*args, **{**kwargs, "tzinfo": found})
    except (TypeError, ValueError, OverflowError) as error:
        raise Raised(error, at.span) from None


def _timezone(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    name = args[0] if args else kwargs.get("name", kwargs.get("tz"))
    if machine.later([name]) is not None:
        return machine.defer_call(Symbol("zoneinfo.ZoneInfo"), [name], {}, at.node, at.frame)
    return _zone(name, at)


def _duration(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later([*args, *kwargs.values()]) is None:
        if "months" not in kwargs and "years" not in kwargs:
            kind = Days if args or set(kwargs) & {"days", "weeks"} else datetime.timedelta
            return machine.guarded(lambda: kind(*args, **kwargs), at.node, at.frame)
        return machine.defer_call(Symbol("dateutil.relativedelta.relativedelta"), [], kwargs, at.node, at.frame)
    return machine.defer_call(Symbol("datetime.timedelta"), args, kwargs, at.node, at.frame)


def _instance(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0]
    if isinstance(value, datetime.datetime):
        zone = _zone(args[1] if len(args) > 1 else kwargs.get("tz", "UTC"), at)
        known = value.tzinfo is not None or not isinstance(zone, datetime.tzinfo)
        return PendulumDate.of(value if known else value.replace(tzinfo=zone))
    return machine.defer_call(Symbol("pendulum.instance"), args, kwargs, at.node, at.frame)


def _pendulum(machine: Any) -> dict[str, Any]:
    utc = zoneinfo.ZoneInfo("UTC")
    return {
        "datetime": lazy("pendulum.datetime", _pendulum_datetime),
        "DateTime": lazy("pendulum.datetime", _naive_or_aware),
        "create": lazy("pendulum.datetime", _pendulum_datetime),
        "timezone": lazy("pendulum.timezone", _timezone),
        "Timezone": lazy("pendulum.timezone", _timezone),
        "duration": lazy("pendulum.duration", _duration),
        "Duration": lazy("pendulum.duration", _duration),
        "interval": lazy("pendulum.duration", _duration),
        "date": datetime.date,
        "Date": datetime.date,
        "time": datetime.time,
        "Time": datetime.time,
        "parse": lazy("pendulum.parse", _parse),
        "instance": lazy("pendulum.instance", _instance),
        "UTC": utc,
        "utc": utc,
        "now": late("pendulum.now"),
        "today": late("pendulum.today"),
        "yesterday": late("pendulum.yesterday"),
        "tomorrow": late("pendulum.tomorrow"),
        "naive": pure("datetime.datetime", datetime.datetime),
        "from_timestamp": late("pendulum.from_timestamp"),
        "from_format": late("pendulum.from_format"),
        "local": late("pendulum.local"),
        **{
            day.upper(): n
            for n, day in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
        },
    }


def _naive_or_aware(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """`pendulum.DateTime(…)`: like datetime's own, naive without a zone."""
    if "tzinfo" in kwargs or "tz" in kwargs or len(args) == 8:
        return _pendulum_datetime(machine, args, kwargs, at)
    if machine.later([*args, *kwargs.values()]) is not None:
        return machine.defer_call(Symbol("datetime.datetime"), args, kwargs, at.node, at.frame)
    return machine.guarded(lambda: datetime.datetime(*args, **kwargs), at.node, at.frame)


def _datetime(machine: Any) -> dict[str, Any]:
    return {
        "datetime": datetime.datetime,
        "date": datetime.date,
        "time": datetime.time,
        "timedelta": datetime.timedelta,
        "timezone": datetime.timezone,
        "tzinfo": datetime.tzinfo,
        "UTC": datetime.timezone.utc,
        "MINYEAR": 1,
        "MAXYEAR": 9999,
    }


def _pytz(machine: Any) -> dict[str, Any]:
    utc = zoneinfo.ZoneInfo("UTC")
    return {"timezone": lazy("zoneinfo.ZoneInfo", _timezone), "utc": utc, "UTC": utc}


def _relative(machine: Any) -> dict[str, Any]:
    return {"relativedelta": late("dateutil.relativedelta.relativedelta")}


def _tz(machine: Any) -> dict[str, Any]:
    utc = zoneinfo.ZoneInfo("UTC")
    return {
        "gettz": lazy("zoneinfo.ZoneInfo", _timezone),
        "UTC": utc,
        "tzutc": Native("dateutil.tz.tzutc", lambda a, k, at: utc),
        "tzlocal": late("dateutil.tz.tzlocal"),
        "tzoffset": late("dateutil.tz.tzoffset"),
    }


def _dateutil(machine: Any) -> dict[str, Any]:
    return {name: machine.native_module(f"dateutil.{name}") for name in ("relativedelta", "parser", "tz")}


def _time(machine: Any) -> dict[str, Any]:
    return {
        "sleep": Native("time.sleep", lambda a, k, at: None, lazy=True),
        **{
            name: late(f"time.{name}")
            for name in (
                "time",
                "time_ns",
                "monotonic",
                "perf_counter",
                "localtime",
                "gmtime",
                "strftime",
                "ctime",
                "mktime",
            )
        },
    }


NAMES: Names = {
    "datetime": _datetime,
    "zoneinfo": lambda machine: {
        "ZoneInfo": zoneinfo.ZoneInfo,
        "ZoneInfoNotFoundError": zoneinfo.ZoneInfoNotFoundError,
    },
    "backports.zoneinfo": lambda machine: {"ZoneInfo": zoneinfo.ZoneInfo},
    "pytz": _pytz,
    "dateutil": _dateutil,
    "dateutil.relativedelta": _relative,
    "dateutil.parser": lambda machine: {
        "parse": lazy("dateutil.parser.parse", _parse),
        "isoparse": lazy("dateutil.parser.parse", _parse),
    },
    "dateutil.tz": _tz,
    "pendulum": _pendulum,
    "pendulum.tz": lambda machine: {"timezone": lazy("pendulum.timezone", _timezone), "UTC": zoneinfo.ZoneInfo("UTC")},
    "pendulum.tz.timezone": lambda machine: {
        "Timezone": lazy("pendulum.timezone", _timezone),
        "UTC": zoneinfo.ZoneInfo("UTC"),
    },
    "pendulum.datetime": lambda machine: {"DateTime": lazy("pendulum.datetime", _naive_or_aware)},
    "time": _time,
    "calendar": lambda machine: pures(
        "calendar",
        calendar,
        [
            "monthrange",
            "isleap",
            "day_name",
            "month_name",
            "weekday",
            "timegm",
            "MONDAY",
            "SUNDAY",
            "day_abbr",
            "month_abbr",
        ],
    ),
}
