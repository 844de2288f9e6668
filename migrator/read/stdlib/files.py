"""Reading the project's files: models of `open`, io, glob and fnmatch, inside the given folders only.

A path that leaves the folders, or is not there, is not an error: its content is unknown, as it may exist where the
file runs.
"""

from __future__ import annotations

import fnmatch
import itertools
import posixpath
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol, Unknown
from .. import folders
from ..host import HostObject
from ..objects import Native
from ..values import LATE
from .model import Names, lazy

if TYPE_CHECKING:
    from ..core import Place

MANY = 10_000
"""More paths than these are not listed."""


def project_path(value: Any) -> str | None:
    """A path value as text, one made from `__file__` relative to the folder that was given; None where it is none."""
    return folders.relative(str(value)) if isinstance(value, (str, PurePath)) else None


def missing(path: Any, at: Place) -> Unknown:
    return at.unknown(
        f"the content of {folders.relative(str(path))}, which is not in the given folders"
        if not isinstance(path, Unknown)
        else path.reason
    )


class TextFile(HostObject):
    """A file of the project, opened for reading; its content is read when it is asked for."""

    __slots__ = ("content", "position")

    def __init__(self, content: str | bytes) -> None:
        self.content = content
        self.position = 0

    def describe(self) -> str:
        return "an open file"

    def rest(self) -> Any:
        """What has not been read yet."""
        rest = self.content[self.position :]
        self.position = len(self.content)
        return rest

    def attribute(self, name: str, at: Any) -> Any:
        def run(args: list[Any], kwargs: dict[str, Any], _at: Any) -> Any:
            match name:
                case "read":
                    return self.rest()
                case "readlines":
                    return self.rest().splitlines(keepends=True)
                case "readline":
                    line = self.content[self.position :].splitlines(keepends=True)[:1]
                    self.position += len(line[0]) if line else 0
                    return line[0] if line else self.content[:0]
                case "close" | "seek" | "flush":
                    self.position = 0
                    return None
            return at.unknown(f"file.{name}")

        return Native(f"file.{name}", run, lazy=True)

    def iterate(self, at: Any) -> list[Any] | Unknown:
        return list(self.rest().splitlines(keepends=True))


def open_file(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    """`open(path, mode)`: for reading inside the folders; else a value that exists at run time."""
    path = args[0] if args else kwargs.get("file")
    mode = args[1] if len(args) > 1 else kwargs.get("mode", "r")
    encoding = kwargs.get("encoding")
    text = project_path(path)
    if text is None or not isinstance(mode, str) or set(mode) & set("wax+"):
        if type(path) in LATE:
            return machine.defer_call(Symbol("open"), args, kwargs, at.node, at.frame)
        return at.unknown("a file that is written")
    data = machine.finder.read(text)
    if data is None:
        return missing(text, at)
    if "b" in mode:
        return TextFile(data)
    try:
        decoded = data.decode(encoding if isinstance(encoding, str) else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        return missing(text, at)
    return TextFile(decoded.replace("\r\n", "\n"))


def content_of(value: Any) -> Any:
    """The rest of an open file, or the text itself."""
    return value.rest() if isinstance(value, TextFile) else value


def real_path(machine: Any, value: Any) -> Path | None:
    """Where a path of the project lies on this machine; None outside of the folders."""
    text = project_path(value)
    return machine.finder.locate(text) if text is not None else None


def listed(machine: Any, owner: Any, pattern: str, deep: bool, at: Place) -> Any:
    """The paths in a folder that match, sorted by name: the order of the file system is not the same everywhere."""
    real = real_path(machine, owner)
    if real is None or not real.is_dir():
        return missing(owner, at)
    if pattern.startswith("/") or ".." in pattern.split("/"):
        return missing(f"{owner}/{pattern}", at)
    try:
        found = real.rglob(pattern) if deep else real.glob(pattern)
        paths = sorted(itertools.islice(found, MANY))
    except (OSError, ValueError, NotImplementedError):
        return missing(owner, at)
    inside = [p for p in paths if machine.finder.real(machine.finder.relative(p)) is not None]
    return [owner / p.relative_to(real).as_posix() for p in inside]


def _glob(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    pattern = args[0] if args else kwargs.get("pathname")
    if not isinstance(pattern, str):
        return machine.defer_call(Symbol("glob.glob"), args, kwargs, at.node, at.frame)
    head = posixpath.dirname(pattern.partition("*")[0].partition("?")[0].partition("[")[0])
    rest = pattern[len(head) :].lstrip("/") if head else pattern
    paths = listed(machine, PurePosixPath(head or "."), rest, False, at)
    return [str(p) for p in paths] if isinstance(paths, list) else paths


NAMES: Names = {
    "glob": lambda machine: {"glob": lazy("glob.glob", _glob), "iglob": lazy("glob.glob", _glob)},
    "fnmatch": lambda machine: {
        "fnmatch": Native("fnmatch.fnmatch", lambda a, k, at: fnmatch.fnmatchcase(*a)),
        "filter": Native("fnmatch.filter", lambda a, k, at: fnmatch.filter(*a)),
    },
    "io": lambda machine: {
        "StringIO": Native("io.StringIO", lambda a, k, at: TextFile(a[0] if a else "")),
        "open": lazy("open", open_file),
    },
}
