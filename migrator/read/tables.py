"""The tables under `data/`, which hold one record a line: only those that are asked for are parsed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


class Table(Mapping[str, Any]):
    """The records of a table by key, from its text as `tools/airflow_tables.py` writes it."""

    def __init__(self, text: str) -> None:
        pairs = (line.split('":', 1) for line in text.splitlines()[1:-1])
        self._lines = {key[1:]: record for key, record in pairs}
        self._parsed: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        if key not in self._parsed:
            self._parsed[key] = json.loads(self._lines[key].removesuffix(","))
        return self._parsed[key]

    def __contains__(self, key: object) -> bool:
        return key in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


@cache
def table(name: str) -> Table:
    """The table of that name; an empty one where there is none."""
    try:
        return Table((DATA / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Table("")
