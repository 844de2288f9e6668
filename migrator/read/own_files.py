"""The files that code reaches by paths made from `__file__`: what lies at each such path in the given folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..airflow_model import OwnFile
from .modules import ModuleFinder

MANY = 500
LARGE = 1_000_000
"""Bytes of one file."""
ALL = 5_000_000
"""Bytes of the files in one folder."""


def own_files(
    paths: Iterable[str], finder: ModuleFinder, met: dict[str, tuple[OwnFile, ...]]
) -> dict[str, tuple[OwnFile, ...]]:
    """Path -> the files there, sorted; a path where nothing is has none. `met` remembers what was looked at."""
    for path in paths:
        if path not in met:
            met[path] = _at(path, finder)
    return {path: met[path] for path in sorted(paths)}


def _at(path: str, finder: ModuleFinder) -> tuple[OwnFile, ...]:
    real = finder.real(path)
    if real is None or not real.exists():
        return ()
    if real.is_file():
        return (OwnFile(finder.relative(real), _text(real)),)
    found: list[OwnFile] = []
    size = 0
    for file in _below(real):
        if finder.real(finder.relative(file)) is None:
            continue  # a link to somewhere else
        size += file.stat().st_size
        if len(found) == MANY or size > ALL:
            return (OwnFile(path, None),)
        found.append(OwnFile(finder.relative(file), _text(file)))
    return tuple(found)


def _below(folder: Path) -> Iterator[Path]:
    """The files in a folder and below it, in order, without what tools leave there."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        yield from (
            Path(here, name) for name in sorted(files) if not name.startswith(".") and Path(here, name).is_file()
        )


def _text(file: Path) -> str | None:
    try:
        data = file.read_bytes() if file.stat().st_size <= LARGE else None
        return data.decode() if data is not None and b"\0" not in data else None
    except (OSError, UnicodeDecodeError):
        return None
