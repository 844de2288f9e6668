"""One canonical name for every import path of an Airflow name, and which Airflow lines have that path.

The canonical path is the newest public home: `airflow.sdk` for what DAG files are written with, the provider
that has it for an operator, sensor or hook, `airflow.exceptions` for exceptions, and the last home of what
Airflow 3 has no more. The tables under `data/` are written by `tools/airflow_tables.py` from Airflow's own
source. A line is "1" (1.10.15), "2" (2.11) or "3" (3.3); provider packages count for 2 and 3, since
their releases install with either.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NamedTuple

from .tables import DATA, Table, table

Line = Literal["1", "2", "3"]

PROVIDERS = "airflow.providers."
HINTS_OF_3 = ("airflow.providers.standard", "airflow.providers.common.compat.sdk")
"""Providers that 2.11 can install but which came with Airflow 3, where they hold what 2 has in its core."""


class _Place(NamedTuple):
    """Where a path leads in the tables: the longest known module, and what follows it."""

    module: str
    record: Any
    rest: tuple[str, ...]


def is_airflow(path: str) -> bool:
    """Whether the dotted `path` is in the `airflow` package, known or not."""
    return path == "airflow" or path.startswith("airflow.")


def canonical(path: str) -> str:
    """The one path that stands for everything `path` and its other spellings import.

    `path` is the path as imported: a module, a name in it, or an attribute of that name. Ask with the module
    that was written (`airflow.operators.bash_operator.BashOperator`), not with a module made canonical first:
    a module as a whole seldom has a successor. A path the tables do not know comes back unchanged.
    """
    place = _place(path)
    if place is None:
        return path
    record, rest = place.record, place.rest
    if isinstance(record, str):
        return path
    if rest and rest[0] in record.get("to", ()):
        target = str(record["to"][rest[0]])
        return canonical(".".join((target, *rest[1:]))) if rest[1:] else target
    if "as" in record and (not rest or rest[0] not in _names(place.module)):
        return ".".join((record["as"], *rest))
    return path


@cache
def lines(path: str) -> frozenset[str]:
    """The Airflow lines that have the import path; none for one that no line has, say a plugin's."""
    place = _place(path)
    if place is None:
        return frozenset()
    record, rest = place.record, place.rest
    if isinstance(record, str):
        return frozenset(record)
    if not rest or ("any" in record and rest[0] not in _names(place.module)):
        return frozenset(record["in"])
    return frozenset(_names(place.module).get(rest[0], ""))


def exists(path: str, line: str) -> bool:
    """Whether importing `path` succeeds on that Airflow line, with the providers it belongs to installed."""
    return line in lines(path)


def public_names(module: str, line: str | None = None) -> tuple[str, ...]:
    """What `from module import *` brings, sorted: in one line, or in any if none is given.

    Only names of Airflow are known; what a module imported from elsewhere (`os`, `datetime`) is not among
    them.
    """
    place = _place(module)
    if place is None or place.rest or isinstance(place.record, str):
        return ()
    names = _names(place.module)
    chosen = place.record["all"].split() if "all" in place.record else names
    return tuple(sorted(name for name in chosen if line is None or line in names.get(name, "")))


def task_type(path: str, line: str) -> str:
    """What `task.task_type` is in Airflow `line` for an operator imported by `path`.

    An alias gives the class it stands for (on 2.11 `airflow.operators.dummy.DummyOperator` is
    `EmptyOperator`), a deprecated subclass its own name. A path that line cannot import gives the class name
    as written. `airflow.sdk.task` and its attributes, by any of their paths, give the operator that the
    decorator makes.
    """
    target = canonical(path)
    if target == "airflow.sdk.task" or target.startswith("airflow.sdk.task."):
        operator = decorated_operator(target.removeprefix("airflow.sdk.task").removeprefix(".") or "python")
        return operator.rpartition(".")[2] if operator else path.rpartition(".")[2]
    if line not in lines(path):
        return path.rpartition(".")[2]
    place = _place(path)
    if place is not None and place.rest and not isinstance(place.record, str):
        own = place.record.get("types", {}).get(place.rest[0], {}).get(line)
        if own:
            return str(own)
    return target.rpartition(".")[2]


def decorated_operator(name: str) -> str | None:
    """The canonical path of the operator `@task.<name>` makes ("python" for `@task` itself), if known."""
    found = table("decorators").get(name)
    return str(found) if found else None


def import_version(paths: Iterable[str]) -> Line:
    """The Airflow line a file is written for, decided from every Airflow path it imports.

    In this order: a path that only 3 has means 3. So does a path of `HINTS_OF_3`, unless some other path
    cannot be imported on 3. A path that only 2 has means 2. If one line has all the paths, and neither of the
    newer ones, it is that line. What is left is undecidable and counts as 2: names of every line, or old
    names of 1 that 2 still has. Paths no line has, and paths outside Airflow, say nothing.
    """
    known = [(path, lines(path)) for path in paths if is_airflow(path)]
    known = [(path, found) for path, found in known if found]
    alone = [found for _, found in known if len(found) == 1]
    if frozenset("3") in alone:
        return "3"
    if any(path.startswith(HINTS_OF_3) for path, _ in known) and all("3" in found for _, found in known):
        return "3"
    if frozenset("2") in alone:
        return "2"
    common = frozenset("123").intersection(*(found for _, found in known))
    return "1" if common == {"1"} else "2"


@cache
def _place(path: str) -> _Place | None:
    if not is_airflow(path):
        return None
    known = _names_table(path)
    parts = path.split(".")
    for cut in range(len(parts), 0, -1):
        module = ".".join(parts[:cut])
        if module in known:
            rest = tuple(parts[cut:])
            parent, _, name = module.rpartition(".")
            if not rest and parent in known and name in _names(parent):
                # `from airflow.decorators import task_group` is the function, not the submodule of that name.
                return _Place(parent, known[parent], (name,))
            return _Place(module, known[module], rest)
    return None


@cache
def _names(module: str) -> dict[str, str]:
    """Each name of a module to the lines that have it there."""
    record = _names_table(module)[module]
    groups = {} if isinstance(record, str) else record.get("names", {})
    return {name: found for found, names in groups.items() for name in names.split()}


def _names_table(path: str) -> Table:
    return table(f"names-{provider(path) or 'airflow'}")


@cache
def provider(path: str) -> str | None:
    """The provider a path belongs to ("google", "apache.beam"), or None: Airflow itself, or a provider
    unknown here.
    """
    if not path.startswith(PROVIDERS):
        return None
    parts = path.removeprefix(PROVIDERS).split(".")
    for cut in (2, 1):
        if ".".join(parts[:cut]) in _providers():
            return ".".join(parts[:cut])
    return None


@cache
def _providers() -> frozenset[str]:
    files = (name for name in os.listdir(DATA) if name.startswith("names-"))
    return frozenset(name.removeprefix("names-").removesuffix(".json") for name in files) - {"airflow"}
