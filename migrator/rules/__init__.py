"""The mapping of Airflow operators to Dagster; every file here registers its rules when it is imported."""

from __future__ import annotations

import importlib
import pkgutil

from .api import Rule, all_rules, find

__all__ = ["Rule", "all_rules", "find", "load"]


def load() -> None:
    """Import every rule file, so that the registry is full."""
    for module in pkgutil.iter_modules(__path__):
        if module.name != "api":
            importlib.import_module(f"{__name__}.{module.name}")
