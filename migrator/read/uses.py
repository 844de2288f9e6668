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
pull          map_indexes, run_id, default_span, has_default; task_ids_parameter: the parameter it comes from
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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..airflow_model import Unknown, Use, Value
from ..source import Span
from .bindings import Binding, Scope, all_parameters, operands
from .names import canonical, is_airflow
from .origins import AirflowName, Context, ContextValue, Hook, Origin, Origins, Variables
from .outline import Entry
from .places import span_of
from .template_names import CONTEXT_NAMES, OBJECT_NAMES, TASK_INSTANCE_NAMES

Kind = Literal["context", "context_all", "pull", "push", "variable", "connection", "hook", "airflow", "raises"]

_PULL = ("task_ids", "dag_id", "key", "include_prior_dates")
_HTTP = ("HttpHook", "HttpAsyncHook")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(slots=True, eq=False)
class Collector(ast.NodeVisitor):
    """Collects the uses in one piece of code; `passed` is what it hands of Airflow to helpers of the module."""

    origins: Origins
    inside: str | None = None
    uses: list[Use] = field(default_factory=list)
    passed: dict[str, dict[str, Origin]] = field(default_factory=dict)
    _parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    _methods: dict[ast.Call, list[str]] = field(default_factory=dict)
    _escaped: set[ast.Call] = field(default_factory=set)
    _hooks: list[tuple[int, ast.Call]] = field(default_factory=list)
    _imports_used: set[ast.AST] = field(default_factory=set)

    def collect(self, *nodes: ast.AST) -> list[Use]:
        """Every use in the nodes, in the order of the text, an outer one before those inside it."""
        for node in nodes:
            for parent in ast.walk(node):
                for child in ast.iter_child_nodes(parent):
                    self._parents[child] = parent
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

    def _span(self, node: ast.AST | None) -> Span | None:
        return None if node is None else span_of(node, self.origins.source)

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
        self._add("raises", origin.canonical, node, message=self._span(parts[0] if parts else None))
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
                return self._variable(node, "default", base.json)
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
        arguments = _arguments(node, ("key", "default", "deserialize_json"))
        first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "conn_id"), None)
        if cls == "Variable" and name == "get":
            return self._variable(node, "default_var" if "default_var" in arguments else "default", None)
        if cls == "Variable" and name == "set":
            written = _arguments(node, ("key", "value"))
            key = self.origins.literal(written["key"]) if "key" in written else Unknown("no key is given")
            self._add("airflow", origin.canonical, node, called=True, key=key, value=self._span(written.get("value")))
            return self._inner(node)
        if first is not None and (
            (name in ("get_connection", "get_hook") and cls.endswith("Hook")) or (cls == "Connection" and name == "get")
        ):
            return self._connection(node, first)
        made = self.origins.of(node)
        if isinstance(made, Hook):
            return self._hook(node, origin)
        return False

    def _inner(self, node: ast.Call) -> bool:
        for part in [*node.args, *node.keywords]:
            self.visit(part)
        return True

    def _pull(self, node: ast.Call, ti: ast.expr) -> bool:
        given = _arguments(node, _PULL)
        literal = self.origins.literal
        open_ = "**" in given or "*" in given
        absent = self.origins.unknown(node) if open_ else None
        details: dict[str, Value] = {
            "task_ids": literal(given["task_ids"]) if "task_ids" in given else absent,
            "key": literal(given["key"]) if "key" in given else (absent or "return_value"),
            "default": literal(given["default"]) if "default" in given else absent,
            "has_default": "default" in given,
            "dag_id": literal(given["dag_id"]) if "dag_id" in given else absent,
            "include_prior_dates": literal(given["include_prior_dates"]) if "include_prior_dates" in given else False,
            "map_indexes": literal(given["map_indexes"]) if "map_indexes" in given else None,
        }
        if "run_id" in given:
            details["run_id"] = literal(given["run_id"])
        if "default" in given:
            details["default_span"] = self._span(given["default"])
        task_ids = given.get("task_ids")
        if isinstance(task_ids, ast.Name) and any(b.kind == "parameter" for b in self._bindings(task_ids)):
            details["task_ids_parameter"] = task_ids.id
        self._add("pull", "", node, **details, **self._through(ti), **self._assigned(node))
        return self._inner(node)

    def _push(self, node: ast.Call, ti: ast.expr) -> bool:
        given = _arguments(node, ("key", "value"))
        key = self.origins.literal(given["key"]) if "key" in given else self.origins.unknown(node)
        parent = self._parents.get(node)
        details: dict[str, Value] = {"key": key, "value": self._span(given.get("value"))}
        details["statement"] = self._span(parent) if isinstance(parent, ast.Expr) else None
        details["returned"] = isinstance(parent, ast.Return | ast.Lambda)
        self._add("push", key if isinstance(key, str) else "", node, **details, **self._through(ti))
        return self._inner(node)

    def _variable(self, node: ast.Call, default: str, json: bool | None) -> bool:
        given = _arguments(node, ("key", default, "deserialize_json"))
        key = self.origins.literal(given["key"]) if "key" in given else self.origins.unknown(node)
        value = given.get(default)
        if json is None:
            json = self.origins.literal(given["deserialize_json"]) if "deserialize_json" in given else False
        self._add(
            "variable",
            key if isinstance(key, str) else "",
            node,
            key=key,
            has_default=value is not None,
            default=None if value is None else self.origins.literal(value),
            default_span=self._span(value),
            deserialize_json=json,
            **self._assigned(node),
        )
        return self._inner(node)

    def _connection(self, node: ast.Call, conn_id: ast.expr) -> bool:
        value = self.origins.literal(conn_id)
        name = value if isinstance(value, str) else ""
        self._add("connection", name, node, conn_id=value, **self._assigned(node))
        return self._inner(node)

    def _hook(self, node: ast.Call, origin: AirflowName) -> bool:
        name = origin.canonical.rpartition(".")[2]
        keywords = {k.arg: k.value for k in node.keywords if k.arg}
        given = [k for k in keywords if k == "conn_id"] + [k for k in keywords if k.endswith("_conn_id")]
        index = 1 if name in _HTTP else 0
        conn: Value = None
        if given:
            conn = self.origins.literal(keywords[given[0]])
        elif len(node.args) > index:
            conn = self.origins.literal(node.args[index])
        elif len(keywords) < len(node.keywords):
            conn = self.origins.unknown(node)
        self._hooks.append((len(self.uses), node))
        self._add(
            "hook",
            origin.canonical,
            node,
            conn_id=conn,
            conn_argument=given[0] if given else None,
            arguments=tuple(self.origins.literal(a) for a in node.args),
            keywords=tuple((k, self.origins.literal(v)) for k, v in keywords.items()),
            **self._assigned(node),
        )
        self._hook_read(node, (node,))
        return self._inner(node)

    def _hook_read(self, node: ast.expr, calls: tuple[ast.Call, ...]) -> None:
        """What happens to a hook where it is read: an attribute, a binding that is followed, or it escapes."""
        match self._parents.get(node):
            case ast.Attribute(attr=attr):
                for call in calls:
                    self._methods.setdefault(call, []).append(attr)
            case ast.Expr() | ast.withitem(optional_vars=None):
                pass
            case _:
                if not self._assigned(node):
                    self._escaped.update(calls)

    # --- values

    def _accessor(self, node: ast.Attribute | ast.Subscript) -> bool:
        """`var.value.key`, `var.json["key"]`, `conn.conn_id`."""
        base = self.origins.of(node.value)
        if isinstance(node, ast.Attribute):
            key: Value = node.attr
        else:
            key = self.origins.literal(node.slice)
        called = isinstance(self._parents.get(node), ast.Call) and key == "get"
        if called or not isinstance(base, Variables | ContextValue):
            return False
        if isinstance(base, Variables):
            name = key if isinstance(key, str) else ""
            details: dict[str, Value] = {"key": key, "has_default": False, "default": None}
            self._add("variable", name, node, **details, deserialize_json=base.json, **self._assigned(node))
            return True
        if base.name == "conn":
            self._add("connection", key if isinstance(key, str) else "", node, conn_id=key, **self._assigned(node))
            return True
        return False

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
                called = self._is_called(node)
                self._add(
                    "airflow", origin.canonical, node, called=called, **self._imported(node), **self._assigned(node)
                )
        if isinstance(node, ast.Call):
            # `kwargs.get("ds", default)`: what follows the key
            for part in [*node.args[1:], *node.keywords]:
                self.visit(part)

    def _rebound(self, node: ast.Name) -> bool:
        """A parameter from the context that the body binds again (`ds = ds or …`), which ends what can be followed."""
        bindings = self._bindings(node)
        if len(bindings) < 2 or not any(b.statement in self._own_parameters() for b in bindings):
            return False
        match self.origins.parameters.get(node.id):
            case ContextValue(name=name):
                path, outer = self._path(node)
                called = self._is_called(outer)
                span = self._span(outer)
                known = name in CONTEXT_NAMES
                self._add("context", name, node, path=path, path_span=span, called=called, known=known, rebound=True)
                for part in _slices(node, outer, self._parents):
                    self.visit(part)
            case Context():
                self._add("context_all", "", node, rebound=True, **self._target(node))
            case _:
                return False
        return True

    def _own_parameters(self) -> list[ast.arg]:
        function = self.origins.function
        return all_parameters(function.args) if isinstance(function, FUNCTIONS) else []

    def _context_value(self, node: ast.expr, name: str, **more: Value) -> None:
        through = self._through(node)
        if "alias" in through and name not in OBJECT_NAMES:
            return  # a plain value in a local variable: where it was read is recorded
        path, outer = self._path(node)
        details: dict[str, Value] = {"path": path, **more}
        if path:
            details["path_span"] = self._span(outer)
        details["called"] = self._is_called(outer)
        details["known"] = name in CONTEXT_NAMES
        self._add("context", name, node, **details, **through, **self._assigned(node), **self._target(node))
        for part in _slices(node, outer, self._parents):
            self.visit(part)

    def _whole(self, node: ast.expr, origin: Context) -> None:
        parent = self._parents.get(node)
        assigned = self._assigned(node)
        if assigned:
            self._add("context", "", node, **assigned)
        elif isinstance(parent, ast.Expr):
            self._add("context", "", node, assigned="", statement=self._span(parent))
        elif isinstance(parent, ast.Attribute):
            self._add("context_all", "", node, method=parent.attr, **self._through(node))
        else:
            self._add("context_all", "", node, **self._target(node), **self._through(node))

    def _path(self, node: ast.expr) -> tuple[tuple[Value, ...], ast.expr]:
        path: list[Value] = []
        outer = node
        while True:
            parent = self._parents.get(outer)
            if isinstance(parent, ast.Attribute):
                path.append(parent.attr)
            elif isinstance(parent, ast.Subscript) and parent.value is outer:
                key = self.origins.literal(parent.slice)
                if isinstance(key, Unknown):
                    return tuple(path), outer
                path.append(key)
            else:
                return tuple(path), outer
            outer = parent

    def _is_called(self, node: ast.expr) -> bool:
        parent = self._parents.get(node)
        return isinstance(parent, ast.Call) and parent.func is node

    def _target(self, node: ast.expr) -> dict[str, Value]:
        """The call a value is passed to, and how."""
        parent = self._parents.get(node)
        unpacked = isinstance(parent, ast.keyword) and parent.arg is None
        call = self._parents.get(parent) if isinstance(parent, ast.keyword) else parent
        if not isinstance(call, ast.Call) or call.func is node:
            return {}
        details: dict[str, Value] = {"to": ast.unparse(call.func), "followed": self._helper(call) is not None}
        return {**details, "unpacked": True} if unpacked else details

    def _through(self, node: ast.expr) -> dict[str, Value]:
        if isinstance(node, ast.Name) and any(b.kind in ("assign", "with") for b in self._bindings(node)):
            return {"alias": node.id}
        return {}

    def _bindings(self, node: ast.Name) -> Sequence[Binding]:
        scope = self.origins.names.loads.get(node)
        return () if scope is None else scope.bindings.get(node.id, ())

    def _assigned(self, node: ast.expr) -> dict[str, Value]:
        """The local name an expression is bound to and stands for from then on."""
        parent = self._parents.get(node)
        match parent:
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                statement: Span | None = self._span(parent)
            case ast.NamedExpr(target=ast.Name(id=name)) | ast.withitem(optional_vars=ast.Name(id=name)):
                statement = None
            case _:
                return {}
        scope = self._scope_around(node)
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        if scope is None:
            return {}
        # A plain value is followed no further, so it counts only as all the name ever is.
        followed = self.origins.of(node) is not None
        if (self.origins.of_local(scope, name) is None) if followed else len(scope.bindings[name]) > 1:
            return {}
        return {"assigned": name, "statement": statement}

    def _scope_around(self, node: ast.AST) -> Scope | None:
        at: ast.AST | None = node
        while at is not None:
            if at in self.origins.names.scopes:
                return self.origins.names.scopes[at]
            at = self._parents.get(at)
        return self.origins.names.root

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
                return {"import": self._span(binding.statement), "import_names": _bound(binding.statement)}
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
                    span = self._span(binding.statement)
                    details = {"import": span, "import_names": names, "unused": True}
                    self._add("airflow", canonical(path), binding.statement, **details)

    # --- helpers of the module

    def _helper(self, call: ast.Call) -> Entry | None:
        if not isinstance(call.func, ast.Name):
            return None
        scope = self.origins.names.loads.get(call.func)
        if (scope is not None and scope is not self.origins.names.root) or call.func.id in self.origins.captured:
            return None
        entries = self.origins.outline.of(call.func.id)
        one = entries[0] if len(entries) == 1 else None
        return one if one is not None and isinstance(one.node, ast.FunctionDef | ast.AsyncFunctionDef) else None

    def _pass_on(self, call: ast.Call) -> None:
        entry = self._helper(call)
        if entry is None or not isinstance(entry.node, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        args = entry.node.args
        positional = [*args.posonlyargs, *args.args]
        known = {a.arg for a in all_parameters(args)}
        given = self.passed.setdefault(entry.item.name, {})
        for parameter, value in _pairs(positional, call.args):
            if origin := self.origins.of(value):
                given.setdefault(parameter.arg, origin)
        for keyword in call.keywords:
            origin = self.origins.of(keyword.value)
            if keyword.arg is None:
                if isinstance(origin, Context):
                    for name in known & CONTEXT_NAMES.keys():
                        given.setdefault(name, ContextValue(name))
                    if args.kwarg:
                        given.setdefault(args.kwarg.arg, Context(mixed=True))
            elif origin is not None and keyword.arg in known:
                given.setdefault(keyword.arg, origin)


def _within(name: ast.Name, node: ast.expr) -> bool:
    start = (node.lineno, node.col_offset)
    end = (node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
    return start <= (name.lineno, name.col_offset) < end


def _pairs(parameters: list[ast.arg], values: list[ast.expr]) -> Iterator[tuple[ast.arg, ast.expr]]:
    for parameter, value in zip(parameters, values, strict=False):
        if isinstance(value, ast.Starred):
            return
        yield parameter, value


def _arguments(node: ast.Call, names: tuple[str, ...]) -> dict[str, ast.expr]:
    """The arguments of a call by name; `*` and `**` where it unpacks something."""
    given: dict[str, ast.expr] = {}
    for index, value in enumerate(node.args):
        if isinstance(value, ast.Starred):
            given["*"] = value
            break
        if index < len(names):
            given[names[index]] = value
    for keyword in node.keywords:
        given[keyword.arg or "**"] = keyword.value
    return given


def _slices(node: ast.expr, outer: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> Iterator[ast.expr]:
    """The subscripts between an expression and what is read of it."""
    at: ast.AST = node
    while at is not outer:
        at = parents[at]
        if isinstance(at, ast.Subscript):
            yield at.slice


def _bound(statement: ast.AST) -> tuple[str, ...]:
    names = statement.names if isinstance(statement, ast.Import | ast.ImportFrom) else []
    return tuple(alias.asname or alias.name.partition(".")[0] for alias in names)


def _is_load(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None) or ast.Load(), ast.Load)


def in_order(use: Use) -> tuple[int, int, int, int]:
    """Sort key: the order of the text, an outer use before those inside it."""
    span = use.span
    return (span.line, span.column, -span.end_line, -span.end_column)
