"""What Airflow stores for an XCom value and reads back: JSON, with types noted for some of what JSON does not have.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/xcoms.html
https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/serializers.html

Airflow 2 hands a value to Python's JSON encoder and notes types only where that gives up, so a tuple inside a dict
comes back as a list. Airflow 3 walks through the value itself, keeps every tuple, and sends the result to its
supervisor and through an HTTP API, which know neither NaN nor integers beyond 64 bits.
"""

import dataclasses
import datetime as dt
import decimal
import enum
import fnmatch
import json
import uuid
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import pendulum

CLASS, VERSION, DATA = "__classname__", "__version__", "__data__"
RESERVED = (CLASS, "__id__")
PRIMITIVES = (bool, int, float, str)
NUMPY = {
    *(f"numpy.{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)),
    *("numpy.float16", "numpy.float32", "numpy.float64", "numpy.complex64", "numpy.complex128"),
    *("numpy.bool", "numpy.bool_"),
}


def to_json(value: Any, airflow: str = "2") -> str:
    """The text that is stored for `value` by that line of Airflow ("1", "2" or "3").

    Raises TypeError for what has no serialisation (bytes, a plain class) and, in Airflow 3, ValueError for NaN and
    infinity and OverflowError for integers beyond 64 bits: the task that pushes such a value fails, as it does there.
    """
    if airflow == "3":
        encoded = _encode(value, "3")
        _refuse_big(encoded)
        text = json.dumps(encoded, ensure_ascii=False, allow_nan=False)
        text.encode()  # half a surrogate pair is not UTF-8; the API client fails on it too
        return text
    if isinstance(value, dict):
        _refuse_reserved(value)
    if isinstance(value, tuple):  # the one place where Airflow 2 keeps a tuple
        value = _encode(value, "2")
    return json.dumps(value, default=lambda inner: _encode(inner, "2"))


def from_json(text: str, airflow: str = "2", allowed_classes: Sequence[str] = ()) -> Any:
    """The value a task gets that pulls a stored text.

    `allowed_classes` are patterns of the user's classes that may be made again, as in Airflow's option
    `[core] allowed_deserialization_classes`. Any other class raises ImportError, as it does there.
    """
    return _decode(json.loads(text), airflow, allowed_classes)


def _encode(value: Any, airflow: str) -> Any:
    if value is None or (airflow != "3" and isinstance(value, PRIMITIVES)):
        return value.value if isinstance(value, enum.Enum) else value
    if isinstance(value, list):
        return [_encode(item, airflow) for item in value]
    if isinstance(value, dict):
        _refuse_reserved(value)
        return {str(key): _encode(item, airflow) for key, item in value.items()}
    known = _encode_known(value, _class_name(value), airflow)
    if known is None and isinstance(value, PRIMITIVES):
        return value.value if isinstance(value, enum.Enum) else value
    name, version, data = known or _encode_custom(value, airflow)
    return {CLASS: name, VERSION: version, DATA: _encode(data, airflow)}


def _encode_known(value: Any, name: str, airflow: str) -> tuple[str, int, Any] | None:
    """Class name, version and data of the types Airflow has a serialiser for; chosen by the exact class, as there."""
    if hasattr(value, "_asdict") and hasattr(value, "_fields"):  # a named tuple comes back as a plain one
        name = "builtins.tuple"
    match name:
        case "builtins.tuple" | "builtins.set" | "builtins.frozenset":
            return name, 1, list(value)
        case "decimal.Decimal":
            exponent = value.as_tuple().exponent
            return name, 1, int(value) if isinstance(exponent, int) and exponent >= 0 else float(value)
        case "datetime.datetime" | "pendulum.datetime.DateTime":
            zone = None if value.tzinfo is None else _zone(value.tzinfo)
            if zone and airflow == "3":
                zone[1] = ""  # Airflow 3 reads a datetime's zoneinfo.ZoneInfo back as a pendulum timezone
            return name, 2, {"timestamp": value.timestamp(), "tz": zone}
        case "datetime.timedelta":
            return name, 2, value.total_seconds()
        case "datetime.date":
            return name, 2, value.isoformat()
        case "pendulum.date.Date" if airflow == "3":
            return name, 2, value.isoformat()
        case "uuid.UUID" if airflow == "3":
            return name, 1, str(value)
        case "pendulum.tz.timezone.FixedTimezone" | "pendulum.tz.timezone.Timezone" | "zoneinfo.ZoneInfo":
            return name, 1, _zone(value)[0]
    if name in NUMPY and (name, airflow) != ("numpy.float32", "2"):  # forgotten in Airflow 2.11
        return name, 1, _numpy_number(value, airflow)
    if name in ("pandas.DataFrame", "pandas.core.frame.DataFrame"):
        return name, 1, value.to_parquet(compression="snappy").hex()
    return None


def _encode_custom(value: Any, airflow: str) -> tuple[str, int, Any]:
    """The user's own classes: with a method `serialize`, pydantic models, dataclasses, attrs classes."""
    name, version = _class_name(value), getattr(type(value), "__version__", 0)
    if _is_model(value) and airflow == "3":
        return name, 1, value.model_dump(mode="json")
    if hasattr(value, "serialize"):
        return name, version, value.serialize()
    if _is_model(value):
        return name, version, value.model_dump()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return name, version, dataclasses.asdict(value)
    if hasattr(type(value), "__attrs_attrs__"):
        return name, version, {a.name: getattr(value, a.name) for a in value.__attrs_attrs__ if a.init}
    raise TypeError(f"cannot serialize object of type {type(value)}")


def _decode(value: Any, airflow: str, allowed: Sequence[str]) -> Any:
    if isinstance(value, list):
        return [_decode(item, airflow, allowed) for item in value]
    if not isinstance(value, dict):
        return value
    if "__type" in value and "__var" in value:  # as Airflow wrote it before 2.5; it still reads it
        value = (
            value["__var"] if value["__type"] == "dict" else {CLASS: value["__type"], VERSION: 0, DATA: value["__var"]}
        )
    decoded = {key: _decode(item, airflow, allowed) for key, item in value.items()}
    if CLASS not in decoded or VERSION not in decoded:
        return decoded
    name, data = decoded[CLASS], decoded.get(DATA)
    if name in DECODERS:
        return DECODERS[name](data)
    if name.startswith("numpy."):
        return _class(name)(data)
    if not any(fnmatch.fnmatch(name, pattern) for pattern in allowed):
        raise ImportError(
            f"{name} was not found in allow list for deserialization imports. To allow it, add it to "
            f"allowed_classes of the XComIOManager"
        )
    cls = _class(name)
    if airflow == "3" and hasattr(cls, "model_validate"):
        return cls.model_validate(data)
    return cls.deserialize(data, decoded[VERSION]) if hasattr(cls, "deserialize") else cls(**(data or {}))


def _decode_datetime(cls: Any) -> Callable[[Mapping[str, Any]], Any]:
    return lambda data: cls.fromtimestamp(float(data["timestamp"]), tz=data["tz"] and _decode_zone(*data["tz"]))


def _decode_zone(name: str | int, kind: str = "") -> dt.tzinfo:
    return zoneinfo.ZoneInfo(str(name)) if kind == "zoneinfo.ZoneInfo" else pendulum.timezone(name)


def _decode_frame(data: str) -> Any:
    import io

    return import_module("pandas").read_parquet(io.BytesIO(bytes.fromhex(data)))


DECODERS: dict[str, Callable[[Any], Any]] = {
    "builtins.tuple": tuple,
    "builtins.set": set,
    "builtins.frozenset": frozenset,
    "decimal.Decimal": lambda data: decimal.Decimal(str(data)),
    "datetime.datetime": _decode_datetime(dt.datetime),
    "pendulum.datetime.DateTime": _decode_datetime(pendulum.DateTime),
    "datetime.timedelta": lambda data: dt.timedelta(seconds=float(data)),
    "datetime.date": dt.date.fromisoformat,
    "pendulum.date.Date": pendulum.Date.fromisoformat,
    "uuid.UUID": uuid.UUID,
    "pendulum.tz.timezone.FixedTimezone": _decode_zone,
    "pendulum.tz.timezone.Timezone": _decode_zone,
    "zoneinfo.ZoneInfo": zoneinfo.ZoneInfo,
    "pandas.DataFrame": _decode_frame,
    "pandas.core.frame.DataFrame": _decode_frame,
}


def _zone(zone: dt.tzinfo) -> list[Any]:
    """A time zone's name, or its offset in seconds, and its class."""
    if isinstance(zone, pendulum.FixedTimezone):
        return [zone.offset or "UTC", _class_name(zone)]
    for attribute in ("key", "name", "zone"):  # zoneinfo, pendulum, pytz
        if hasattr(zone, attribute):
            return [getattr(zone, attribute), _class_name(zone)]
    if zone.utcoffset(None) == dt.timedelta(0):
        return ["UTC", "pendulum.tz.timezone.FixedTimezone"]
    return ["", ""]  # Airflow 2.11 and 3.3 store nothing for dt.timezone(offset), and the task that pulls it fails


def _numpy_number(value: Any, airflow: str) -> Any:
    if value.dtype.kind == "b":
        return bool(value) or airflow != "3"  # Airflow 2.11 reads every numpy bool back as True
    return int(value) if value.dtype.kind in "iu" else float(value)


def _refuse_big(value: Any) -> None:
    """Airflow 3 hands values to its supervisor as msgpack, which has no such integers (its dag.test() does not)."""
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        raise OverflowError("can't serialize ints < -2**63 or > 2**64 - 1")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_big(item)


def _refuse_reserved(value: Mapping[Any, Any]) -> None:
    if any(key in value for key in RESERVED):
        raise AttributeError(f"reserved key {RESERVED[0]} or {RESERVED[1]} found in dict to serialize")


def _is_model(value: Any) -> bool:
    return hasattr(type(value), "model_fields") and hasattr(value, "model_fields_set")


def _class_name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _class(name: str) -> Any:
    module, _, attribute = name.rpartition(".")
    return getattr(import_module(module), attribute)
