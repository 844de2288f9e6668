"""Where a piece of user code meets Airflow: the context, XComs, Variables, Connections, hooks, any other name.

`details` of the uses, beyond what `airflow_model.Use` says (absent where they do not apply):

every kind    in: the module-level helper or constant whose code the span is in (absent: the function itself)
              alias: the local name the use goes through (`ti` in `ti = kwargs["ti"]; ti.task_id`)
              assigned, statement: the use is all that a local name is bound to; `statement` is the span of that
              assignment when it does nothing else, so that it can be dropped
context       path, path_span: the attributes and literal keys that follow (`dag_run.conf["x"]`: ("conf", "x")), and
              the span with them; called: the path ends in a call; known: false for a key Airflow does not set
              (with `**kwargs`: an op_kwarg); to: the function the object is passed to, followed: its uses are here too;
              rebound: the parameter is bound again in the body, so it has to stay a local variable
              name "": `context = get_current_context()` or the like, which only binds the mapping to `assigned`
context_all   to, unpacked (`**context`), followed, method (`context.items()`), rebound
pull          map_indexes, run_id, default_span, has_default; task_ids_parameter: the parameter it comes from;
              task_ids_among: every value it has in a loop over literals; receiver: the span of the task instance it is
              called on, where that is more than a name
push          key, value (its expression's span), statement (when the call is a statement of its own), returned
variable      key, default_span; a write is kind airflow, name `….Variable.set`, with key and value (a span)
connection    conn_id
hook          conn_id, conn_argument, keywords, arguments, methods, escapes (it is passed on, so methods are not all)
raises        statement is the span; message: the span of the first argument
airflow       called; annotation: stands in an annotation, which does nothing; import, import_names: the span of the
              import statement in the body and what it binds; unused: nothing uses what that statement binds
"""

from __future__ import annotations

import ast
from dataclasses import field, replace
from typing import Literal

from ..airflow_model import Use, Value
from ..records import dataclass
from ..source import Span
from .bindings import all_parameters, operands
from .names import canonical, is_airflow
from .origins import AirflowName, Context, ContextValue, Hook, Origin, Origins, Variables
from .places import span_of
from .surroundings import Surroundings, handed
from .template_names import CONTEXT_NAMES, OBJECT_NAMES, TASK_INSTANCE_NAMES
from .use_details import hook, pull, push, read_variable

Kind = Literal["context", "context_all", "pull", "push", "variable", "connection", "hook", "airflow", "raises"]

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True, eq=False)
class Collector(ast.NodeVisitor):
    """Collects the uses in one piece of code; `passed` is what it hands of Airflow to helpers of the module."""

    origins: Origins
    inside: str | None = None
    uses: list[Use] = field(default_factory=list)
    passed: dict[str, dict[str, Origin]] = field(default_factory=dict)
    around: Surroundings = field(init=False)
    _methods: dict[ast.Call, list[str]] = field(default_factory=dict)
    _escaped: set[ast.Call] = field(default_factory=set)
    _hooks: list[tuple[int, ast.Call]] = field(default_factory=list)
    _imports_used: set[ast.AST] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.around = Surroundings(self.origins)

    def collect(self, *nodes: ast.AST) -> list[Use]:
        """Every use in the nodes, in the order of the text, an outer one before those inside it."""
        for node in nodes:
            self.around.enter(node)
        for node in nodes:
            self.visit(node)
        for index, call in self._hooks:
            details = (
                ("methods", tuple(dict.fromkeys(self._methods.get(call, ())))),
                ("escapes", call in self._escaped),
            )
            self.uses[index] = replace(self.uses[index], details=self.uses[index].details + details)
        self._unused_imports()
        return sorted(self.uses, key=in_order)

    def _add(self, kind: Kind, name: str, at: ast.AST | Span, **details: Value) -> None:
        if self.inside is not None:
            details["in"] = self.inside
        details.update({} if isinstance(at, Span) else self._imported(at))
        span = at if isinstance(at, Span) else span_of(at, self.origins.source)
        self.uses.append(Use(kind, name, span, tuple(details.items())))

    # --- the walk

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr):
            if node in self.origins.names.annotations:
                self._annotation(node)
                return
            if isinstance(node, ast.Call) and self._call(node):
                return
            if isinstance(node, ast.Attribute | ast.Subscript) and self._accessor(node):
                return
            # A walrus is no meeting; the value it binds is.
            origin = self.origins.of(node) if _is_load(node) and not isinstance(node, ast.NamedExpr) else None
            if origin is not None:
                self._meeting(node, origin)
                return
            if isinstance(node, ast.Name) and self._rebound(node):
                return
        ast.NodeVisitor.visit(self, node)  # super() does not work in a class with slots

    def visit_BinOp(self, node: ast.BinOp) -> None:
        for operand in operands(node):
            self.visit(operand)

    def visit_Raise(self, node: ast.Raise) -> None:
        call = node.exc if isinstance(node.exc, ast.Call) else None
        origin = self.origins.of(call.func if call else node.exc) if node.exc else None
        if not isinstance(origin, AirflowName):
            self.generic_visit(node)
            return
        parts = [*call.args, *(k.value for k in call.keywords)] if call else []
        self._add("raises", origin.canonical, node, message=self.around.span(parts[0] if parts else None))
        for part in [*parts, *([node.cause] if node.cause else [])]:
            self.visit(part)

    def _annotation(self, node: ast.expr) -> None:
        for name in self.origins.names.loads:
            if _within(name, node):
                origin = self.origins.of(name)
                if isinstance(origin, AirflowName):
                    self._add("airflow", origin.canonical, node, annotation=True, **self._imported(name))
                    return

    # --- calls

    def _call(self, node: ast.Call) -> bool:
        """Record a call that is a meeting as a whole, and visit what is inside it; false if it is none."""
        func = node.func
        if isinstance(func, ast.Attribute):
            base = self.origins.of(func.value)
            if isinstance(base, ContextValue) and base.name in TASK_INSTANCE_NAMES:
                if func.attr == "xcom_pull":
                    return self._pull(node, func.value)
                if func.attr == "xcom_push":
                    return self._push(node, func.value)
            if isinstance(base, Variables) and func.attr == "get" and node.args:
                return self._variable(node, base.json)
            if isinstance(base, ContextValue) and base.name == "conn" and func.attr == "get" and node.args:
                return self._connection(node, node.args[0])
        origin = self.origins.of(func)
        if isinstance(origin, AirflowName):
            return self._airflow_call(node, origin)
        self._pass_on(node)
        return False

    def _airflow_call(self, node: ast.Call, origin: AirflowName) -> bool:
        owner, _, name = origin.canonical.rpartition(".")
        cls = owner.rpartition(".")[2]
        first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "conn_id"), None)
        if cls == "Variable" and name == "get":
            return self._variable(node, None)
        if cls == "Variable" and name == "set":
            self._add("airflow", origin.canonical, node, called=True, **push(node, self.origins))
            return self._inner(node)
        asks_hook = cls.endswith("Hook") and name in ("get_connection", "get_hook")
        if first is not None and (asks_hook or (cls == "Connection" and name == "get")):
            return self._connection(node, first)
        if isinstance(self.origins.of(node), Hook):
            self._hooks.append((len(self.uses), node))
            details = hook(node, name, self.origins)
            self._add("hook", origin.canonical, node, **details, **self.around.assigned(node))
            self._hook_read(node, (node,))
            return self._inner(node)
        return False

    def _inner(self, node: ast.Call) -> bool:
        for part in [*node.args, *node.keywords]:
            self.visit(part)
        return True

    def _pull(self, node: ast.Call, ti: ast.expr) -> bool:
        details = {**pull(node, self.origins), **self.around.through(ti), **self.around.assigned(node)}
        if not isinstance(ti, ast.Name):
            details["receiver"] = self.around.span(ti)
        self._add("pull", "", node, **details)
        return self._inner(node)

    def _push(self, node: ast.Call, ti: ast.expr) -> bool:
        parent = self.around.parents.get(node)
        details = push(node, self.origins)
        details["statement"] = self.around.span(parent) if isinstance(parent, ast.Expr) else None
        details["returned"] = isinstance(parent, ast.Return | ast.Lambda)
        self._add("push", _text(details["key"]), node, **details, **self.around.through(ti))
        return self._inner(node)

    def _variable(self, node: ast.Call, json: bool | None) -> bool:
        details = read_variable(node, self.origins, json)
        self._add("variable", _text(details["key"]), node, **details, **self.around.assigned(node))
        return self._inner(node)

    def _connection(self, node: ast.Call, conn_id: ast.expr) -> bool:
        value = self.origins.literal(conn_id)
        self._add("connection", _text(value), node, conn_id=value, **self.around.assigned(node))
        return self._inner(node)

    def _hook_read(self, node: ast.expr, calls: tuple[ast.Call, ...]) -> None:
        """What happens to a hook where it is read: an attribute, a binding that is followed, or it escapes."""
        match self.around.parents.get(node):
            case ast.Attribute(attr=attr):
                for call in calls:
                    self._methods.setdefault(call, []).append(attr)
            case ast.Expr() | ast.withitem(optional_vars=None):
                pass
            case _:
                # A hook bound at module level may be read anywhere.
                if not self.around.assigned(node) or self.around.scope(node) is self.origins.names.root:
                    self._escaped.update(calls)

    # --- values

    def _accessor(self, node: ast.Attribute | ast.Subscript) -> bool:
        """`var.value.key`, `var.json["key"]`, `conn.conn_id`."""
        base = self.origins.of(node.value)
        key: Value = node.attr if isinstance(node, ast.Attribute) else self.origins.literal(node.slice)
        if key == "get" and self.around.is_called(node):
            return False
        if isinstance(base, Variables):
            details: dict[str, Value] = {"key": key, "has_default": False, "default": None}
            details["deserialize_json"] = base.json
            self._add("variable", _text(key), node, **details, **self.around.assigned(node))
        elif isinstance(base, ContextValue) and base.name == "conn":
            self._add("connection", _text(key), node, conn_id=key, **self.around.assigned(node))
        else:
            return False
        return True

    def _meeting(self, node: ast.expr, origin: Origin) -> None:
        """Record an expression that stands for something of Airflow's and is no larger meeting."""
        match origin:
            case Context():
                self._whole(node, origin)
            case ContextValue(name=name):
                self._context_value(node, name)
            case Variables(json=json):
                self._context_value(node, "var", of="json" if json else "value")
            case Hook(calls=calls):
                self._hook_read(node, calls)
            case AirflowName():
                called = self.around.is_called(node)
                self._add(
                    "airflow",
                    origin.canonical,
                    node,
                    called=called,
                    **self._imported(node),
                    **self.around.assigned(node),
                )
        if isinstance(node, ast.Call):
            # `kwargs.get("ds", default)`: what follows the key
            for part in [*node.args[1:], *node.keywords]:
                self.visit(part)

    def _rebound(self, node: ast.Name) -> bool:
        """A parameter from the context that the body binds again (`ds = ds or …`), which ends what can be followed."""
        bindings = self.around.bindings(node)
        if len(bindings) < 2 or not any(b.statement in self._own_parameters() for b in bindings):
            return False
        match self.origins.parameters.get(node.id):
            case ContextValue(name=name):
                path, outer = self.around.path(node)
                called = self.around.is_called(outer)
                span = self.around.span(outer)
                known = name in CONTEXT_NAMES
                self._add("context", name, node, path=path, path_span=span, called=called, known=known, rebound=True)
                for part in self.around.slices(node, outer):
                    self.visit(part)
            case Context():
                self._add("context_all", "", node, rebound=True, **self.around.target(node))
            case _:
                return False
        return True

    def _own_parameters(self) -> list[ast.arg]:
        function = self.origins.function
        return all_parameters(function.args) if isinstance(function, FUNCTIONS) else []

    def _context_value(self, node: ast.expr, name: str, **more: Value) -> None:
        through = self.around.through(node)
        if "alias" in through and name not in OBJECT_NAMES:
            return  # a plain value in a local variable: where it was read is recorded
        path, outer = self.around.path(node)
        details: dict[str, Value] = {"path": path, **more}
        if path:
            details["path_span"] = self.around.span(outer)
        details["called"] = self.around.is_called(outer)
        details["known"] = name in CONTEXT_NAMES
        self._add("context", name, node, **details, **through, **self.around.assigned(node), **self.around.target(node))
        for part in self.around.slices(node, outer):
            self.visit(part)

    def _whole(self, node: ast.expr, origin: Context) -> None:
        parent = self.around.parents.get(node)
        assigned = self.around.assigned(node)
        if assigned:
            self._add("context", "", node, **assigned)
        elif isinstance(parent, ast.Expr):
            self._add("context", "", node, assigned="", statement=self.around.span(parent))
        elif isinstance(parent, ast.Attribute):
            self._add("context_all", "", node, method=parent.attr, **self.around.through(node))
        else:
            self._add("context_all", "", node, **self.around.target(node), **self.around.through(node))

    # --- imports in the body

    def _imported(self, node: ast.AST | None) -> dict[str, Value]:
        """Where the root name of a dotted expression is imported in the body."""
        node = node.exc if isinstance(node, ast.Raise) else node
        while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
            node = node.func if isinstance(node, ast.Call) else node.value
        scope = self.origins.names.loads.get(node) if isinstance(node, ast.Name) else None
        if not isinstance(node, ast.Name) or scope is None or scope is self.origins.names.root:
            return {}
        for binding in scope.bindings.get(node.id, ()):
            if binding.kind == "import":
                self._imports_used.add(binding.statement)
                return {"import": self.around.span(binding.statement), "import_names": _bound(binding.statement)}
        return {}

    def _unused_imports(self) -> None:
        for scope in self.origins.names.scopes.values():
            for bindings in scope.bindings.values():
                for binding in bindings:
                    path = binding.path or ""
                    if binding.kind != "import" or not is_airflow(path) or binding.statement in self._imports_used:
                        continue
                    self._imports_used.add(binding.statement)
                    names = _bound(binding.statement)
                    span = self.around.span(binding.statement)
                    details = {"import": span, "import_names": names, "unused": True}
                    self._add("airflow", canonical(path), binding.statement, **details)

    # --- helpers of the module

    def _pass_on(self, call: ast.Call) -> None:
        entry = self.around.helper(call)
        if entry is None or not isinstance(entry.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        args = entry.node.args
        given = self.passed.setdefault(entry.item.name, {})
        for parameter, value in handed(call, entry):
            origin = self.origins.of(value)
            if parameter is not None and origin is not None:
                given.setdefault(parameter.arg, origin)
            elif parameter is None and isinstance(origin, Context):
                for name in {arg.arg for arg in all_parameters(args)} & CONTEXT_NAMES.keys():
                    given.setdefault(name, ContextValue(name))
                if args.kwarg:
                    given.setdefault(args.kwarg.arg, Context())


def _within(name: ast.Name, node: ast.expr) -> bool:
    start = (node.lineno, node.col_offset)
    end = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return start <= (name.lineno, name.col_offset) < end


def _bound(statement: ast.AST) -> tuple[str, ...]:
    names = statement.names if isinstance(statement, ast.Import | ast.ImportFrom) else []
    return tuple(alias.asname or alias.name.partition(".")[0] for alias in names)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _is_load(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load)


def in_order(use: Use) -> tuple[int, int, int, int]:
    """Sort key: the order of the text, an outer use before those inside it."""
    span = use.span
    return (span.line, span.column, -span.end_line, -span.end_column)
