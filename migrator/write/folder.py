"""The output folder as it is: what an earlier run wrote there, what a person changed, and what else is there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .record import FILE, SCHEMA

STAGING = ".migrate-staging"
"""Where a run prepares its files; left behind only by one that was killed."""

CACHES = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", ".DS_Store",
     "Thumbs.db"}
)  # fmt: skip
"""Names that programs make anywhere below a project."""

LOCAL = frozenset(
    {".git", ".hg", ".venv", "venv", ".env", ".env.local", ".python-version", ".idea", ".vscode", ".dg", ".dagster",
     ".dagster_home", ".gitignore", ".gitattributes", ".github", ".pre-commit-config.yaml", ".editorconfig",
     ".telemetry", ".logs_queue", ".nux", "uv.lock", "build", "dist", "history", "schedules", "storage", "logs"}
)  # fmt: skip
"""Names at the top of the folder that belong to whoever works in it, and to Dagster when DAGSTER_HOME is there."""


@dataclass(frozen=True, slots=True)
class Existing:
    """What is in the output folder.

    `files` are the files there by path with the hash of their text, caches and local state left out. `recorded` are the
    hashes of what an earlier run generated. `foreign` are files no run wrote.
    """

    files: Mapping[str, str]
    recorded: Mapping[str, str]
    foreign: tuple[str, ...]

    def edited(self, path: str) -> bool:
        """Whether a person changed what an earlier run wrote."""
        return path in self.files and self.files[path] != self.recorded.get(path)


def look(out: Path, ours: Collection[str] = ()) -> Existing:
    """Read the folder; one that does not exist is empty. `ours` are the names at its top that are written now.

    Raises OSError when it cannot be read.
    """
    if not out.exists():
        return Existing({}, {}, ())
    recorded = _recorded(out)
    files: dict[str, str] = {}
    foreign: list[str] = []
    local = LOCAL - set(ours) - {path.partition("/")[0] for path in recorded}
    for path in _walk(out, local):
        name = path.relative_to(out).as_posix()
        record = name == FILE and bool(recorded)
        if path.is_symlink() or not (record or name in recorded or name.removesuffix(".new") in recorded):
            foreign.append(name)
        else:
            files[name] = hash_of(path)
    return Existing(files, recorded, tuple(sorted(foreign)))


def hash_of(path: Path) -> str:
    """The hash of a file, line ends counted as `\\n`, since version control may change them."""
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _recorded(out: Path) -> dict[str, str]:
    """The hashes an earlier run noted; empty when there was none. Paths that lead out of the folder are passed over."""
    try:
        record = json.loads((out / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (ValueError, NotADirectoryError, IsADirectoryError):
        return {}
    if not isinstance(record, dict) or record.get("schema") != SCHEMA or not isinstance(record.get("files"), dict):
        return {}
    kept = record.get("kept")
    noted = {**(kept if isinstance(kept, dict) else {}), **record["files"]}
    return {path: str(value) for path, value in noted.items() if _inside(path)}


def _inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return bool(pure.parts) and not pure.is_absolute() and ".." not in pure.parts and "\\" not in path


def _walk(out: Path, local: Collection[str]) -> Iterator[Path]:
    """The files below, sorted, without caches and, at the top, local state."""
    for folder, names, files in os.walk(out):
        here = Path(folder)
        names_there = local if here == out else ()
        below = sorted(name for name in names if not _passed_over(name, names_there))
        linked = [name for name in below if (here / name).is_symlink()]
        names[:] = [name for name in below if name not in linked]
        yield from (here / name for name in sorted(files) if not _passed_over(name, names_there))
        yield from (here / name for name in linked)


def _passed_over(name: str, local: Collection[str]) -> bool:
    if name in CACHES or name.endswith((".pyc", ".egg-info")):
        return True
    return name == STAGING or name in local or (bool(local) and name.startswith(".tmp_dagster_home"))


def only_caches(folder: Path) -> bool:
    """Whether nothing but caches is below a folder."""
    return all(_cache_only(entry) for entry in folder.iterdir())


def _cache_only(entry: Path) -> bool:
    return entry.name in CACHES or entry.name.endswith(".pyc")
