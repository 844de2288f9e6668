"""Models of os.path, pathlib, glob and `open`: pure path operations, and reading inside the given folders only.

A path that leaves the folders, or is not there, is not an error: its content is unknown, as it may exist where the
file runs.
"""

from __future__ import annotations

import csv
import fnmatch
import io
import itertools
import posixpath
from collections.abc import Iterator
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from ...airflow_model import EnvRef, Symbol, Unknown
from ..host import Arg, HostObject
from ..natives import METHODS, SYMBOLS, Handler
from ..objects import Native, NativeModule, ProjectPath, ProjectStr
from ..values import LATE
from .model import Names, late, lazy

if TYPE_CHECKING:
    from ..core import Place

SYMBOLS.update({PurePosixPath: "pathlib.Path", ProjectPath: "pathlib.Path"})
_MANY = 10_000


def project_path(value: Any) -> str | None:
    """A path value as text; None where it is none."""
    if isinstance(value, (str, PurePath)):
        return str(value)
    return None


def missing(path: Any, at: Place) -> Unknown:
    return at.unknown(
        f"the content of {path!s}, which is not in the given folders" if not isinstance(path, Unknown) else path.reason
    )


# --- open ---


class TextFile(HostObject):
    """A file of the project, opened for reading; its content is read when it is asked for."""

    __slots__ = ("content", "position")

    def __init__(self, content: str | bytes) -> None:
        self.content = content
        self.position = 0

    def describe(self) -> str:
        return "an open file"

    def _rest(self) -> Any:
        rest = self.content[self.position :]
        self.position = len(self.content)
        return rest

    def attribute(self, name: str, at: Any) -> Any:
        def run(args: list[Any], kwargs: dict[str, Any], _at: Any) -> Any:
            match name:
                case "read":
                    return self._rest()
                case "readlines":
                    return self._rest().splitlines(keepends=True)
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
        return list(self._rest().splitlines(keepends=True))


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
    return value._rest() if isinstance(value, TextFile) else value


# --- pathlib ---


def _as_path(value: Any) -> PurePosixPath:
    if isinstance(value, PurePosixPath):
        return value
    return ProjectPath(value) if type(value) is ProjectStr else PurePosixPath(value)


def _path(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if machine.later(args) is not None:
        return machine.defer_call(Symbol("pathlib.Path"), args, kwargs, at.node, at.frame)
    args = [a.base if hasattr(a, "base") and isinstance(a.base, str) else a for a in args]
    if not args:
        return PurePosixPath(".")
    if not all(isinstance(a, (str, PurePath)) for a in args):
        at.raise_("TypeError", "expected str, bytes or os.PathLike object")
    return _as_path(args[0]).joinpath(*args[1:])


def _pathlib(machine: Any) -> dict[str, Any]:
    from ..calls import CONSTRUCTORS

    CONSTRUCTORS.setdefault(PurePosixPath, lazy("pathlib.Path", _path))
    return {
        "Path": PurePosixPath,
        "PurePath": PurePosixPath,
        "PurePosixPath": PurePosixPath,
        "PosixPath": PurePosixPath,
    }


def _real(machine: Any, value: Any) -> Path | None:
    text = project_path(value)
    return machine.finder.locate(text) if text is not None else None


def _normal(path: PurePosixPath) -> PurePosixPath:
    return type(path)(posixpath.normpath(str(path)))


def _reader(name: str) -> Handler:
    def handler(machine: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        if isinstance(owner, type):
            return at.unknown(f"Path.{name}")
        real = _real(machine, owner)
        match name:
            case "read_text" | "read_bytes":
                opened = open_file(machine, [owner, "r" if name == "read_text" else "rb"], {}, at)
                return opened._rest() if isinstance(opened, TextFile) else opened
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
                return _listed(machine, owner, pattern, name == "rglob", at)
            case "resolve" | "absolute":
                return _normal(owner) if type(owner) is ProjectPath or owner.is_absolute() else owner
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


def _listed(machine: Any, owner: Any, pattern: str, deep: bool, at: Place) -> Any:
    """The paths in a folder that match, sorted by name: the order of the file system is not the same everywhere."""
    real = _real(machine, owner)
    if real is None or not real.is_dir():
        return missing(owner, at)
    if pattern.startswith("/") or ".." in pattern.split("/"):
        return missing(f"{owner}/{pattern}", at)
    try:
        found = real.rglob(pattern) if deep else real.glob(pattern)
        paths = sorted(itertools.islice(found, _MANY))
    except (OSError, ValueError, NotImplementedError):
        return missing(owner, at)
    inside = [p for p in paths if machine.finder.real(machine.finder.relative(p)) is not None]
    return [owner / p.relative_to(real).as_posix() for p in inside]


# --- os.path, os, glob ---


def _dirname(path: str) -> str:
    if type(path) is not ProjectStr:
        return posixpath.dirname(path)
    if path in (".", "") or path.endswith(".."):
        return ProjectStr(posixpath.join(path, "..") if path.endswith("..") else "..")
    return ProjectStr(posixpath.dirname(path) or ".")


def _joined(*parts: str) -> str:
    result = posixpath.join(*parts)
    return ProjectStr(result) if type(parts[0]) is ProjectStr else result


def _whole(path: str) -> str:
    return ProjectStr(posixpath.normpath(path)) if type(path) is ProjectStr else posixpath.normpath(path)


def _pure_path(name: str, function: Any) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        late_value = machine.later([*args, *kwargs.values()])
        if late_value is not None or not machine.plain(args):
            return machine.defer_call(Symbol(f"os.path.{name}"), args, kwargs, at.node, at.frame)
        if name in ("abspath", "realpath") and type(args[0]) is not ProjectStr and not str(args[0]).startswith("/"):
            return machine.defer_call(Symbol(f"os.path.{name}"), args, kwargs, at.node, at.frame)
        args = [ProjectStr(a) if type(a) is ProjectPath else str(a) if isinstance(a, PurePath) else a for a in args]
        return machine.guarded(lambda: function(*args, **kwargs), at.node, at.frame)

    return lazy(f"os.path.{name}", model)


def _asked(name: str) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        real = _real(machine, args[0])
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
            "dirname": _pure_path("dirname", _dirname),
            "join": _pure_path("join", _joined),
            "normpath": _pure_path("normpath", _whole),
            "abspath": _pure_path("abspath", _whole),
            "realpath": _pure_path("realpath", _whole),
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


def _listdir(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    path = args[0] if args else kwargs.get("path", ".")
    paths = _listed(machine, PurePosixPath(path), "*", False, at) if project_path(path) is not None else None
    if not isinstance(paths, list):
        return machine.defer_call(Symbol("os.listdir"), args, kwargs, at.node, at.frame) if paths is None else paths
    return [p.name for p in paths]


def _walk(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    text = project_path(args[0])
    real = _real(machine, text)
    if text is None or real is None or not real.is_dir():
        return missing(text or "a folder", at)
    make = ProjectStr if type(args[0]) in (ProjectStr, ProjectPath) else str

    def walk(folder: Path, name: str) -> Iterator[Any]:
        entries = sorted(folder.iterdir(), key=lambda p: p.name)
        inside = [e for e in entries if not e.is_symlink()]
        folders = [e.name for e in inside if e.is_dir()]
        yield (make(name), folders, [e.name for e in inside if e.is_file()])
        for below in list(folders):
            yield from walk(folder / below, posixpath.join(name, below))

    return itertools.islice(walk(real, text), _MANY)


def _glob(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    pattern = args[0] if args else kwargs.get("pathname")
    if not isinstance(pattern, str):
        return machine.defer_call(Symbol("glob.glob"), args, kwargs, at.node, at.frame)
    make = ProjectStr if type(pattern) is ProjectStr else str
    head = posixpath.dirname(pattern.partition("*")[0].partition("?")[0].partition("[")[0])
    rest = pattern[len(head) :].lstrip("/") if head else pattern
    paths = _listed(machine, PurePosixPath(head or "."), rest, False, at)
    return [make(p) for p in paths] if isinstance(paths, list) else paths


# --- csv ---


def _lines(machine: Any, value: Any, at: Place) -> Any:
    if isinstance(value, TextFile):
        return io.StringIO(str(value._rest()), newline="")
    items = machine.elements(value, at.node, at.frame)
    return items if type(items) in LATE or not machine.plain(items) else iter(items)


def _csv(kind: str) -> Native:
    def model(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
        lines = _lines(machine, args[0], at)
        if type(lines) in LATE or isinstance(lines, list) or machine.later([*kwargs.values()]) is not None:
            return at.unknown("rows of a file not known")
        reader: Any = (
            csv.DictReader(lines, *args[1:], **kwargs)
            if kind == "DictReader"
            else csv.reader(lines, *args[1:], **kwargs)
        )
        return machine.guarded(lambda: iter(list(itertools.islice(reader, machine.bounds.elements))), at.node, at.frame)

    return lazy(f"csv.{kind}", model)


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


NAMES: Names = {
    "os": _os,
    "os.path": os_path,
    "posixpath": os_path,
    "pathlib": _pathlib,
    "glob": lambda machine: {"glob": lazy("glob.glob", _glob), "iglob": lazy("glob.glob", _glob)},
    "fnmatch": lambda machine: {
        "fnmatch": Native("fnmatch.fnmatch", lambda a, k, at: fnmatch.fnmatchcase(*a)),
        "filter": Native("fnmatch.filter", lambda a, k, at: fnmatch.filter(*a)),
    },
    "csv": lambda machine: {
        "reader": _csv("reader"),
        "DictReader": _csv("DictReader"),
        "QUOTE_ALL": 1,
        "QUOTE_MINIMAL": 0,
        "QUOTE_NONE": 3,
    },
    "io": lambda machine: {
        "StringIO": Native("io.StringIO", lambda a, k, at: TextFile(a[0] if a else "")),
        "open": lazy("open", open_file),
    },
}
