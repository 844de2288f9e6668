"""`typing.NamedTuple` and `typing.TypedDict`, as base classes and called."""

from __future__ import annotations

import collections
import keyword
from typing import Any

from .objects import (
    Native,
)


def _named_tuple(args: list[Any], kwargs: dict[str, Any], at: Any) -> Any:
    fields = args[1] if len(args) > 1 else list(kwargs.items())
    names = [field[0] for field in fields] if isinstance(fields, (list, tuple)) else None
    if names is None or not all(
        isinstance(n, str) and n.isidentifier() and not keyword.iskeyword(n) for n in [args[0], *names]
    ):
        return at.unknown("a named tuple")
    return at.machine.guarded(lambda: collections.namedtuple(args[0], names), at.node, at.frame)


NAMED_TUPLE = Native("typing.NamedTuple", _named_tuple, lazy=True)
"""`typing.NamedTuple`, as a base class or called."""

TYPED_DICT = Native("typing.TypedDict", lambda args, kwargs, at: dict, lazy=True)
"""`typing.TypedDict`: its instances are dicts."""
