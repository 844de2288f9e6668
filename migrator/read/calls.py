"""Calls: what each kind of callable does with its arguments, and how a user's function is run."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..airflow_model import Deferred, Symbol, Unknown
from .branches import Signal
from .frames import Frame, Scope, function_scope, parameter_names
from .host import Arg, HostClass, HostObject
from .natives import MUTATING, SYMBOLS, call_method, symbol_of
from .objects import (
    MISSING,
    BoundMethod,
    BoundReached,
    ContextManager,
    Enough,
    Generator,
    HostInit,
    Instance,
    Native,
    NativeMethod,
    Partial,
    Spread,
    UserClass,
    UserFunction,
    Wrapped,
)
from .reaching import REASON, change, reached
from .text import Text
from .values import LATE, describe

CONSTRUCTORS: dict[type, Native] = {}
"""Models of real classes that are called; filled by builtins.py and stdlib."""


class Calls(Text):
    """`call` and the running of functions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._active: dict[ast.AST, list[int]] = {}  # running calls by function: the conditions each stands under

    def call(
        self,
        function: Any,
        args: list[Any],
        kwargs: dict[str, Any],
        node: ast.AST,
        frame: Frame,
        nodes: Any = None,
    ) -> Any:
        kind = type(function)
        if kind is UserFunction:
            return self.call_function(function, args, kwargs, node, frame, nodes)
        if kind is Native:
            return self._call_native(function, args, kwargs, node, frame)
        if kind is BoundMethod:
            if nodes is not None:
                nodes = ([node, *nodes[0]], *nodes[1:])
            return self.call(function.function, [function.instance, *args], kwargs, node, frame, nodes)
        if kind is NativeMethod:
            return self._call_native_method(function, args, kwargs, node, frame)
        if kind is UserClass:
            return self.instantiate(function, args, kwargs, node, frame, nodes)
        if kind in LATE:
            if kind is Deferred and function.op == "if":
                return self.each(function, node, frame, lambda f: self.call(f, args, kwargs, node, frame, nodes))
            return self.call_later(function, args, kwargs, node, frame)
        if isinstance(function, HostObject):
            return function.call(*self._host_args(args, kwargs, node, frame, nodes), self.at(node, frame))
        if kind is HostInit:
            return self._host_init(function, args, kwargs, node, frame, nodes)
        if kind is Partial:
            if nodes is not None:
                nodes = (
                    [*[node] * len(function.args), *nodes[0]],
                    {**dict.fromkeys(function.kwargs, node), **nodes[1]},
                    nodes[2],
                )
            return self.call(
                function.function, [*function.args, *args], {**function.kwargs, **kwargs}, node, frame, nodes
            )
        if isinstance(function, type):
            return self._construct(function, args, kwargs, node, frame)
        if kind is Instance:
            method = self.method(function, "__call__")
            if method is not MISSING:
                return self.call(method, args, kwargs, node, frame, nodes)
            if isinstance(function.host, HostObject):
                return self.call(function.host, args, kwargs, node, frame, nodes)
            if self.opaque(function.cls):
                return self.unknown(f"a call of {describe(function)}", node, frame)
        if kind is ContextManager:
            return args[0] if args else None  # used as a decorator
        if kind is Wrapped:
            return self.call(function.function, args, kwargs, node, frame, nodes)
        self.raise_("TypeError", f"{describe(function)!r} object is not callable", node, frame)

    # --- functions of the user's ---

    def call_function(
        self, function: UserFunction, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> Any:
        self.step(node, frame, 5)
        if function.context_manager and nodes is not _RUN:
            return ContextManager(function, args, kwargs)
        if function.is_async:
            return self.unknown(f"{function.name}(…), a coroutine", node, frame)
        if self.depth >= self.bounds.depth:
            return self.bound(f"calls nested more than {self.bounds.depth} deep", node, frame)
        if function.name == "__init__" and function.owner is not None and args:
            kwargs = self._before_init(function, args, kwargs, node, frame, nodes)
        names = self._bind(function, args, kwargs, node, frame)
        active = self._active.setdefault(function.node, [])
        circumstances = len(self.conditional) + len(self.repeated)
        if len(active) >= 3 and circumstances > active[0] + 2:
            # Each level adds an unknown condition: where it ends is not known, and following all ways takes forever.
            return self.bound(f"a recursion of {function.name} that an unknown condition ends", node, frame)
        active.append(circumstances)
        self.depth += 1
        try:
            return self.run_function(function, names, args, node, frame)
        except RecursionError:
            return self.bound("calls nested too deep", node, frame)
        finally:
            self.depth -= 1
            active.pop()

    def run_function(
        self,
        function: UserFunction,
        names: dict[str, Any],
        args: list[Any],
        node: ast.AST,
        caller: Frame,
        on_yield: Any = None,
    ) -> Any:
        """Run a function's body over its bound parameters; what it returns (a Generator for a generator function)."""
        inner = Frame(function.module, names, function.frame, self._scope(function), function=function)
        inner.owner = function.owner
        inner.self_value = args[0] if args else None
        if isinstance(function.node, ast.Lambda):
            return self.eval(function.node.body, inner)
        conditional, assumed = self.conditional, len(self.assumed)
        inner.on_yield = on_yield
        truncated = False
        if inner.scope is not None and inner.scope.yields:
            inner.yielded = []
        try:
            signal = self.block(function.node.body, inner)
        except Enough:
            signal, truncated = None, True
        finally:
            self.conditional = conditional
            del self.assumed[assumed:]
        value = signal.value if signal is not None and signal.kind == "return" else None
        for condition, returned in reversed(inner.returns):
            value = self.choice(condition, returned, value, node, caller)
        if inner.yielded is not None and on_yield is None:
            return Generator(inner.yielded, self._yielded(inner.yielded, truncated))
        return value

    def _yielded(self, values: list[Any], truncated: bool) -> Iterator[Any]:
        yield from values
        if truncated:
            raise BoundReached(f"a generator of more than {self.bounds.yields:,} values")

    def _scope(self, function: UserFunction) -> Scope:
        scopes = function.module.parsed.scopes
        scope = scopes.get(function.node)
        if scope is None:
            scope = scopes[function.node] = function_scope(function.node)
        return scope

    def _bind(
        self, function: UserFunction, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame
    ) -> dict[str, Any]:
        """The parameters' values, as Python binds them. What `*unknown` or `**unknown` may set is unknown."""
        parameters = function.node.args
        positional = [*parameters.posonlyargs, *parameters.args]
        names: dict[str, Any] = {}
        spread = next((n for n, a in enumerate(args) if type(a) is Spread), None)
        uncertain: Any = None
        if spread is not None:
            uncertain, args = args[spread].value, args[:spread]
        for parameter, value in zip(positional, args, strict=False):
            names[parameter.arg] = value
        if parameters.vararg is not None:
            extra = list(args[len(positional) :])
            names[parameters.vararg.arg] = tuple(extra) if uncertain is None else uncertain
        elif len(args) > len(positional):
            self._type_error(
                function, f"takes {len(positional)} positional arguments but {len(args)} were given", node, frame
            )
        only_positional = {p.arg for p in parameters.posonlyargs}
        acceptable = {p.arg for p in (*parameters.args, *parameters.kwonlyargs)}
        rest: dict[Any, Any] = {}
        for name, value in kwargs.items():
            if name == "**":
                uncertain = value
                rest[value if type(value) is Unknown else Unknown(describe(value), self.span(node, frame))] = value
            elif name in acceptable:
                if name in names:
                    self._type_error(function, f"got multiple values for argument {name!r}", node, frame)
                names[name] = value
            elif parameters.kwarg is None:
                what = (
                    "some positional-only arguments passed as keyword"
                    if name in only_positional
                    else "an unexpected keyword"
                )
                self._type_error(function, f"got {what} argument {name!r}", node, frame)
            else:
                rest[name] = value
        if parameters.kwarg is not None:
            names[parameters.kwarg.arg] = rest
        first_default = len(positional) - len(function.defaults)
        for n, parameter in enumerate(positional):
            if parameter.arg not in names:
                names[parameter.arg] = self._default(
                    function,
                    parameter.arg,
                    function.defaults[n - first_default] if n >= first_default else MISSING,
                    uncertain,
                    node,
                    frame,
                )
        for parameter in parameters.kwonlyargs:
            if parameter.arg not in names:
                names[parameter.arg] = self._default(
                    function,
                    parameter.arg,
                    function.keyword_defaults.get(parameter.arg, MISSING),
                    kwargs.get("**"),
                    node,
                    frame,
                )
        return names

    def _default(
        self, function: UserFunction, name: str, default: Any, uncertain: Any, node: ast.AST, frame: Frame
    ) -> Any:
        if uncertain is not None:
            return self.unknown(describe(uncertain), node, frame)
        if default is MISSING:
            self._type_error(function, f"missing 1 required argument: {name!r}", node, frame)
        return default

    def _type_error(self, function: UserFunction, message: str, node: ast.AST, frame: Frame) -> None:
        self.raise_("TypeError", f"{function.qualname}() {message}", node, frame)

    # --- classes ---

    def instantiate(
        self, cls: UserClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> Any:
        raise NotImplementedError

    def host_base(self, cls: UserClass) -> HostClass | None:
        """The nearest class of the host's a user's class inherits from."""
        return next((base for base in cls.mro if isinstance(base, HostClass)), None)

    def _before_init(
        self, function: UserFunction, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> dict[str, Any]:
        """Let the host fill in the parameters of an `__init__` whose class extends one of its own."""
        assert function.owner is not None
        base = self.host_base(function.owner)
        hook = getattr(base, "before_init", None)
        if hook is None:
            return kwargs
        given = self._host_args([], kwargs, node, frame, nodes)[1]
        taken = parameter_names(function.node.args)[: len(args)]
        parameters = tuple(p for p in parameter_names(function.node.args) if p not in taken)
        variadic = {a.arg for a in (function.node.args.vararg, function.node.args.kwarg) if a}
        filled = hook(function.owner, tuple(p for p in parameters if p not in variadic), given, self.at(node, frame))
        return {name: arg.value if isinstance(arg, Arg) else arg for name, arg in filled.items()}

    def _host_init(
        self, init: HostInit, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> Any:
        positional, keywords = self._host_args(args, kwargs, node, frame, nodes)
        instance = init.instance
        if instance is None:
            if not positional:
                return None
            instance, positional = positional[0].value, positional[1:]
        if isinstance(init.cls, HostClass):
            init.cls.construct(instance, positional, keywords, self.at(node, frame))
        return None

    # --- the host's, Python's own, and what nobody knows ---

    def _host_args(
        self, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> tuple[list[Arg], dict[str, Arg]]:
        """The arguments with the expressions they come from."""
        positional, keywords, marks = nodes if nodes not in (None, _RUN) else ((), {}, {})
        made: list[Arg] = []
        for n, value in enumerate(args):
            expression = positional[n] if n < len(positional) else node
            if type(value) is Spread:
                value = self.unknown(describe(value.value), node, frame)
                expression = expression if isinstance(expression, ast.Starred) else node
            arg = self.arg(value, expression, frame)  # type: ignore[arg-type]
            if id(value) in marks:
                _, conditional, repeated = marks[id(value)]
                at = replace(self.at(expression, frame), _span=None)
                at.conditional += conditional
                at.repeated += repeated
                arg = replace(arg, at=at)
            made.append(arg)
        named = {
            name: self.arg(
                self._unknown_keywords(value, node, frame) if name == "**" else value, keywords.get(name, node), frame
            )
            for name, value in kwargs.items()
        }
        return made, named

    def _unknown_keywords(self, value: Any, node: ast.AST, frame: Frame) -> Unknown:
        return value if type(value) is Unknown else self.unknown(describe(value), node, frame)

    def host_args(
        self, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame, nodes: Any
    ) -> tuple[list[Arg], dict[str, Arg]]:
        return self._host_args(args, kwargs, node, frame, nodes)

    def _call_native(self, native: Native, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        args = [a.value if type(a) is Spread else a for a in args]
        if not native.lazy:
            if self.later([*args, *kwargs.values()]) is not None:
                return self.defer_call(Symbol(native.path), args, kwargs, node, frame)
            if not self.plain([args, kwargs]):
                return self.unknown(f"{native.path}(…)", node, frame)
            return self.guarded(lambda: native.run(args, kwargs, self.at(node, frame)), node, frame)
        try:
            return native.run(args, kwargs, self.at(node, frame))
        except BoundReached as bound:
            return self.bound(bound.what, node, frame)
        except (IndexError, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            # A model given the wrong arguments: Python would raise a TypeError or the like as well.
            raise self.raising(error, node, frame) from None

    def _call_native_method(
        self, method: NativeMethod, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame
    ) -> Any:
        args = [a.value if type(a) is Spread else a for a in args]
        try:
            return call_method(self, method, args, kwargs, self.at(node, frame))
        except BoundReached as bound:
            return self.bound(bound.what, node, frame)
        except (IndexError, TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise self.raising(error, node, frame) from None

    def _construct(self, cls: type, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        model = CONSTRUCTORS.get(cls)
        if model is not None:
            return self._call_native(model, args, kwargs, node, frame)
        if issubclass(cls, BaseException):
            args = [a.value if type(a) is Spread else a for a in args]
            return self.guarded(lambda: cls(*args), node, frame)
        if self.later([*args, *kwargs.values()]) is not None:
            if issubclass(cls, tuple) and hasattr(cls, "_fields") and "**" not in kwargs:
                return self.guarded(lambda: cls(*args, **kwargs), node, frame)
            return self.defer_call(symbol_of(cls), args, kwargs, node, frame)
        if issubclass(cls, tuple) and hasattr(cls, "_fields"):
            return self.guarded(lambda: cls(*args, **kwargs), node, frame)
        if cls in SYMBOLS and self.plain([args, kwargs]):
            return self.guarded(lambda: cls(*args, **kwargs), node, frame)
        return self.unknown(f"{symbol_of(cls).path}(…)", node, frame)

    def call_later(self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        """A call of something whose code is not available: deferred, and the host is told what it was given."""
        if type(function) is Deferred and function.op == "attribute" and function.name in MUTATING:
            for target in reached(self, function.operands[0]):
                change(self, target, function.name, self.unknown(REASON, node, frame))
        values = [*args, *kwargs.values()]
        escaping = [
            v for v in _spread(values) if isinstance(v, HostObject) or (type(v) is Instance and v.host is not None)
        ]
        root = _root(function)
        if escaping or (root is not None and root.partition(".")[0] not in _STANDARD):
            self.host.escaped(escaping, describe(function), self.at(node, frame))
        return self.defer_call(function, args, kwargs, node, frame)

    def defer_call(self, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        """`Deferred("call")`; unknown where an argument's number is not known."""
        for value in args:
            if type(value) is Spread:
                return self.unknown(describe(value.value), node, frame)
        if "**" in kwargs:
            return self._unknown_keywords(kwargs["**"], node, frame)
        return self.defer("call", (function, *args), node, frame, keywords=tuple(kwargs.items()))

    # --- provided above ---

    def eval(self, node: ast.expr, frame: Frame) -> Any:
        raise NotImplementedError

    def block(self, body: Sequence[ast.stmt], frame: Frame) -> Signal | None:
        raise NotImplementedError


_RUN = object()
_STANDARD = (
    frozenset(sys.stdlib_module_names)
    | frozenset(dir(__import__("builtins")))
    | {"pendulum", "dateutil", "pytz", "yaml"}
)


def _root(function: Any) -> str | None:
    """The imported name a deferred callable begins with."""
    while type(function) is Deferred and function.operands:
        function = function.operands[0]
    return function.path if type(function) is Symbol else None


def _spread(values: list[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, (list, tuple, set)):
            yield from value
        elif isinstance(value, dict):
            yield from value.values()
        else:
            yield value
