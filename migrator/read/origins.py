"""What an expression of a user's function stands for, as far as Airflow is concerned."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from ..airflow_model import Symbol, Value
from ..records import dataclass
from ..source import SourceFile
from .bindings import Binding, Names, Scope
from .literals import Literals
from .names import canonical, is_airflow
from .outline import Outline


@dataclass(frozen=True, slots=True)
class Context:
    """The whole context mapping."""


@dataclass(frozen=True, slots=True)
class ContextValue:
    """One entry of the context."""

    name: str


@dataclass(frozen=True, slots=True)
class Variables:
    """`var.value` or `var.json`."""

    json: bool


@dataclass(frozen=True, slots=True)
class AirflowName:
    """Something imported from Airflow, or an attribute of it: the path as imported, canonical once looked at."""

    path: str

    @property
    def canonical(self) -> str:
        return canonical(self.path)


@dataclass(frozen=True, slots=True)
class Hook:
    """What the construction of a hook gives; several where a name is bound by several constructions."""

    calls: tuple[ast.Call, ...]


Origin: TypeAlias = "Context | ContextValue | Variables | AirflowName | Hook"

_READ = frozenset({"get", "pop", "__getitem__"})


def is_hook(path: str) -> bool:
    """Whether a canonical path names a hook class of Airflow's. Other classes of hook modules (job builders, errors)
    know no connection."""
    return is_airflow(path) and path.endswith(("Hook", "HookAsync")) and path.rpartition(".")[2][:1].isupper()


@dataclass(slots=True, eq=False)
class Origins:
    """The origins and literals of one piece of code. `parameters` are those of `function`, the analysed definition."""

    source: SourceFile
    names: Names
    outline: Outline
    constants: Mapping[str, Value]
    """Values of the module's names."""
    captured: Mapping[str, Value]
    """Values of names from the functions around it."""
    arguments: Mapping[str, Value] = field(default_factory=dict)
    """Values of the function's parameters, where they are known."""
    function: ast.AST | None = None
    parameters: Mapping[str, Origin] = field(default_factory=dict)
    _known: dict[tuple[Scope, str], Origin | None] = field(default_factory=dict)
    _seen: dict[ast.expr, Origin | None] = field(default_factory=dict)
    literals: Literals = field(init=False)

    def __post_init__(self) -> None:
        self.literals = Literals(
            self.source, self.names, self.outline, self.constants, self.captured, self.arguments, self.function
        )

    def literal(self, node: ast.expr) -> Value:
        """The value of an expression made of literals and known names, else Unknown."""
        return self.literals.of(node)

    def of(self, node: ast.expr) -> Origin | None:
        """What an expression stands for; None when it is nothing of Airflow's, or cannot be followed."""
        if node not in self._seen:
            self._seen[node] = self._of(node)
        return self._seen[node]

    def _of(self, node: ast.expr) -> Origin | None:
        match node:
            case ast.Name():
                return self._of_name(node)
            case ast.NamedExpr(value=value):
                return self.of(value)
            case ast.Attribute(value=value, attr=attr):
                return self._of_attribute(self.of(value), attr)
            case ast.Subscript(value=value, slice=ast.Constant(value=str(key))):
                return self._of_item(self.of(value), key)
            case ast.Call(func=func):
                return self._of_call(node, func)
        return None

    def _of_name(self, node: ast.Name) -> Origin | None:
        scope = self.names.loads.get(node)
        if scope is None or (scope is self.names.root and node.id not in scope.bindings):
            return self._of_outer(node.id)
        if scope is self.names.root:
            return self._of_outer(node.id) or self.of_local(scope, node.id)
        return self.of_local(scope, node.id)

    def _of_outer(self, name: str) -> Origin | None:
        if name in self.captured:
            value = self.captured[name]
            path = value.path if isinstance(value, Symbol) else ""
            return AirflowName(path) if is_airflow(path) else None
        path = self.outline.imported.get(name, "")
        return AirflowName(path) if is_airflow(path) else None

    def of_local(self, scope: Scope, name: str) -> Origin | None:
        """What a local name stands for, when everything that binds it gives the same."""
        key = (scope, name)
        if key not in self._known:
            self._known[key] = None  # a name bound by way of itself stands for nothing
            found = [self._of_binding(binding, scope, name) for binding in scope.bindings.get(name, ())]
            self._known[key] = _same(found)
        return self._known[key]

    def _of_binding(self, binding: Binding, scope: Scope, name: str) -> Origin | None:
        match binding.kind:
            case "parameter":
                return self.parameters.get(name) if scope.node is self.function else None
            case "import":
                return AirflowName(binding.path) if binding.path and is_airflow(binding.path) else None
            case "assign":
                return None if binding.value is None else self.of(binding.value)
            case "with":
                origin = None if binding.value is None else self.of(binding.value)
                return origin if isinstance(origin, Hook) else None
        return None

    def _of_attribute(self, base: Origin | None, attr: str) -> Origin | None:
        match base:
            case AirflowName(path=path):
                return AirflowName(f"{path}.{attr}")
            case ContextValue(name="var") if attr in ("value", "json"):
                return Variables(json=attr == "json")
        return None

    def _of_item(self, base: Origin | None, key: str) -> Origin | None:
        match base:
            case Context():
                return ContextValue(key)
            case ContextValue(name="var") if key in ("value", "json"):
                return Variables(json=key == "json")
        return None

    def _of_call(self, node: ast.Call, func: ast.expr) -> Origin | None:
        if isinstance(func, ast.Attribute) and func.attr in _READ and node.args:
            base = self.of(func.value)
            key = self.literal(node.args[0])
            if isinstance(base, Context) and isinstance(key, str):
                return ContextValue(key)
        origin = self.of(func)
        if isinstance(origin, AirflowName):
            path = origin.canonical
            if path.endswith(".get_current_context"):
                return Context()
            if is_hook(path):
                return Hook((node,))
        return None


def _same(found: list[Origin | None]) -> Origin | None:
    if not found or any(origin is None for origin in found):
        return None
    hooks = [origin for origin in found if isinstance(origin, Hook)]
    if len(hooks) == len(found):
        return Hook(tuple(dict.fromkeys(call for hook in hooks for call in hook.calls)))
    first = found[0]
    if isinstance(first, AirflowName) and all(
        isinstance(origin, AirflowName) and origin.canonical == first.canonical for origin in found
    ):
        return first
    return first if all(origin == first for origin in found) else None
