"""`dataclass` for the many slotted ones, made in a fifth of the time: start-up is mostly that.

The standard library writes and compiles the text of up to six methods for every class, needed or not: 0.4 ms for a
frozen one, and reading alone has a hundred such classes. Here they share all methods but `__init__`, and that is
compiled when the first object is made. What has other options is left to the standard library.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """As `dataclasses.dataclass`, with its options."""
        if cls is None and options.get("slots") and options.keys() <= {"slots", "frozen", "eq"}:
            return partial(_made, frozen=options.get("frozen", False), eq=options.get("eq", True))
        return dataclasses.dataclass(cls, **options)


def _made(plain: type, frozen: bool, eq: bool) -> type:
    """A slotted dataclass of what a class declares. The standard library makes everything but its methods."""
    cls: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)(plain)

    def __init__(self: Any, *args: Any, **keywords: Any) -> None:
        cls.__init__ = _init(cls, frozen)
        cls.__init__(self, *args, **keywords)

    methods: dict[str, Any] = {"__init__": __init__, "__repr__": __repr__}
    if eq:
        methods |= _comparison(cls, frozen)
    if frozen:
        methods |= {"__setattr__": __setattr__, "__delattr__": __delattr__}
        methods |= {"__getstate__": __getstate__, "__setstate__": __setstate__}
    for name, method in methods.items():
        if name not in plain.__dict__:
            setattr(cls, name, method)
    return cls  # type: ignore[no-any-return]


def _comparison(cls: type, frozen: bool) -> dict[str, Any]:
    fields = dataclasses.fields(cls)
    compared = _values(f.name for f in fields if f.compare)
    hashed = _values(f.name for f in fields if (f.compare if f.hash is None else f.hash))

    def __eq__(self: Any, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self is other or compared(self) == compared(other)

    def __hash__(self: Any) -> int:
        return hash(hashed(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if frozen else None}


def _values(names: Iterable[str]) -> Callable[[Any], Any]:
    """What gives the values of these attributes of an object, or the one value."""
    wanted = tuple(names)
    return attrgetter(*wanted) if wanted else lambda self: ()


def _init(cls: type, frozen: bool) -> Callable[..., None]:
    """`__init__` of a class, compiled. Where the class refuses to set anything, the slots' own setters are used."""
    known: dict[str, Any] = {"_absent": object()}
    parameters, lines = ["self"], []
    for field in dataclasses.fields(cls):
        name = field.name
        value: str | None = name if field.init else None
        default = ""
        if field.default is not dataclasses.MISSING:
            known[f"_default_{name}"] = field.default
            default = f"_default_{name}"
            value = value or default
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_make_{name}"] = field.default_factory
            default = "_absent"
            value = f"_make_{name}() if {name} is _absent else {name}" if field.init else f"_make_{name}()"
        if field.init:
            parameters.append(f"{name}={default}" if default else name)
        if value:
            known[f"_set_{name}"] = getattr(cls, name).__set__
            lines.append(f"_set_{name}(self, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(lines or ["pass"]), known)
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


@recursive_repr()
def __repr__(self: Any) -> str:
    shown = (f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def __setattr__(self: Any, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def __delattr__(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def __getstate__(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in dataclasses.fields(self)]


def __setstate__(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
