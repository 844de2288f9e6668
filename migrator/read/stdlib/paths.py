"""Models of pathlib and os.path: paths are computed as they are, and what is there is asked of the given folders."""

from __future__ import annotations

import posixpath
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol
from .. import folders
from ..natives import METHODS, SYMBOLS, Handler
from ..objects import Native
from .files import TextFile, listed, open_file, real_path
from .model import Names, late, lazy

if TYPE_CHECKING:
    from ..core import Place

SYMBOLS[PurePosixPath] = "pathlib.Path"


# --- pathlib ---


def _path(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later(args) is not None:
        return machine.defer_call(Symbol("pathlib.Path"), args, kwargs, at.node, at.frame)
    args = [a.base if hasattr(a, "base") and isinstance(a.base, str) else a for a in args]
    if not args:
        return PurePosixPath(".")
    if not all(isinstance(a, (str, PurePath)) for a in args):
        at.raise_("TypeError", "expected str, bytes or os.PathLike object")
    return PurePosixPath(*args)


def _pathlib(machine: Any) -> dict[str, Any]:
    from ..calls import CONSTRUCTORS

    CONSTRUCTORS.setdefault(PurePosixPath, lazy("pathlib.Path", _path))
    return {
        "Path": PurePosixPath,
        "PurePath": PurePosixPath,
        "PurePosixPath": PurePosixPath,
        "PosixPath": PurePosixPath,
    }


def _reader(name: str) -> Handler:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if isinstance(owner, type):
            return at.unknown(f"Path.{name}")
        real = real_path(machine, owner)
        match name:
            case "read_text" | "read_bytes":
                opened = open_file(machine, [owner, "r" if name == "read_text" else "rb"], {}, at)
                return opened.rest() if isinstance(opened, TextFile) else opened
            case "open":
                return open_file(machine, [owner, *args], kwargs, at)
            case "exists" | "is_file" | "is_dir":
                if real is None or not real.exists():
                    return machine.defer_call(
                        machine.defer("attribute", (owner,), at.node, at.frame, name=name),
                        args,
                        kwargs,
                        at.node,
                        at.frame,
                    )
                return getattr(real, name)()
            case "iterdir" | "glob" | "rglob":
                pattern = "*" if name == "iterdir" else args[0] if args else "*"
                if not isinstance(pattern, str):
                    return at.unknown(f"Path.{name}")
                return listed(machine, owner, pattern, name == "rglob", at)
            case "resolve" | "absolute":
                return PurePosixPath(folders.normal(str(owner))) if owner.is_absolute() else owner
            case "expanduser":
                return (
                    machine.defer_call(
                        machine.defer("attribute", (owner,), at.node, at.frame, name=name), [], {}, at.node, at.frame
                    )
                    if str(owner).startswith("~")
                    else owner
                )
        return at.unknown(f"Path.{name}")

    return handler


for _name in (
    "read_text",
    "read_bytes",
    "open",
    "exists",
    "is_file",
    "is_dir",
    "iterdir",
    "glob",
    "rglob",
    "resolve",
    "absolute",
    "expanduser",
    "stat",
    "mkdir",
    "write_text",
    "write_bytes",
    "touch",
    "unlink",
):
    METHODS[PurePosixPath, _name] = _reader(_name)


def _elsewhere(name: str) -> Handler:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        return machine.defer_call(Symbol(f"pathlib.Path.{name}"), args, kwargs, at.node, at.frame)

    return handler


METHODS[PurePosixPath, "cwd"] = _elsewhere("cwd")
METHODS[PurePosixPath, "home"] = _elsewhere("home")


# --- os.path ---


def _pure_path(name: str, function: Any) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        late_value = machine.later([*args, *kwargs.values()])
        if late_value is not None or not machine.plain(args):
            return machine.defer_call(Symbol(f"os.path.{name}"), args, kwargs, at.node, at.frame)
        here = name in ("abspath", "realpath") and not str(args[0]).startswith("/")
        if here or (name == "relpath" and len(args) + len(kwargs) < 2):  # it depends on the working directory
            return machine.defer_call(Symbol(f"os.path.{name}"), args, kwargs, at.node, at.frame)
        args = [str(a) if isinstance(a, PurePath) else a for a in args]
        return machine.guarded(lambda: function(*args, **kwargs), at.node, at.frame)

    return lazy(f"os.path.{name}", model)


def _asked(name: str) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        real = real_path(machine, args[0])
        if real is None or not real.exists():
            return machine.defer_call(Symbol(f"os.path.{name}"), args, kwargs, at.node, at.frame)
        return {"exists": real.exists, "isfile": real.is_file, "isdir": real.is_dir}[name]()

    return lazy(f"os.path.{name}", model)


def os_path(machine: Any) -> dict[str, Any]:
    names: dict[str, Any] = {
        name: _pure_path(name, getattr(posixpath, name))
        for name in ("basename", "split", "splitext", "isabs", "commonpath", "commonprefix", "relpath")
    }
    names.update(
        {
            "dirname": _pure_path("dirname", folders.dirname),
            "join": _pure_path("join", posixpath.join),
            "normpath": _pure_path("normpath", folders.normal),
            "abspath": _pure_path("abspath", folders.normal),
            "realpath": _pure_path("realpath", folders.normal),
            "sep": "/",
            "exists": _asked("exists"),
            "isfile": _asked("isfile"),
            "isdir": _asked("isdir"),
            "expanduser": late("os.path.expanduser"),
            "expandvars": late("os.path.expandvars"),
            "getmtime": late("os.path.getmtime"),
            "getsize": late("os.path.getsize"),
        }
    )
    return names


NAMES: Names = {"os.path": os_path, "posixpath": os_path, "pathlib": _pathlib}
