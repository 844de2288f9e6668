"""A tiny host for the interpreter's tests: module `lib` has classes whose instances record what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from migrator.airflow_model import Symbol, Unknown
from migrator.findings import Finding
from migrator.read.core import Bounds
from migrator.read.host import Arg, HostClass, HostObject
from migrator.read.interpreter import Interpreter
from migrator.read.modules import ModuleFinder
from migrator.read.objects import UserModule
from migrator.source import SourceFile


@dataclass(eq=False, repr=False)
class Thing(HostObject):
    """Something made by calling a `Maker`."""

    kind: str
    args: list[Arg]
    kwargs: dict[str, Arg]
    conditional: tuple[Unknown, ...]
    repeated: tuple[Unknown, ...]
    host: Recorder

    @property
    def id(self) -> Any:
        return self.kwargs["id"].value if "id" in self.kwargs else self.args[0].value if self.args else None

    def describe(self) -> str:
        return f"{self.kind} {self.id}"

    def attribute(self, name: str, at: Any) -> Any:
        return self.id if name == "id" else super().attribute(name, at)

    def binary(self, op: str, other: Any, reflected: bool, at: Any) -> Any:
        if op not in (">>", "<<"):
            return NotImplemented
        others = other if isinstance(other, list) else [other]
        for one in others:
            pair = (name_of(one), name_of(self)) if reflected else (name_of(self), name_of(one))
            self.host.edges.append((*(pair if op == ">>" else pair[::-1]), bool(at.conditional)))
        return other

    def enter(self, at: Any) -> Any:
        self.host.events.append(f"enter {self.id}")
        return self

    def exit(self, at: Any) -> None:
        self.host.events.append(f"exit {self.id}")


def name_of(value: Any) -> Any:
    thing = getattr(value, "host", None) if not isinstance(value, Thing) else value
    return thing.id if isinstance(thing, Thing) else str(value)


@dataclass(eq=False, repr=False)
class Maker(HostClass):
    """A class of the host's; calling it makes a Thing, and user classes may extend it."""

    name: str
    host: Recorder

    def describe(self) -> str:
        return self.name

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: Any) -> Any:
        thing = Thing(self.name, args, kwargs, at.conditional, at.repeated, self.host)
        self.host.things.append(thing)
        return thing

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: Any) -> Any:
        instance.host = self.call(args, kwargs, at)
        return instance.host

    def instantiated(self, instance: Any, at: Any) -> None:
        self.host.events.append(f"instantiated {instance.cls.name}")


@dataclass(repr=False)
class Decorator(HostObject):
    """Runs nothing: keeps the function."""

    host: Recorder

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: Any) -> Any:
        self.host.functions.append(args[0].value)
        return Thing("function", args, {}, at.conditional, at.repeated, self.host)


@dataclass(repr=False)
class Recorder:
    """The host of `lib`."""

    things: list[Thing] = field(default_factory=list)
    edges: list[tuple[Any, Any, bool]] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    functions: list[Any] = field(default_factory=list)
    escapes: list[str] = field(default_factory=list)
    finished: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names: dict[str, Any] = {"Op": Maker("Op", self), "Dag": Maker("Dag", self), "task": Decorator(self)}

    def owns(self, module: str) -> bool:
        return module.partition(".")[0] == "lib"

    def reserves(self, module: str) -> bool:
        return self.owns(module)

    def import_module(self, module: str, at: Any) -> Any:
        if module == "lib.gone":
            at.raise_("ModuleNotFoundError", "No module named 'lib.gone'")
        return Symbol(module)

    def import_name(self, module: str, name: str, at: Any) -> Any:
        if name not in self.names:
            at.raise_("ImportError", f"cannot import name {name!r}")
        return self.names[name]

    def public_names(self, module: str) -> tuple[str, ...]:
        return tuple(self.names)

    def decorated(self, function: Any, decorators: list[Any], at: Any) -> None:
        return None

    def module_started(self, source: SourceFile, at: Any) -> None:
        return None

    def module_finished(self, source: SourceFile, namespace: dict[str, Any], at: Any) -> None:
        self.finished[source.file] = namespace

    def escaped(self, values: Sequence[Any], to: str, at: Any) -> None:
        self.escapes.append(to)


@dataclass(repr=False)
class Run:
    """What came of running a file."""

    module: UserModule
    host: Recorder
    findings: list[Finding]
    interpreter: Interpreter

    def __getitem__(self, name: str) -> Any:
        return self.module.namespace[name]

    @property
    def codes(self) -> list[str]:
        return [f.code for f in self.findings]


def run(text: str, root: Path | None = None, bounds: Bounds | None = None, file: str = "main.py") -> Run:
    """Run a text as `file` under `root`."""
    host = Recorder()
    finder = ModuleFinder(root if root is not None else Path("no such folder"))
    interpreter = Interpreter(host, finder, bounds)
    module = interpreter.run_file(SourceFile(file, file.removesuffix(".py").replace("/", "."), text))
    return Run(module, host, interpreter.findings, interpreter)
