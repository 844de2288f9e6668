"""Paths made from `__file__`: they begin with a name that stands for the folder that was given.

Where that folder will lie is not known, so the name stays in every text that is made of such a path: an f-string, a
`join`, a JSON document. It cannot be missed in what is frozen in the end, and what it stands for is written for it.
"""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath

NAME = "\ue000"
"""From Unicode's private use area, in which no text of a DAG file is."""
ROOT = f"/{NAME}"
"""The folder that was given. It begins with a slash, since `__file__` is absolute."""


def is_own(path: object) -> bool:
    """Whether a path was made from `__file__`."""
    return str(path).startswith(ROOT)


def relative(path: str) -> str:
    """A path as it is looked up: relative to the folder that was given if made from `__file__`."""
    return (path[len(ROOT) :].lstrip("/") or ".") if path.startswith(ROOT) else path


def absolute(path: str) -> str:
    """The path, relative to the folder that was given, as one made from `__file__`."""
    return posixpath.join(ROOT, path) if path != "." else ROOT


def dirname(path: str) -> str:
    """`os.path.dirname`; above the folder that was given it is outside, `..`."""
    return f"{path}/.." if path == ROOT or (is_own(path) and path.endswith("/..")) else posixpath.dirname(path)


def parent(path: PurePosixPath) -> PurePosixPath:
    """`Path.parent`, in the same way."""
    return type(path)(dirname(str(path))) if is_own(path) else path.parent


def parents(path: PurePosixPath) -> list[PurePosixPath]:
    """`Path.parents`; from the folder that was given on it does not end."""
    found = list(path.parents)
    if not is_own(path):
        return found
    above = [path]
    while len(above) <= len(found) + 4:
        above.append(parent(above[-1]))
    return above[1:]


def normal(path: str) -> str:
    """`os.path.normpath`."""
    return absolute(posixpath.normpath(relative(path))) if is_own(path) else posixpath.normpath(path)
