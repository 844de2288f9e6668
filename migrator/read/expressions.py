"""Expressions: one method for each kind of syntax node."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from ..airflow_model import Deferred, Symbol, Unknown
from .core import Marks
from .displays import Displays
from .frames import Frame
from .objects import MISSING, Enough, Spread, UserFunction
from .values import LATE, OBJECTS, describe

_OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
    ast.MatMult: "@",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
OPERATORS = _OPERATORS


class Expressions(Displays):
    """`eval` of every expression."""

    builtins: Mapping[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._evaluators: dict[type, Callable[[Any, Frame], Any]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.Attribute: self._attribute_node,
            ast.Call: self._call,
            ast.BinOp: self._binop,
            ast.BoolOp: self._boolop,
            ast.UnaryOp: self._unary,
            ast.Compare: self._compare,
            ast.IfExp: self._ifexp,
            ast.JoinedStr: self._fstring,
            ast.FormattedValue: self._formatted,
            ast.Subscript: self._subscript,
            ast.Slice: self._slice,
            ast.List: self._list,
            ast.Tuple: self._tuple,
            ast.Set: self._set,
            ast.Dict: self._dict,
            ast.Lambda: self._lambda,
            ast.ListComp: self._listcomp,
            ast.SetComp: self._setcomp,
            ast.DictComp: self._dictcomp,
            ast.GeneratorExp: self._listcomp,
            ast.NamedExpr: self._walrus,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
            ast.Await: self._await,
            ast.Starred: lambda n, f: self.eval(n.value, f),
        }

    def eval(self, node: ast.expr, frame: Frame) -> Any:
        evaluator = self._evaluators.get(type(node))
        if evaluator is None:
            return self.unknown(f"a {type(node).__name__} expression", node, frame)
        return evaluator(node, frame)

    def _constant(self, node: ast.Constant, frame: Frame) -> Any:
        return node.value

    # --- names ---

    def _name(self, node: ast.Name, frame: Frame) -> Any:
        name = node.id
        if name in frame.names:
            return frame.names[name]
        return self.look_up(name, node, frame)

    def look_up(self, name: str, node: ast.AST, frame: Frame) -> Any:
        """A name in the frame, the enclosing calls, the module and the builtins."""
        scope = frame.scope
        if name in frame.names:
            return frame.names[name]
        if not (scope is not None and name in scope.globals):
            if scope is not None and name in scope.bound and not frame.is_class and not frame.is_module:
                if self.conditional or frame.module.partial:
                    return self.unknown(f"{name}, which may not be set", node, frame)
                self.raise_("UnboundLocalError", f"cannot access local variable {name!r}", node, frame)
            parent = frame.parent
            while parent is not None and not parent.is_module:
                if not parent.is_class and name in parent.names:
                    return parent.names[name]
                parent = parent.parent
        module = frame.module
        if name in module.namespace:
            return module.namespace[name]
        if name in self.builtins:
            return self.builtins[name]
        if name == "__class__" and frame.owner is not None:
            return frame.owner
        if name == "__file__":
            return self.file_of(module)
        if module.star_imports:
            return Symbol(f"{module.star_imports[-1]}.{name}")
        if module.partial or (name.startswith("__") and name.endswith("__")):
            return self.unknown(name, node, frame)
        self.raise_("NameError", f"name {name!r} is not defined", node, frame)

    def file_of(self, module: Any) -> Any:
        raise NotImplementedError

    def bind_name(self, name: str, value: Any, frame: Frame) -> None:
        """Assign to a name where the scope rules put it."""
        scope = frame.scope
        if scope is not None and not frame.is_module:
            if name in scope.globals:
                self.touch(frame.module.namespace)
                frame.module.namespace[name] = value
                return
            if name in scope.nonlocals:
                parent = frame.parent
                while parent is not None and not parent.is_module:
                    if not parent.is_class and name in parent.names:
                        self.touch(parent.names)
                        parent.names[name] = value
                        return
                    parent = parent.parent
        if self.journal is not None:
            self.touch(frame.names)
        frame.names[name] = value

    def _walrus(self, node: ast.NamedExpr, frame: Frame) -> Any:
        value = self.eval(node.value, frame)
        owner = frame
        # A comprehension's frame is passed over.
        while owner.scope is None and not owner.is_module and not owner.is_class and owner.parent is not None:
            owner = owner.parent
        self.bind_name(node.target.id, value, owner)
        return value

    # --- operators ---

    def _attribute_node(self, node: ast.Attribute, frame: Frame) -> Any:
        name = node.attr
        if name.startswith("__") and not name.endswith("__") and frame.owner is not None:
            mangled = f"_{frame.owner.name.lstrip('_')}{name}"
            name = mangled
        return self.attribute(self.eval(node.value, frame), name, node, frame)

    def _binop(self, node: ast.BinOp, frame: Frame) -> Any:
        # Long chains (`"…" + "…" + …`, `a >> b >> …`) lean to the left: no recursion for them.
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        value = self.eval(spine[-1].left, frame)
        for link in reversed(spine):
            right = self.eval(link.right, frame)
            value = self.binary(_OPERATORS[type(link.op)], value, right, link, frame)
        return value

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Any:
        value = self.eval(node.operand, frame)
        if isinstance(node.op, ast.Not):
            return self.negate(value, node, frame)
        op = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}[type(node.op)]
        if type(value) in LATE:
            return self.defer(op, (value,), node, frame)
        name = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op]
        method = self.method(value, name)
        if method is not MISSING:
            return self.call(method, [], {}, node, frame)
        if isinstance(value, OBJECTS):
            return self.unknown(f"{op}{describe(value)}", node, frame)
        return self.guarded(lambda: -value if op == "-" else +value if op == "+" else ~value, node, frame)

    def _boolop(self, node: ast.BoolOp, frame: Frame) -> Any:
        return self._junction(node, node.values, frame)

    def _junction(self, node: ast.BoolOp, values: list[ast.expr], frame: Frame) -> Any:
        is_and = isinstance(node.op, ast.And)
        value = self.eval(values[0], frame)
        if len(values) == 1:
            return value
        truth = self.truth(value, values[0], frame)
        if isinstance(truth, bool):
            return value if truth != is_and else self._junction(node, values[1:], frame)
        rest: list[Any] = []

        def other() -> None:
            rest.append(self._junction(node, values[1:], frame))

        def nothing() -> None:
            pass

        self.fork(truth, values[0], frame, *((other, nothing) if is_and else (nothing, other)))
        if not rest:
            return value
        if isinstance(rest[0], OBJECTS):
            first, second = (rest[0], value) if is_and else (value, rest[0])
            return self.choice(truth, first, second, node, frame)
        if not is_and and type(value) is Unknown and type(rest[0]) in LATE:
            return value
        if type(rest[0]) is bool and rest[0] is not is_and:
            return rest[0]  # `x and False`, as far as its truth goes
        return self.defer("and" if is_and else "or", (value, rest[0]), node, frame)

    def _compare(self, node: ast.Compare, frame: Frame) -> Any:
        left = self.eval(node.left, frame)
        result: Any = True
        for operator, expression in zip(node.ops, node.comparators, strict=True):
            right = self.eval(expression, frame)
            outcome = self._comparison(_OPERATORS[type(operator)], left, right, node, frame)
            if len(node.ops) == 1:
                return outcome
            truth = self.truth(outcome, node, frame)
            if truth is False:
                return outcome
            if truth is not True:
                result = outcome if result is True else self.defer("and", (result, outcome), node, frame)
            left = right
        return result

    def _comparison(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        if op == "in" or op == "not in":
            inside = self.contains(left, right, node, frame)
            return inside if op == "in" else self.negate(inside, node, frame)
        if op == "is" or op == "is not":
            return self._identity(op, left, right, node, frame)
        return self.binary(op, left, right, node, frame)

    def _identity(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        if type(left) in LATE or type(right) in LATE:
            late, other = (left, right) if type(left) in LATE else (right, left)
            if type(late) is Deferred and late.op == "if" and isinstance(node, ast.Compare):
                return self.each(late, node, frame, lambda v: self._identity(op, v, other, node, frame))
            if type(late) is Symbol and other is None:
                return op == "is not"
            # Text, however it is made, is not None.
            if type(late) is Deferred and late.op == "format":
                return op == "is not"
            if left is right:
                return op == "is"
            return self.defer(op, (left, right), node, frame)
        same = left is right or (type(left) is type(right) and type(left) in (str, int, bytes) and left == right)
        return same == (op == "is")

    def _ifexp(self, node: ast.IfExp, frame: Frame) -> Any:
        condition = self.truth(self.eval(node.test, frame), node.test, frame)
        if isinstance(condition, bool):
            return self.eval(node.body if condition else node.orelse, frame)
        done = self.fork(
            condition, node.test, frame, lambda: self.eval(node.body, frame), lambda: self.eval(node.orelse, frame)
        )
        if len(done) == 1:
            return done[0][1]
        return self.choice(condition, done[0][1], done[1][1], node, frame)

    # --- text ---

    def _fstring(self, node: ast.JoinedStr, frame: Frame) -> Any:
        parts = [
            value.value if isinstance(value, ast.Constant) else self._formatted(value, frame)  # type: ignore[arg-type]
            for value in node.values
        ]
        return self.concatenate(parts, node, frame)

    def _formatted(self, node: ast.FormattedValue, frame: Frame) -> Any:
        value = self.eval(node.value, frame)
        spec = "" if node.format_spec is None else self.eval(node.format_spec, frame)
        if not isinstance(spec, str):
            return self.unknown("a format specification", node, frame)
        return self.text(value, node, frame, chr(node.conversion) if node.conversion > 0 else "s", spec)

    # --- calls ---

    def _call(self, node: ast.Call, frame: Frame) -> Any:
        function = self.eval(node.func, frame)
        args: list[Any] = []
        nodes: list[ast.expr] = []
        marked: Marks = {}
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                value = self.eval(argument.value, frame)
                items = self.elements(value, argument, frame)
                if type(items) in LATE:
                    args.append(Spread(items))
                    nodes.append(argument)
                else:
                    own = argument.value.elts if isinstance(argument.value, (ast.List, ast.Tuple)) else []
                    marked.update(self.marks_of(items))
                    args += items
                    nodes += own if len(own) == len(items) else [argument.value] * len(items)
            else:
                args.append(self.eval(argument, frame))
                nodes.append(argument)
        kwargs: dict[str, Any] = {}
        keyword_nodes: dict[str, ast.expr] = {}
        for keyword in node.keywords:
            if keyword.arg is not None:
                kwargs[keyword.arg] = self.eval(keyword.value, frame)
                keyword_nodes[keyword.arg] = keyword.value
            else:
                self._spread_keywords(keyword.value, kwargs, keyword_nodes, frame)
        if frame.is_module and len(self.findings) > 9_000:
            self.step(node, frame)
        return self.call(function, args, kwargs, node, frame, (nodes, keyword_nodes, marked))

    def _spread_keywords(
        self, node: ast.expr, kwargs: dict[str, Any], nodes: dict[str, ast.expr], frame: Frame
    ) -> None:
        given: dict[Any, Any] = {}
        self.merge_into(given, self.eval(node, frame), node, frame)
        own = {}
        if isinstance(node, ast.Dict):
            own = {k.value: v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)}
        for key, value in given.items():
            if isinstance(key, str):
                if key in kwargs:
                    self.raise_("TypeError", f"got multiple values for keyword argument {key!r}", node, frame)
                kwargs[key] = value
                nodes[key] = own.get(key, node)
            elif type(key) in LATE:
                kwargs["**"] = key
                nodes["**"] = node
            else:
                self.raise_("TypeError", "keywords must be strings", node, frame)

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Any:
        return self.make_function(node, "<lambda>", frame)

    def make_function(self, node: Any, name: str, frame: Frame) -> UserFunction:
        """A function object, its defaults evaluated."""
        prefix = ""
        if frame.is_class and frame.owner is not None:
            prefix = f"{frame.owner.qualname}."
        elif frame.function is not None:
            prefix = f"{frame.function.qualname}.<locals>."
        function = UserFunction(
            name,
            prefix + name,
            node,
            frame.module,
            frame,
            defaults=[self.eval(d, frame) for d in node.args.defaults],
            keyword_defaults={
                a.arg: self.eval(d, frame)
                for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                if d
            },
        )
        if frame.is_class or (frame.owner is not None and not frame.is_module):
            function.owner = frame.owner
        return function

    # --- generators ---

    def _yield(self, node: ast.Yield, frame: Frame) -> Any:
        value = None if node.value is None else self.eval(node.value, frame)
        self._yield_value(value, node, frame)
        return None

    def _yield_value(self, value: Any, node: ast.AST, frame: Frame) -> None:
        while frame.yielded is None and frame.on_yield is None and frame.parent is not None:
            frame = frame.parent
        if frame.on_yield is not None:
            callback, frame.on_yield = frame.on_yield, None
            callback(value)
        elif frame.yielded is not None:
            self.touch(frame.yielded)
            frame.yielded.append(value)
            if self.repeated:
                self.mark_repeated(frame.yielded, [value])
            if len(frame.yielded) > self.bounds.yields:
                raise Enough

    def _yield_from(self, node: ast.YieldFrom, frame: Frame) -> Any:
        self.turns(self.eval(node.value, frame), node, frame, lambda element: self._yield_value(element, node, frame))
        return None

    def _await(self, node: ast.Await, frame: Frame) -> Any:
        self.eval(node.value, frame)
        return self.unknown("an awaited value", node, frame)
