"""Models of the pure part of the standard library, and of a few libraries DAG files compute with."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .collections_ import NAMES as _COLLECTIONS
from .dates import NAMES as _DATES
from .files import NAMES as _FILES
from .formats import NAMES as _FORMATS
from .functions import NAMES as _FUNCTIONS
from .os_ import NAMES as _OS
from .paths import NAMES as _PATHS
from .system import NAMES as _SYSTEM
from .types_ import NAMES as _TYPES

_PROVIDERS = (_DATES, _FILES, _PATHS, _OS, _FORMATS, _FUNCTIONS, _COLLECTIONS, _TYPES, _SYSTEM)
_RARELY = {
    "csv_": ("csv",),
    "encodings_": ("base64", "hashlib", "html", "urllib.parse", "uuid"),
    "numbers_": ("decimal", "fractions", "statistics"),
    "settings": ("yaml", "tomllib", "configparser"),
}
"""Models whose libraries take time to import: they are, when a DAG file imports them."""


def names(module: str, machine: Any) -> dict[str, Any] | None:
    """The modelled names of a module; None when there is no model of it."""
    for provider in _PROVIDERS:
        make = provider.get(module)
        if make is not None:
            return dict(make(machine))
    for home, modules in _RARELY.items():
        if module in modules:
            return dict(import_module(f".{home}", __name__).NAMES[module](machine))
    return None
