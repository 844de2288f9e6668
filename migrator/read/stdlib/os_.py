"""A model of os: the environment is references, and folders are those that were given."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ...airflow_model import EnvRef, Symbol, Unknown
from ..host import Arg, HostObject
from ..objects import Native, NativeModule
from .files import MANY, listed, missing, project_path, real_path
from .model import Names, late, lazy
from .paths import os_path

if TYPE_CHECKING:
    from ..core import Place


def _listdir(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    path = args[0] if args else kwargs.get("path", ".")
    paths = listed(machine, PurePosixPath(path), "*", False, at) if project_path(path) is not None else None
    if not isinstance(paths, list):
        return machine.defer_call(Symbol("os.listdir"), args, kwargs, at.node, at.frame) if paths is None else paths
    return [p.name for p in paths]


def _walk(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    text = project_path(args[0])
    real = real_path(machine, text)
    if text is None or real is None or not real.is_dir():
        return missing(text or "a folder", at)

    def walk(folder: Path, name: str) -> Iterator[Any]:
        entries = sorted(folder.iterdir(), key=lambda p: p.name)
        inside = [e for e in entries if not e.is_symlink()]
        folders = [e.name for e in inside if e.is_dir()]
        yield (name, folders, [e.name for e in inside if e.is_file()])
        for below in list(folders):
            yield from walk(folder / below, posixpath.join(name, below))

    return itertools.islice(walk(real, str(args[0])), MANY)


class Environ(HostObject):
    """`os.environ`: each variable is a reference."""

    __slots__ = ()

    def describe(self) -> str:
        return "os.environ"

    def item(self, key: Any, at: Any) -> Any:
        given = at.supplied("environment variable", key)
        return EnvRef(key, required=True) if given is None else given

    def attribute(self, name: str, at: Any) -> Any:
        match name:
            case "get" | "setdefault" | "pop":
                return Native(f"os.environ.{name}", env, lazy=True)
            case "copy":
                return Native("os.environ.copy", lambda args, kwargs, _at: self, lazy=True)
            case "update":
                return Native("os.environ.update", lambda args, kwargs, _at: None, lazy=True)
        return at.machine.defer("attribute", (Symbol("os.environ"),), at.node, at.frame, name=name)

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: Any) -> Any:
        return at.unknown("os.environ(…)")

    def binary(self, op: str, other: Any, reflected: bool, at: Any) -> Any:
        if op == "in":
            if at.supplied("environment variable", other) is not None:
                return True
            return at.machine.defer("in", (other, Symbol("os.environ")), at.node, at.frame)
        return at.unknown("os.environ") if op in ("==", "!=", "|") else NotImplemented

    def iterate(self, at: Any) -> list[Any] | Unknown:
        return Unknown("the environment's variables", at.span)

    def truth(self, at: Any) -> bool | Unknown:
        return True


def env(args: list[Any], kwargs: dict[str, Any], at: Any) -> EnvRef | str:
    """`os.getenv(name, default)`."""
    name = args[0] if args else kwargs.get("key", kwargs.get("varname"))
    given: str | None = at.supplied("environment variable", name)
    if given is not None:
        return given
    return EnvRef(name, default=args[1] if len(args) > 1 else kwargs.get("default"))


def _os(machine: Any) -> dict[str, Any]:
    return {
        "path": NativeModule("os.path", os_path(machine)),
        "environ": Environ(),
        "sep": "/",
        "linesep": "\n",
        "name": "posix",
        "getenv": Native("os.getenv", env, lazy=True),
        "listdir": lazy("os.listdir", _listdir),
        "walk": lazy("os.walk", _walk),
        "fspath": lazy("os.fspath", lambda m, a, k, at: m.text(a[0], at.node, at.frame)),
        "makedirs": Native("os.makedirs", lambda a, k, at: None, lazy=True),
        "mkdir": Native("os.mkdir", lambda a, k, at: None, lazy=True),
        "getcwd": late("os.getcwd"),
        "curdir": ".",
        "pardir": "..",
        "chdir": Native("os.chdir", lambda a, k, at: None, lazy=True),
        "putenv": Native("os.putenv", lambda a, k, at: None, lazy=True),
    }


NAMES: Names = {"os": _os}
