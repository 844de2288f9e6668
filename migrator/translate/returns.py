"""The type a function is sure to return, as far as its text alone tells.

Dagster checks an asset's value against its return annotation and Airflow never does, so an annotation is only kept
where the code cannot break it.
"""

from __future__ import annotations

import ast

from .. import airflow_model as am
from .carry import definition

_CALLS = {
    "str": "str",
    "repr": "str",
    "len": "int",
    "int": "int",
    "bool": "bool",
    "any": "bool",
    "all": "bool",
    "isinstance": "bool",
    "list": "list",
    "sorted": "list",
    "dict": "dict",
    "bytes": "bytes",
    "tuple": "tuple",
}
_METHODS = {
    "decode": "str",
    "encode": "bytes",
    "format": "str",
    "isoformat": "str",
    "hexdigest": "str",
    "join": "str",
    "lower": "str",
    "strip": "str",
    "strftime": "str",
    "upper": "str",
    "split": "list",
    "splitlines": "list",
    "startswith": "bool",
    "endswith": "bool",
}
"""Methods whose results have one type, whatever of the standard library they are called on."""


def keeps(function: am.Function, annotation: str) -> bool:
    """Whether every value the function returns is sure to be of the annotated type (`list`, `str | None` …)."""
    if function.is_lambda:
        return False
    allowed = {part.strip() for part in annotation.split("|")}
    node = definition(function)
    found = [_type(value, node) for value in returned(node)]
    if _falls_through(node.body):
        found.append("None")
    return bool(found) and all(kind in allowed for kind in found)


def gives_keys(function: am.Function) -> bool:
    """Whether every value the function returns is sure to be a dict with text as keys, or None."""
    if function.is_lambda:
        return False
    return all(_is_keyed(value) for value in returned(definition(function)))


def _is_keyed(value: ast.expr | None) -> bool:
    match value:
        case None | ast.Constant(value=None):
            return True
        case ast.Dict(keys=keys):
            return all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keys)
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            return all(keyword.arg is not None for keyword in keywords)
    return False


def returned(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    """What the function's own return statements return, not those of functions inside it."""
    found: list[ast.expr | None] = []
    waiting: list[ast.AST] = [*node.body]
    while waiting:
        child = waiting.pop()
        if isinstance(child, ast.Return):
            found.append(child.value)
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(child)
    return found


def _falls_through(body: list[ast.stmt]) -> bool:
    """Whether the end of a block may be reached."""
    match body[-1]:
        case ast.Return() | ast.Raise():
            return False
        case ast.If(body=then, orelse=otherwise) if otherwise:
            return _falls_through(then) or _falls_through(otherwise)
        case ast.With(body=inner):
            return _falls_through(inner)
        case ast.Try(body=inner, handlers=handlers, orelse=otherwise):
            ends = [otherwise or inner, *(h.body for h in handlers)]
            return any(_falls_through(end) for end in ends)
    return True


def _type(value: ast.expr | None, function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The type of an expression; `?` where the text does not tell."""
    match value:
        case None | ast.Constant(value=None):
            return "None"
        case ast.Constant(value=constant):
            return type(constant).__name__
        case ast.JoinedStr():
            return "str"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Tuple():
            return "tuple"
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "bool"
        case ast.Call(func=ast.Name(id=name)):
            return _CALLS.get(name, "?")
        case ast.Call(func=ast.Attribute(attr=name)):
            return _METHODS.get(name, "?")
        case ast.IfExp(body=then, orelse=otherwise):
            kinds = {_type(then, function), _type(otherwise, function)}
            return kinds.pop() if len(kinds) == 1 else "?"
        case ast.Name(id=name):
            bound = _bindings(name, function)
            kinds = {_type(b, function) if isinstance(b, ast.expr) else "?" for b in bound}
            return kinds.pop() if len(kinds) == 1 else "?"
    return "?"


def _bindings(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.AST]:
    """What a local name is bound to: the expressions it is assigned, and anything else as it is."""
    found: list[ast.AST] = []
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                found.append(value)
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                found.append(value)
            case ast.Name(id=target, ctx=ast.Store()) if target == name:
                found.append(node)
    # Each plain assignment is found twice, as a statement and as its target's name.
    plain = [b for b in found if isinstance(b, ast.expr) and not isinstance(b, ast.Name)]
    names = [b for b in found if isinstance(b, ast.Name) and isinstance(b.ctx, ast.Store)]
    return [*plain] if len(names) == len(plain) else [function]
