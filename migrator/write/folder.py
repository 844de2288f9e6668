"""The output folder as it is: what an earlier run wrote there, what a person changed, and what else is there."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from ..records import dataclass
from .record import FILE, SCHEMA, Conflict

BESIDE = ".conflict"
"""What the name of a file's merge with markers ends with, beside the file."""

STORE = ".migrate"
"""What the tool keeps to merge with: see store.py."""

REPORT = "report"
"""The folder of the report's pages, which are written whole each time."""

EVIDENCE = "verification.json"
"""What `migrate verify` leaves here; only that writes it."""

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

    `files` are the files there by path with the hash of their text, caches and local state left out; `stored` those
    below `.migrate`. `recorded` are the hashes of what an earlier run generated, `conflicts` what then waited for a
    person. `foreign` are files no run wrote.
    """

    files: Mapping[str, str]
    stored: Mapping[str, str]
    recorded: Mapping[str, str]
    conflicts: Mapping[str, Conflict]
    foreign: tuple[str, ...]


def look(out: Path, ours: Collection[str] = ()) -> Existing:
    """Read the folder; one that does not exist is empty. `ours` are the names at its top that are written now.

    Raises OSError when it cannot be read.
    """
    if not out.exists():
        return Existing({}, {}, {}, {}, ())
    recorded, conflicts = _recorded(out)
    files: dict[str, str] = {}
    stored: dict[str, str] = {}
    foreign: list[str] = []
    local = LOCAL - set(ours) - {path.partition("/")[0] for path in recorded}
    known = recorded.keys() | {f"{path}{BESIDE}" for path in recorded} | ({FILE} if recorded else set())
    for path in _walk(out, local):
        name = path.relative_to(out).as_posix()
        if not path.is_symlink() and name in known:
            files[name] = hash_of(path)
        elif not path.is_symlink() and recorded and name.startswith(f"{STORE}/"):
            stored[name] = hash_of(path)
        elif not path.is_symlink() and recorded and is_derived(name):
            files[name] = hash_of(path)
        elif recorded and (name == EVIDENCE or name.startswith(f"{REPORT}/")):
            continue
        else:
            foreign.append(name)
    return Existing(files, stored, recorded, conflicts, tuple(sorted(foreign)))


def is_derived(name: str) -> bool:
    """Whether this is a page of the report, by its name; anything else in that folder is left alone."""
    return name.startswith(f"{REPORT}/") and name.endswith((".html", ".css", ".js", ".md", ".csv"))


def hash_of(path: Path) -> str:
    """The hash of a file, line ends counted as `\n`, since version control may change them."""
    return text_hash(path.read_bytes())


def text_hash(content: bytes) -> str:
    """The hash of a text with line ends counted as `\n`."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _recorded(out: Path) -> tuple[dict[str, str], dict[str, Conflict]]:
    """What an earlier run noted; empty when there was none. Paths that lead out of the folder are passed over."""
    try:
        record = json.loads((out / FILE).read_text(encoding="utf-8"))
    except (ValueError, FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return {}, {}
    if not isinstance(record, dict) or record.get("schema") != SCHEMA or not isinstance(record.get("files"), dict):
        return {}, {}
    noted = {**_dict(record.get("kept")), **record["files"]}
    conflicts = {
        path: Conflict(str(_dict(item).get("generated")), str(_dict(item).get("beside")))
        for path, item in _dict(record.get("conflicts")).items()
        if path in noted and _inside(path)
    }
    return {path: str(value) for path, value in noted.items() if _inside(path)}, conflicts


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


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
