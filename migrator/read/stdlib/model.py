"""Small makers for models of library functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from ...airflow_model import Symbol
from ..objects import Native

if TYPE_CHECKING:
    from ..core import Place

Names: TypeAlias = dict[str, Callable[[Any], dict[str, Any]]]
"""Module -> what makes its names for an interpreter."""


def pure(path: str, function: Callable[..., Any]) -> Native:
    """A function that is called as it is, with known arguments only."""
    return Native(path, lambda args, kwargs, at: function(*args, **kwargs))


def pures(module: str, source: Any, names: Iterable[str]) -> dict[str, Any]:
    """Functions and constants of a real module, taken as they are."""
    result = {}
    for name in names:
        value = getattr(source, name, None)
        if value is not None:
            result[name] = pure(f"{module}.{name}", value) if callable(value) and not isinstance(value, type) else value
    return result


def lazy(path: str, model: Callable[[Any, list[Any], dict[str, Any], Place], Any]) -> Native:
    """A model that takes its arguments as they are: `model(machine, args, kwargs, at)`."""
    return Native(path, lambda args, kwargs, at: model(at.machine, args, kwargs, at), lazy=True)


def late(path: str) -> Native:
    """A function whose result exists at run time only."""
    return Native(
        path, lambda args, kwargs, at: at.machine.defer_call(Symbol(path), args, kwargs, at.node, at.frame), lazy=True
    )


def identity_decorator(path: str) -> Native:
    """A decorator, with or without arguments, that leaves what it decorates as it is."""

    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        from ..objects import BoundMethod, UserClass, UserFunction, Wrapped

        if len(args) == 1 and not kwargs and isinstance(args[0], (UserFunction, UserClass, Wrapped, BoundMethod)):
            return args[0]
        return Native(path, lambda inner, _kwargs, _at: inner[0] if inner else None, lazy=True)

    return lazy(path, model)
