"""Models of the pure part of the standard library, and of a few libraries DAG files compute with."""

from __future__ import annotations

from typing import Any

from . import collections_, dates, files, formats, functions, system, types_

_PROVIDERS = (dates.NAMES, files.NAMES, formats.NAMES, functions.NAMES, collections_.NAMES, types_.NAMES, system.NAMES)


def names(module: str, machine: Any) -> dict[str, Any] | None:
    """The modelled names of a module; None when there is no model of it."""
    for provider in _PROVIDERS:
        make = provider.get(module)
        if make is not None:
            return dict(make(machine))
    return None
