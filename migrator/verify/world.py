"""The folder the DAGs work on: a copy for each side, their environment, and what each side has made of it.

A file `verify.env` in it has lines NAME=VALUE, for both sides; `{world}` in a value is the folder's copy. It is how
the DAGs find what they work on: AIRFLOW_CONN_WAREHOUSE=sqlite:///{world}/warehouse.db, WAREHOUSE_PATH=…. What only one
side should have, a server of its own for instance, is in `verify.airflow.env` or `verify.dagster.env`.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Literal

from ..records import dataclass

Name = Literal["airflow", "dagster"]
HEADER = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class World:
    """One side's copy, always in the same place; without `source`, an empty folder."""

    source: Path | None
    folder: Path
    side: Name
    dag_files: Path
    """Where on this side the files are that paths made from `__file__` lead to."""

    def renew(self) -> None:
        """Make it what it was. The folder itself stays: it is where the engine's processes are."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        if self.source is not None:
            shutil.copytree(self.source, self.folder, dirs_exist_ok=True)

    def env(self) -> dict[str, str]:
        return dict(self._variables())

    def _variables(self) -> Iterator[tuple[str, str]]:
        names = ("verify.env", f"verify.{self.side}.env")
        files = [self.source / name for name in names] if self.source is not None else []
        lines = [line for file in files if file.is_file() for line in file.read_text(encoding="utf-8").splitlines()]
        for line in lines:
            name, equals, value = line.strip().partition("=")
            if equals and name and not name.startswith("#"):
                yield name.strip(), value.strip().replace("{world}", str(self.folder))

    def neutral(self, value: Any) -> Any:
        """A value in which neither this copy's own place shows nor that of the files beside the DAG files."""
        if isinstance(value, str):
            return value.replace(str(self.folder), "{world}").replace(str(self.dag_files.resolve()), "{dags}")
        if isinstance(value, dict):
            return {self.neutral(key): self.neutral(item) for key, item in value.items()}
        return [self.neutral(item) for item in value] if isinstance(value, list) else value

    def files(self) -> dict[str, Path]:
        paths = (path for path in self.folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
        return {path.relative_to(self.folder).as_posix(): path for path in sorted(paths)}


def difference(airflow: World, dagster: World) -> str:
    """The first difference between what the two sides have left; empty where there is none."""
    theirs, ours = airflow.files(), dagster.files()
    for name in sorted(theirs.keys() | ours.keys()):
        if name not in ours:
            return f"Airflow leaves {name}, Dagster does not"
        if name not in theirs:
            return f"Dagster leaves {name}, Airflow does not"
        one, other = theirs[name].read_bytes(), ours[name].read_bytes()
        if one == other or one.replace(str(airflow.folder).encode(), str(dagster.folder).encode()) == other:
            continue
        there, here = _tables(theirs[name], one), _tables(ours[name], other)
        if there is None or here is None:
            return f"{name}: {_line(one, other)}"
        if found := _rows(there, here):
            return f"{name}, {found}"
    return ""


def changed(world: World) -> int:
    """How many files differ from what the world was before."""
    before = World(None, world.source, world.side, world.dag_files).files() if world.source is not None else {}
    return sum(
        name not in before or path.read_bytes() != before[name].read_bytes() for name, path in world.files().items()
    )


def _tables(path: Path, content: bytes) -> dict[str, list[str]] | None:
    """The rows of a database by table, in an order of their own; None where it is not one that can be read."""
    if content.startswith(HEADER):
        with closing(sqlite3.connect(path)) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in sorted(names)}
    if content[8:12] == b"DUCK":
        with suppress(ImportError):
            import duckdb

            with closing(duckdb.connect(str(path), read_only=True)) as database:
                names = [row[0] for row in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
                return {
                    name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"').fetchall()))
                    for name in sorted(names)
                }
    return None


def _rows(theirs: dict[str, list[str]], ours: dict[str, list[str]]) -> str:
    for name in sorted(theirs.keys() | ours.keys()):
        if name not in ours or name not in theirs:
            return f"table {name} is only in {'Airflow' if name in theirs else 'Dagster'}'s"
        missing = [row for row in theirs[name] if row not in ours[name]]
        extra = [row for row in ours[name] if row not in theirs[name]]
        if missing or extra:
            first = f"only in Airflow's: {missing[0]}" if missing else f"only in Dagster's: {extra[0]}"
            return f"table {name}: {len(missing)} rows only in Airflow's, {len(extra)} only in Dagster's; {first}"
        if len(theirs[name]) != len(ours[name]):
            return f"table {name} has {len(theirs[name])} rows in Airflow's, {len(ours[name])} in Dagster's"
    return ""


def _line(one: bytes, other: bytes) -> str:
    theirs, ours = (text.decode("utf-8", "backslashreplace").splitlines() for text in (one, other))
    for number in range(max(len(theirs), len(ours))):
        pair = [lines[number] if number < len(lines) else None for lines in (theirs, ours)]
        if pair[0] != pair[1]:
            return f"line {number + 1} is {pair[0]!r} in Airflow's, {pair[1]!r} in Dagster's"
    return "the line ends differ"
