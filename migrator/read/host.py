"""What the interpreter and the libraries it knows nothing of (Airflow) ask of each other.

The interpreter runs user syntax trees; wherever one imports a module that is neither the user's nor one of the
interpreter's own standard-library models, it asks the host. What the host hands back are `HostObject`s: every Python
operation on one is passed to its methods together with an `At`, the place and the circumstances of the operation.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any, Protocol

from ..airflow_model import Unknown
from ..findings import Finding
from ..records import dataclass
from ..source import SourceFile, Span
from .places import text_of
from .supplied import Kind


@dataclass(frozen=True, slots=True)
class Arg:
    """A value that reaches a call, with the expression it came from and where that expression was evaluated."""

    value: Any
    node: ast.expr
    at: At
    names: tuple[str, ...] | None = None
    """The module-level names the expression uses, when it uses nothing else; None where it also uses locals."""

    @property
    def span(self) -> Span:
        return self.at.span_of(self.node)

    @property
    def source(self) -> str | None:
        """The expression as written, with `\n` as line end."""
        return text_of(self.span, self.at.source)


class At(Protocol):
    """Where in the user's files an operation happens, and what the host may ask of the interpreter there."""

    @property
    def source(self) -> SourceFile: ...

    @property
    def span(self) -> Span: ...

    @property
    def conditional(self) -> tuple[Unknown, ...]:
        """The unknown conditions this place stands under, outermost first; empty where it surely runs."""

    @property
    def repeated(self) -> tuple[Unknown, ...]:
        """The unknown iterables this place is in a loop over."""

    def span_of(self, node: ast.AST) -> Span: ...
    def unknown(self, reason: str) -> Unknown: ...
    def report(self, finding: Finding) -> None: ...
    def supplied(self, kind: Kind, name: Any) -> str | None:
        """The value the user said a variable has, which a finding then tells of; None where nothing was said."""

    def call(self, function: Any, args: Sequence[Any] = (), kwargs: dict[str, Any] | None = None) -> Any:
        """Call a user's function (or anything callable) from here."""

    def raise_(self, exception: str, message: str) -> Any:
        """Raise a Python exception in the interpreted program (`ImportError`, `AirflowException` …); never returns."""

    def names_in(self, node: ast.AST) -> tuple[str, ...] | None:
        """The module-level names an expression uses, or None where it uses locals of a function or loop."""

    def marks_of(self, container: Any) -> dict[int, tuple[Any, tuple[Unknown, ...], tuple[Unknown, ...]]]:
        """The elements of a list, dict or set that are there under unknown conditions or in unknown loops.

        By the element's `id` (a dict's key's): the element, its conditions, the iterables it is repeated for.
        """


class HostObject:
    """Base of everything a host hands to the interpreter. What a subclass leaves out gives an unknown value."""

    __slots__ = ()

    def describe(self) -> str:
        """A few words for findings: what this is."""
        return type(self).__name__

    def attribute(self, name: str, at: At) -> Any:
        return at.unknown(f"{self.describe()}.{name}")

    def set_attribute(self, name: str, value: Any, at: At) -> None:
        return None

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return at.unknown(f"{self.describe()}(…)")

    def item(self, key: Any, at: At) -> Any:
        return at.unknown(f"{self.describe()}[…]")

    def set_item(self, key: Any, value: Any, at: At) -> None:
        return None

    def binary(self, op: str, other: Any, reflected: bool, at: At) -> Any:
        """`self op other`, or `other op self` when reflected; op is `>>`, `|`, `==` … NotImplemented: not mine."""
        return NotImplemented

    def enter(self, at: At) -> Any:
        return self

    def exit(self, at: At) -> None:
        return None

    def iterate(self, at: At) -> list[Any] | Unknown:
        return at.unknown(f"iterating over {self.describe()}")

    def truth(self, at: At) -> bool | Unknown:
        return True

    def instance_of(self, cls: Any, at: At) -> bool | Unknown:
        """`isinstance(self, cls)` where `cls` is a host class."""
        return at.unknown(f"isinstance of {self.describe()}")


class HostClass(HostObject):
    """A class of the host's that a user's class may inherit from (BaseOperator, DAG, an operator)."""

    __slots__ = ()

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        """`super().__init__(…)` reached from the user's subclass; `instance` is the interpreter's Instance.

        The host may set `instance.host` to a HostObject: operations and attributes the user's class does not define
        are passed to it from then on.
        """
        return at.unknown(f"{self.describe()}.__init__")

    def instantiated(self, instance: Any, at: At) -> None:
        """The user's subclass has finished its own `__init__` (also when it never called the base's)."""


class Host(Protocol):
    """The libraries the interpreter knows nothing of.

    The order of an import: what the host reserves, the interpreter's models of the standard library, the user's files,
    what the host owns; what is left is a symbol.
    """

    def reserves(self, module: str) -> bool:
        """Whether imports of this dotted module are the host's even where a file of the user's has that name."""

    def owns(self, module: str) -> bool:
        """Whether imports of this dotted module, which no file of the user's answers, are the host's to answer."""

    def import_module(self, module: str, at: At) -> Any:
        """`import module`; raises through `at.raise_("ModuleNotFoundError", …)` when it exists in no version."""

    def import_name(self, module: str, name: str, at: At) -> Any:
        """`from module import name`."""

    def public_names(self, module: str) -> tuple[str, ...]:
        """What `from module import *` brings."""

    def decorated(self, function: Any, decorators: list[Any], at: At) -> None:
        """A function was defined with these (already applied) decorators; for bookkeeping only."""

    def module_started(self, source: SourceFile, at: At) -> None: ...

    def module_finished(self, source: SourceFile, namespace: dict[str, Any], at: At) -> None:
        """A DAG file or a module it imports has been run to its end, or to the exception that stopped it.

        `namespace` holds its top-level names.
        """

    def escaped(self, values: Sequence[Any], to: str, at: At) -> None:
        """Values were passed to code the interpreter cannot see (`to` names it)."""
