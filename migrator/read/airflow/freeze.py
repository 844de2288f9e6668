"""What the interpreter holds, as the frozen values of airflow_model."""

from __future__ import annotations

import ast
import builtins
import datetime as dt
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import field, replace
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from ...airflow_model import (
    FILES,
    Argument,
    ClassRef,
    Deferred,
    EnvRef,
    Function,
    InstanceRef,
    MappedArgument,
    Module,
    ModuleItem,
    ParamSpec,
    Symbol,
    TaskRef,
    Unknown,
    VariableRef,
    XComRef,
    own_paths,
)
from ...own_files import paths_in
from ...records import dataclass
from .. import folders
from ..bindings import defaulted
from ..host import HostObject
from ..objects import (
    BoundMethod,
    Instance,
    Native,
    NativeMethod,
    NativeModule,
    Partial,
    UserClass,
    UserFunction,
    UserModule,
)
from ..places import definition_span, span_of
from ..trees import statements
from .assets import AssetBase
from .dags import DAG_PATH, DagObject
from .groups import MappedArgumentObject
from .operators import OperatorClass
from .session import Given, as_host
from .taskflow import TaskDecorated
from .tasks import TaskObject
from .timetables import TimetableObject
from .values import EnumMember
from .xcom import XComObject, XComSteps

if TYPE_CHECKING:
    from ..callables import FunctionNode

SIMPLE = (str, int, float, complex, bytes, bool, type(None), dt.date, dt.time, dt.timedelta, dt.tzinfo)
_DEPTH = 30


@dataclass(slots=True)
class Freezer:
    """Freezes the values of one DAG file. Functions and modules are described once.

    Without `code`, functions and modules are only named: nothing says what is in them.
    """

    code: bool = True
    functions: dict[int, tuple[UserFunction, Function | None]] = field(default_factory=dict)
    items: dict[str, tuple[ModuleItem, ...]] = field(default_factory=dict)
    rebound: dict[str, frozenset[str]] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    """What is named, relative to the folder that was given, by paths made from `__file__`."""
    active: set[int] = field(default_factory=set)

    def value(self, value: Any, depth: int = 0) -> Any:
        """A value as airflow_model has it; what has no place there is Unknown with a word on what it is."""
        if isinstance(value, SIMPLE):
            return self._text(str(value)) if isinstance(value, str) else value
        if depth > _DEPTH or id(value) in self.active:
            return Unknown("a value that is nested too deeply")
        self.active.add(id(value))
        try:
            return self._value(as_host(value), depth + 1)
        finally:
            self.active.discard(id(value))

    def _text(self, text: str) -> str | Deferred | Unknown:
        """A string; where a path made from `__file__` is in it, as what it is made of when it runs."""
        if folders.NAME not in text:
            return text
        first, *rest = text.split(folders.ROOT)
        if any(folders.NAME in part for part in (first, *rest)):
            return Unknown("made of the name of the folder that the DAG files are in")
        parts: list[Any] = [first]
        for part in rest:
            parts += [FILES, part]
        made = Deferred("format", tuple(part for part in parts if part != ""))
        self.paths |= own_paths(made)
        return made

    def _value(self, value: Any, depth: int) -> Any:
        match value:
            case list():
                return [self.value(v, depth) for v in value]
            case tuple():
                return tuple(self.value(v, depth) for v in value)
            case set() | frozenset():
                return _frozen_set([self.value(v, depth) for v in value])
            case dict():
                return {_key(self.value(k, depth)): self.value(v, depth) for k, v in value.items()}
            case Deferred():
                operands = tuple(self.value(v, depth) for v in value.operands)
                return replace(
                    value, operands=operands, keywords=tuple((n, self.value(v, depth)) for n, v in value.keywords)
                )
            case VariableRef():
                return replace(value, key=self.value(value.key, depth), default=self.value(value.default, depth))
            case EnvRef():
                return replace(value, name=self.value(value.name, depth), default=self.value(value.default, depth))
            case ParamSpec():
                schema = tuple((n, self.value(v, depth)) for n, v in value.schema)
                return replace(value, default=self.value(value.default, depth), schema=schema)
            case HostObject():
                return self._host(value, depth)
            case UserFunction():
                return self.function(value) or Symbol(f"{value.module.name}.{value.qualname}")
            case BoundMethod(function=UserFunction() as method, instance=instance):
                found = self.function(method)
                return replace(found, self_value=self.value(instance, depth)) if found else Unknown("a method")
            case Partial():
                return self._partial(value, depth)
            case UserClass():
                return self.class_ref(value)
            case Instance():
                return self._instance(value, depth)
            case UserModule() as module:
                return Symbol(module.name)
            case Native() | NativeModule():
                return Symbol(value.path)
            case NativeMethod() if isinstance(value.owner, (type, str)):  # `str.upper`, `", ".join`
                return Deferred("attribute", (self.value(value.owner, depth),), value.name)
            case PurePath():
                path = self._text(str(value))
                return (
                    PurePosixPath(value) if isinstance(path, str) else Deferred("call", (Symbol("pathlib.Path"), path))
                )
        return self._other(value)

    def _other(self, value: Any) -> Any:
        kind = type(value)
        if kind.__module__ == "migrator.airflow_model":
            return value
        if kind.__module__ == "dateutil.relativedelta":
            named = tuple((n, v) for n, v in sorted(vars(value).items()) if v and not n.startswith("_"))
            return Deferred("call", (Symbol("dateutil.relativedelta.relativedelta"),), keywords=named)
        if isinstance(value, type):
            return Symbol(
                value.__name__ if value.__module__ == "builtins" else f"{value.__module__}.{value.__qualname__}"
            )
        if isinstance(value, range):
            return list(value)
        return Unknown(f"a {kind.__name__}")

    def _host(self, value: HostObject, depth: int) -> Any:
        match value:
            case EnumMember():
                return value.value
            case TaskObject():
                task = value.real()
                return (
                    Unknown("a task with an unknown id")
                    if task.dag is None or task.nameless
                    else TaskRef(task.dag.dag_id, task.task_id)
                )
            case XComObject() | XComSteps():
                return self._xcom(value, depth)
            case MappedArgumentObject():
                given = {g.name: self.value(g.value, depth) for g in value.mapping.arguments}
                own = given.get(value.name, given.get("kwargs"))
                return MappedArgument(value.name, own)
            case AssetBase():
                return value.frozen()
            case TimetableObject():
                named = tuple((n, self.value(v, depth)) for n, v in value.kwargs.items())
                return Deferred(
                    "call", (Symbol(value.path), *(self.value(v, depth) for v in value.args)), keywords=named
                )
            case TaskDecorated(function=UserFunction() as function):
                return self.value(function, depth)
            case OperatorClass():
                return Symbol(value.canonical)
            case DagObject():
                return Symbol(f"{DAG_PATH}:{value.dag_id}")
        path = getattr(value, "path", None)
        return Symbol(path) if isinstance(path, str) else Unknown(value.describe())

    def _xcom(self, value: XComObject | XComSteps, depth: int) -> Any:
        if isinstance(value, XComObject):
            task = value.task.real()
            if task.dag is None or task.nameless:
                return Unknown("the output of a task with an unknown id")
            return XComRef(task.dag.dag_id, task.task_id, value.key)
        first, *rest = (self.value(p, depth) for p in value.parts)
        if not isinstance(first, XComRef):
            return first if isinstance(first, Unknown) else Unknown(value.describe())
        detail = self.value(value.function, depth)
        if value.kind != "map":
            detail = (detail, *rest) if value.kind == "zip_longest" else tuple(rest)
        return replace(first, steps=(*first.steps, (value.kind, detail)))

    def _partial(self, value: Partial, depth: int) -> Any:
        target = self.value(value.function, depth)
        args = tuple(self.value(v, depth) for v in value.args)
        named = tuple((n, self.value(v, depth)) for n, v in value.kwargs.items())
        if isinstance(target, Function):
            return replace(target, bound_args=(*target.bound_args, *args), bound_kwargs=(*target.bound_kwargs, *named))
        return Deferred("call", (Symbol("functools.partial"), target, *args), keywords=named)

    def _instance(self, value: Instance, depth: int) -> Any:
        if isinstance(value.base, SIMPLE):
            return self.value(value.base, depth)
        if value.cls.members is not None:  # a member of an Enum: the class called with its value gives it again
            return InstanceRef(self.class_ref(value.cls), (self.value(value.attributes.get("value"), depth),))
        args = tuple(self.value(a.value, depth) for a in value.args)
        named = tuple((n, self.value(a.value, depth)) for n, a in value.kwargs.items())
        return InstanceRef(self.class_ref(value.cls), args, named)

    def class_ref(self, cls: UserClass) -> ClassRef:
        bases = tuple(_base_name(b) for b in cls.bases)
        templates = (_texts(cls.find(name)) for name in ("template_fields", "template_ext"))
        return ClassRef(cls.name, cls.module.source, span_of(cls.node, cls.module.source), bases, *templates)

    # --- functions and modules ------------------------------------------------------------------------------

    def function(self, function: UserFunction, arguments: Mapping[str, Any] | None = None) -> Function | None:
        """A user's function, described; None while it is being described (it refers to itself)."""
        if not self.code:
            return _named(function)
        key = id(function)
        if key in self.functions and not arguments:
            return self.functions[key][1]
        self.functions[key] = (function, None)
        # Imported here, as most of what reads code is: an inspection starts without it.
        from ..callables import describe

        captured = {n: self.value(v) for n, v in function.closure.items()}
        bound = tuple(self._defaults(function))
        node = _with_values(function.node, {name for name, _ in bound})
        found = describe(node, function.module.source, self.plain_items(function.module), captured, arguments=arguments)
        if bound:
            found = replace(found, bound_kwargs=bound)
        self.functions[key] = (function, found)
        return found

    def _defaults(self, function: UserFunction) -> Iterator[tuple[str, Any]]:
        """The defaults that are not in the end what their text says: `table=name` in a loop, or in a function."""
        by_keyword, by_position = function.keyword_defaults, iter(function.defaults)
        for parameter, default in defaulted(function.node.args):
            value = by_keyword[parameter.arg] if parameter.arg in by_keyword else next(by_position)
            if any(self._changes(name, function.module) for name in _names(default)):
                yield parameter.arg, self.value(value)

    def _changes(self, name: str, module: UserModule) -> bool:
        """Whether a name that a default is made of may stand for something else where the function is carried to: it is
        local to a function, or bound again in its module."""
        if name not in module.namespace:
            return not hasattr(builtins, name)
        file = module.source.file
        if file not in self.rebound:
            self.rebound[file] = _rebound(module.tree)
        return name in self.rebound[file]

    def plain_items(self, module: UserModule) -> tuple[ModuleItem, ...]:
        """A module's items with the values of its constants only: enough to describe its functions."""
        from ..outline import module_items

        file = module.source.file
        if file not in self.items:
            constants = {n: v for n, v in module.namespace.items() if _is_plain(v)}
            self.items[file] = module_items(module.source, constants)
        return self.items[file]

    def module(self, module: UserModule) -> Module:
        """A user's file with everything the interpreter knows of its names."""
        imports = tuple(sorted(module.imports))
        if not self.code:
            return Module(module.source, imports=imports)
        from ..outline import module_items

        namespace = {
            n: self.value(v) for n, v in module.namespace.items() if isinstance(n, str) and not n.startswith("__")
        }
        items = module_items(module.source, namespace)
        constants = {n: folders.relative(str(v)) for n, v in module.namespace.items() if _is_own(v)}
        paths = paths_in(module.tree, module.source, constants)
        return Module(module.source, items, imports, _imports_airflow(module.tree), paths)

    def argument(self, given: Given) -> Argument:
        value = self.value(given.value)
        if not self.code:
            return Argument(given.name, value, given.span, origin=given.origin)
        return Argument(given.name, value, given.span, given.source, given.names, given.origin)


def _named(function: UserFunction) -> Function:
    node, source = function.node, function.module.source
    span = span_of(node, source) if isinstance(node, ast.Lambda) else definition_span(node, source)
    return Function(function.name, function.qualname, source, span, is_lambda=isinstance(node, ast.Lambda))


def _names(code: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(code) if isinstance(node, ast.Name)]


def _with_values(node: FunctionNode, parameters: Container[str]) -> FunctionNode:
    """The function with values in the place of these parameters' defaults, which then use no names."""
    if not parameters:
        return node
    written = {id(d) for p, d in defaulted(node.args) if p.arg in parameters}

    def value(default: ast.expr | None) -> ast.expr | None:
        return ast.copy_location(ast.Constant(None), default) if default and id(default) in written else default

    old = node.args
    parts = dict(ast.iter_fields(old)) | {
        "defaults": [value(default) for default in old.defaults],
        "kw_defaults": [value(default) for default in old.kw_defaults],
    }
    fields = dict(ast.iter_fields(node)) | {"args": ast.arguments(**parts)}
    return ast.copy_location(type(node)(**fields), node)


def _rebound(tree: ast.Module) -> frozenset[str]:
    """The names that are bound more than once, or in a loop, anywhere in a module."""
    found: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] += 1
        elif isinstance(node, ast.For | ast.AsyncFor | ast.While | ast.comprehension):
            found.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return frozenset(name for name, times in found.items() if times > 1)


def _frozen_set(values: list[Any]) -> Any:
    """A set in a fixed order where its members can be sorted; a list where they cannot be hashed."""
    try:
        return frozenset(values)
    except TypeError:
        return sorted(values, key=repr)


def _key(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else repr(value) if isinstance(value, dict) else value


def _texts(value: Any) -> tuple[str, ...]:
    """The strings of a list or tuple, or of what is one."""
    if isinstance(value, str):
        return (value,)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()


def _is_own(value: Any) -> bool:
    return isinstance(value, (str, PurePath)) and folders.is_own(value)


def _is_plain(value: Any, depth: int = 0) -> bool:
    if isinstance(value, SIMPLE):
        return True
    if depth > 5:
        return False
    if type(value) in (list, tuple, set, frozenset):
        return all(_is_plain(v, depth + 1) for v in value)
    return type(value) is dict and all(_is_plain(k) and _is_plain(v, depth + 1) for k, v in value.items())


def _base_name(base: Any) -> str:
    match base:
        case OperatorClass():
            return base.canonical
        case UserClass():
            return f"{base.module.name}.{base.qualname}"
        case Symbol(path=path):
            return path
    own = getattr(base, "path", None)
    return own if isinstance(own, str) else str(getattr(base, "__name__", "object"))


def _imports_airflow(tree: ast.Module) -> bool:
    for statement in statements(tree):
        match statement:
            case ast.Import(names=aliases) if any(a.name.split(".")[0] == "airflow" for a in aliases):
                return True
            case ast.ImportFrom(module=str(module), level=0) if module.split(".")[0] == "airflow":
                return True
    return False
