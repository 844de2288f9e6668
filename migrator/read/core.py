"""The interpreter's state: bounds, findings, places, exceptions of the interpreted program, values known later."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from typing import Any, NoReturn, TypeAlias

from ..airflow_model import Deferred, Unknown
from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile, Span
from .frames import Frame, free_names
from .host import Arg, Host
from .modules import ModuleFinder
from .objects import BoundReached, Foreign, Raised, Stop, UserModule
from .places import span_of, text_of
from .reaching import linked, taken
from .supplied import NOTHING, Kind
from .values import describe, fingerprint, first_late, is_plain, snapshot

Marks: TypeAlias = dict[int, tuple[Any, tuple[Unknown, ...], tuple[Unknown, ...]]]
"""By an element's identity: the element, the conditions it is there under, the unknowns it is repeated for."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the reading of one DAG file may take, with all it imports.

    A step is a statement or a turn of a loop; calls and forks, which take longer, count as several.
    """

    steps: int = 2_000_000
    turns: int = 100_000
    depth: int = 200
    elements: int = 200_000
    characters: int = 10_000_000
    bits: int = 20_000
    expression: int = 5_000
    yields: int = 10_000
    alternatives: int = 32


@dataclass(slots=True, eq=False)
class Place:
    """Where an operation happens (`At` of host.py)."""

    machine: Core
    frame: Frame
    node: ast.AST
    conditional: tuple[Unknown, ...]
    repeated: tuple[Unknown, ...]
    _span: Span | None = field(default=None, repr=False)

    @property
    def source(self) -> SourceFile:
        return self.frame.module.source

    @property
    def module(self) -> UserModule:
        return self.frame.module

    def supplied(self, kind: Kind, name: Any) -> str | None:
        value = self.machine.supplied.value(kind, name)
        if value is not None:
            self.report(Finding("A2D017", f"{kind} {name} is taken to be {value!r}", self.span))
        return value

    @property
    def span(self) -> Span:
        if self._span is None:
            self._span = span_of(self.node, self.source)
        return self._span

    def span_of(self, node: ast.AST) -> Span:
        return span_of(node, self.source)

    def unknown(self, reason: str) -> Unknown:
        return Unknown(reason, self.span)

    def report(self, finding: Finding) -> None:
        self.machine.report(finding)

    def call(self, function: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None) -> Any:
        return self.machine.call(function, list(args), dict(kwargs or {}), self.node, self.frame)

    def raise_(self, exception: str, message: str) -> NoReturn:
        self.machine.raise_(exception, message, self.node, self.frame)

    def names_in(self, node: ast.AST) -> tuple[str, ...] | None:
        return self.machine.names_in(node, self.frame)

    def marks_of(self, container: Any) -> Marks:
        return self.machine.marks_of(container)


class Core:
    """State and the small operations everything else is made of. The layers above fill in `call` and the rest."""

    provenance = True
    supplied = NOTHING
    """Whether arguments are to know which names their expressions use."""

    def __init__(self, host: Host, modules: ModuleFinder, bounds: Bounds | None = None) -> None:
        self.host = host
        self.finder = modules
        self.bounds = bounds or Bounds()
        self.findings: list[Finding] = []
        self.modules: dict[str, UserModule] = {}
        self.conditional: tuple[Unknown, ...] = ()
        self.repeated: tuple[Unknown, ...] = ()
        self.steps = 0
        self.depth = 0
        self.journal: dict[int, tuple[Any, Any]] | None = None
        self.marks: dict[int, tuple[Any, Marks]] = {}
        self.links: dict[int, tuple[Unknown, list[Any]]] = {}
        """By an unknown value's identity: the value, and the known objects one of which it is."""
        self.assumed: list[tuple[Any, bool]] = []
        self.arrivals: dict[int, tuple[Any, int]] = {}  # objects by when they first came into a set
        self._reported: set[Finding] = set()
        self._deferred: dict[int, tuple[Any, int, int]] = {}  # by identity: itself, its size, its print
        self._free: dict[ast.AST, frozenset[str]] = {}

    # --- what the layers above provide ---

    def call(
        self,
        function: Any,
        args: list[Any],
        kwargs: dict[str, Any],
        node: ast.AST,
        frame: Frame,
        arg_nodes: Sequence[Any] | None = None,
    ) -> Any:
        """Call anything; `arg_nodes` are Args for provenance, positional ones then by keyword."""
        raise NotImplementedError

    def marks_of(self, container: Any) -> Marks:
        """The elements (a dict's keys) of a container that are there under a condition or repeatedly, by identity."""
        return self.marks[id(container)][1] if id(container) in self.marks else {}

    def attribute(self, value: Any, name: str, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def item(self, value: Any, key: Any, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def binary(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        raise NotImplementedError

    def truth(self, value: Any, node: ast.AST, frame: Frame) -> bool | Any:
        """True or False, or a value known later that decides."""
        raise NotImplementedError

    def iterate(self, value: Any, node: ast.AST, frame: Frame) -> Iterator[Any] | Any:
        """An iterator over a known iterable, or a value of LATE."""
        raise NotImplementedError

    def text(self, value: Any, node: ast.AST, frame: Frame, conversion: str = "s", spec: str = "") -> Any:
        """`format(str(value), spec)`, or a value of LATE."""
        raise NotImplementedError

    # --- places and findings ---

    def at(self, node: ast.AST, frame: Frame) -> Place:
        return Place(self, frame, node, self.conditional, self.repeated)

    def span(self, node: ast.AST, frame: Frame) -> Span:
        return span_of(node, frame.module.source)

    def report(self, finding: Finding) -> None:
        """Keep a finding; the same one twice counts once."""
        if finding not in self._reported and len(self.findings) < 10_000:
            self._reported.add(finding)
            self.findings.append(finding)

    def unknown(self, reason: str, node: ast.AST, frame: Frame) -> Unknown:
        return Unknown(reason, self.span(node, frame))

    def bound(self, what: str, node: ast.AST, frame: Frame) -> Unknown:
        """Report a bound that was reached; the unknown value of what could not be computed."""
        self.steps += 1_000
        span = self.span(node, frame)
        self.report(Finding("A2D005", f"Reading stops here: {what}.", span))
        return Unknown(what, span)

    def step(self, node: ast.AST, frame: Frame, weight: int = 1) -> None:
        self.steps += weight
        if self.steps > self.bounds.steps:
            self.bound(f"more than {self.bounds.steps:,} steps", node, frame)
            raise Stop

    def raise_(self, exception: str, message: str, node: ast.AST, frame: Frame) -> NoReturn:
        """Raise in the interpreted program: a builtin exception by name, or one known by name only."""
        cls = _BUILTIN_EXCEPTIONS.get(exception)
        value: Any = cls(message) if cls else Foreign(exception, message)
        raise Raised(value, self.span(node, frame))

    def raising(self, error: BaseException, node: ast.AST, frame: Frame) -> Raised:
        """A real exception an operation on real objects gave, as one of the interpreted program."""
        return Raised(error, self.span(node, frame))

    def guarded(self, operation: Callable[[], Any], node: ast.AST, frame: Frame) -> Any:
        """The result of an operation on real objects; what it raises is raised in the interpreted program."""
        try:
            return operation()
        except (Raised, Stop):
            raise
        except BoundReached as bound:
            return self.bound(bound.what, node, frame)
        except (MemoryError, RecursionError) as error:
            return self.bound(f"an operation needs too much ({type(error).__name__})", node, frame)
        except Exception as error:
            raise self.raising(error, node, frame) from None

    # --- provenance ---

    def arg(self, value: Any, node: ast.expr, frame: Frame) -> Arg:
        return Arg(value, node, self.at(node, frame), self.names_in(node, frame))

    def names_in(self, node: ast.AST, frame: Frame) -> tuple[str, ...] | None:
        """The module-level names an expression uses; None where it uses others, or ones whose value varies."""
        if not self.provenance or isinstance(node, ast.stmt):
            return None  # a definition that is decorated: no expression to be carried over
        used = self._free.get(node)
        if used is None:
            used = self._free[node] = free_names(node)
        namespace = frame.module.namespace
        local: Frame | None = frame
        while local is not None and not local.is_module:
            if any(name in local.names for name in used):
                return None
            local = local.parent
        if used & frame.module.parsed.varying:
            return None
        return tuple(sorted(name for name in used if name in namespace))

    # --- values known later ---

    def defer(
        self,
        op: str,
        operands: Sequence[Any],
        node: ast.AST,
        frame: Frame,
        name: str = "",
        keywords: Sequence[tuple[str, Any]] = (),
    ) -> Deferred | Unknown:
        """A computation for run time; unknown where an operand is (except in the alternatives of an `if`)."""
        # Operands are snapshots: the user's list may change after this place.
        operands = tuple(map(snapshot, operands))
        size = 1
        prints: list[Any] = [op, name, *(key for key, _ in keywords)]
        for operand in (*operands, *(item for _, item in keywords)):
            if type(operand) is Unknown and op != "if":
                return linked(self, operand, taken(self, op, operands, name))
            made = self._deferred.get(id(operand))
            size += 1 if made is None else made[1]
            prints.append(fingerprint(operand) if made is None else made[2])
        if size > self.bounds.expression:
            return self.unknown("an expression too large to carry over", node, frame)
        value = Deferred(op, operands, name, tuple(keywords), self.span(node, frame))
        self._deferred[id(value)] = (value, size, hash(tuple(prints)))
        return value

    def fingerprint(self, value: Any) -> Any:
        """Equal for two deferred values that are the same computation."""
        made = self._deferred.get(id(value))
        return fingerprint(value) if made is None else made[2]

    def later(self, values: Sequence[Any]) -> Any:
        """The first of the values that is not known, looking into containers; None when all are."""
        budget = [200_000]
        for value in values:
            found = first_late(value, budget, 0)
            if found is not None:
                return found
        return None

    def plain(self, value: Any) -> bool:
        """Whether a value and all in it are real Python objects."""
        return is_plain(value, [200_000], 0)

    def condition(self, value: Any, node: ast.AST, frame: Frame, negated: bool = False, named: bool = False) -> Unknown:
        """The unknown that stands for a condition on a value known later, with the text that would have to be known.

        `named`: the node is not the condition's own, so a description of the value must do.
        """
        span = self.span(node, frame)
        if type(value) is Unknown:
            reason = value.reason
        else:
            source: SourceFile | None = frame.module.source
            if type(value) is Deferred and value.span is not None:
                # Where it was written, which is not where an object it chose is used.
                span = value.span
                source = self.modules[span.file].source if span.file in self.modules else None
            written = text_of(span, source) if source is not None and hasattr(node, "lineno") and not named else ""
            reason = " ".join((written or describe(value)).split())[:120]
        return Unknown(f"not ({reason})" if negated else reason, span)


_BUILTIN_EXCEPTIONS: dict[str, type[BaseException]] = {
    name: value
    for name, value in vars(__import__("builtins")).items()
    if isinstance(value, type) and issubclass(value, BaseException)
}
