"""Models of sys, logging, importlib and of functions whose results exist at run time only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol
from ..host import HostObject
from ..objects import Native
from .model import Names, late, lazy

if TYPE_CHECKING:
    from ..core import Place


class Quiet(HostObject):
    """A logger: whatever is done with it does nothing."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def describe(self) -> str:
        return self.path

    def attribute(self, name: str, at: Any) -> Any:
        if name[:1].isupper():
            return Symbol(f"{self.path}.{name}")
        return Quiet(f"{self.path}.{name}")

    def call(self, args: list[Any], kwargs: dict[str, Any], at: Any) -> Any:
        return Quiet(self.path) if self.path.endswith(("getLogger", "getChild")) else None


_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "WARN": 30, "ERROR": 40, "CRITICAL": 50, "FATAL": 50, "NOTSET": 0}


def _logging(machine: Any) -> dict[str, Any]:
    names = (
        "getLogger",
        "basicConfig",
        "info",
        "warning",
        "warn",
        "error",
        "debug",
        "exception",
        "critical",
        "log",
        "root",
        "disable",
        "captureWarnings",
        "addLevelName",
        "setLoggerClass",
    )
    return {**_LEVELS, **{name: Quiet(f"logging.{name}") for name in names}}


def _exit(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    raise machine.raising(SystemExit(*args[:1]), at.node, at.frame)


def _sys(machine: Any) -> dict[str, Any]:
    import sys

    return {
        "exit": lazy("sys.exit", _exit),
        "path": [],
        "version_info": tuple(sys.version_info),
        "platform": "linux",
        "maxsize": sys.maxsize,
        "argv": Symbol("sys.argv"),
        "modules": Symbol("sys.modules"),
        "stdout": Quiet("sys.stdout"),
        "stderr": Quiet("sys.stderr"),
        "setrecursionlimit": Native("sys.setrecursionlimit", lambda a, k, at: None, lazy=True),
        "intern": Native("sys.intern", lambda a, k, at: a[0]),
        "byteorder": "little",
    }


def _import_module(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    name = args[0] if args else kwargs.get("name")
    package = args[1] if len(args) > 1 else kwargs.get("package")
    if not isinstance(name, str) or not name:
        return at.unknown("a module named at run time")
    if name.startswith("."):
        if not isinstance(package, str):
            return at.unknown("a module named at run time")
        level = len(name) - len(name.lstrip("."))
        parts = package.split(".")
        name = ".".join([*parts[: len(parts) - level + 1], *filter(None, [name.lstrip(".")])])
    return machine.import_module(name, at.node, at.frame)


def _reload(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    return args[0]


def _import_library(machine: Any) -> dict[str, Any]:
    return {
        "import_module": lazy("importlib.import_module", _import_module),
        "reload": lazy("importlib.reload", _reload),
    }


NAMES: Names = {
    "logging": _logging,
    "logging.config": lambda machine: {
        "dictConfig": Quiet("logging.config.dictConfig"),
        "fileConfig": Quiet("logging.config.fileConfig"),
    },
    "sys": _sys,
    "importlib": _import_library,
    "socket": lambda machine: {n: late(f"socket.{n}") for n in ("gethostname", "getfqdn")},
    "getpass": lambda machine: {"getuser": late("getpass.getuser")},
    "builtins": lambda machine: dict(machine.builtins),
    "__future__": lambda machine: {},
}
