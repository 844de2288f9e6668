"""Models of typing, dataclasses, enum, abc and types."""

from __future__ import annotations

import enum
import types
from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol
from ..calls import CONSTRUCTORS
from ..declared import AUTO, EnumMember
from ..natives import SYMBOLS
from ..objects import MISSING, Field, Instance, Native, UserClass
from ..typed import NAMED_TUPLE, TYPED_DICT
from .model import Names, identity_decorator, lazy

if TYPE_CHECKING:
    from ..core import Place

SYMBOLS.update({types.SimpleNamespace: "types.SimpleNamespace", enum.Enum: "enum.Enum"})


# --- dataclasses ---


def _dataclass(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    def apply(cls: Any) -> Any:
        if type(cls) is UserClass:
            cls.fields = machine.declared_fields(cls, keyword_only=kwargs.get("kw_only") is True)
            if kwargs.get("order") is True:
                _ordered(machine, cls)
        return cls

    if args:
        return apply(args[0])
    return Native("dataclasses.dataclass", lambda inner, _kwargs, _at: apply(inner[0]), lazy=True)


def _ordered(machine: Any, cls: UserClass) -> None:
    for op, name in (("<", "__lt__"), ("<=", "__le__"), (">", "__gt__"), (">=", "__ge__")):

        def compare(args: list[Any], kwargs: dict[str, Any], at: Place, op: str = op) -> Any:
            a, b = (tuple(x.attributes[f.name] for f in cls.fields or ()) for x in args[:2])
            return machine.binary(op, a, b, at.node, at.frame)

        cls.attributes.setdefault(name, Native(name, compare, lazy=True))


def _field(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return Field(
        "",
        kwargs.get("default", MISSING),
        kwargs.get("default_factory", MISSING),
        kwargs.get("init", True) is not False,
        kwargs.get("kw_only") is True,
    )


def _asdict(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    def plain(value: Any) -> Any:
        if type(value) is Instance and value.cls.fields is not None and not value.cls.is_tuple:
            return {f.name: plain(value.attributes.get(f.name)) for f in value.cls.fields}
        if type(value) is list:
            return [plain(x) for x in value]
        if type(value) is tuple:
            return tuple(plain(x) for x in value)
        return {k: plain(v) for k, v in value.items()} if type(value) is dict else value

    if type(args[0]) is not Instance:
        return at.unknown("dataclasses.asdict(…)")
    return plain(args[0])


def _astuple(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return tuple(_asdict(machine, args, kwargs, at).values())


def _replace(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    value = args[0]
    if type(value) is not Instance:
        return at.unknown("dataclasses.replace(…)")
    given = {f.name: value.attributes.get(f.name) for f in value.cls.fields or () if f.init}
    return machine.call(value.cls, [], {**given, **kwargs}, at.node, at.frame)


def _fields(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    cls = args[0].cls if type(args[0]) is Instance else args[0]
    if type(cls) is not UserClass:
        return at.unknown("dataclasses.fields(…)")
    return tuple(
        types.SimpleNamespace(
            name=f.name, default=f.default if f.default is not MISSING else Symbol("dataclasses.MISSING"), init=f.init
        )
        for f in cls.fields or ()
    )


def _dataclasses(machine: Any) -> dict[str, Any]:
    return {
        "dataclass": lazy("dataclasses.dataclass", _dataclass),
        "field": lazy("dataclasses.field", _field),
        "asdict": lazy("dataclasses.asdict", _asdict),
        "astuple": lazy("dataclasses.astuple", _astuple),
        "replace": lazy("dataclasses.replace", _replace),
        "fields": lazy("dataclasses.fields", _fields),
        "is_dataclass": lazy(
            "dataclasses.is_dataclass",
            lambda m, a, k, at: getattr(getattr(a[0], "cls", a[0]), "fields", None) is not None,
        ),
    }


# --- enum, abc, types, typing ---


def _enum(machine: Any) -> dict[str, Any]:
    string = getattr(enum, "StrEnum", None) or _StrEnum
    return {
        "Enum": enum.Enum,
        "IntEnum": enum.IntEnum,
        "StrEnum": string,
        "Flag": enum.Flag,
        "IntFlag": enum.IntFlag,
        "auto": Native("enum.auto", lambda a, k, at: AUTO, lazy=True),
        "unique": identity_decorator("enum.unique"),
        "member": Native("enum.member", lambda a, k, at: EnumMember(a[0], True), lazy=True),
        "nonmember": Native("enum.nonmember", lambda a, k, at: EnumMember(a[0], False), lazy=True),
    }


class _StrEnum(str, enum.Enum):
    """Stands for `enum.StrEnum` where Python has none."""


_StrEnum.__name__ = "StrEnum"


def _abc(machine: Any) -> dict[str, Any]:
    return {
        "abstractmethod": identity_decorator("abc.abstractmethod"),
        "ABC": Symbol("abc.ABC"),
        "ABCMeta": Symbol("abc.ABCMeta"),
        "abstractproperty": Native("property", lambda a, k, at: machine.builtins["property"].run(a, k, at), lazy=True),
    }


def _simple_namespace(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return types.SimpleNamespace(**{k: v for k, v in kwargs.items() if k != "**"})


def _types(machine: Any) -> dict[str, Any]:
    CONSTRUCTORS.setdefault(types.SimpleNamespace, lazy("types.SimpleNamespace", _simple_namespace))
    return {
        "SimpleNamespace": types.SimpleNamespace,
        "MappingProxyType": Native("types.MappingProxyType", lambda a, k, at: a[0], lazy=True),
    }


def _typing(machine: Any) -> dict[str, Any]:
    def second(args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        return args[1]

    return {
        "TYPE_CHECKING": False,
        "cast": Native("typing.cast", second, lazy=True),
        "NamedTuple": NAMED_TUPLE,
        "TypedDict": TYPED_DICT,
        "NewType": Native("typing.NewType", lambda a, k, at: a[1], lazy=True),
        **{
            n: identity_decorator(f"typing.{n}")
            for n in ("final", "overload", "no_type_check", "runtime_checkable", "override")
        },
        "get_type_hints": Native("typing.get_type_hints", lambda a, k, at: at.unknown("type hints"), lazy=True),
    }


NAMES: Names = {
    "dataclasses": _dataclasses,
    "enum": _enum,
    "abc": _abc,
    "types": _types,
    "typing": _typing,
    "typing_extensions": _typing,
}
