"""What the functions that are called before and after a task ask of the context they get."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .. import airflow_model as am
from ..records import dataclass
from .carry import definition, lambda_of, tree_of


@dataclass(frozen=True, slots=True)
class Use:
    """What a function does with the context it gets.

    `reads` are the variables it asks for, None where it hands the context on; `pulls` the tasks whose XComs it asks
    for, None where their ids are not known; `result`: it looks at what the task returned; `changes`: its code that
    changes something which others would see.
    """

    reads: frozenset[str] | None = frozenset()
    pulls: tuple[str, ...] | None = ()
    result: bool = False
    changes: str = ""


def used(function: am.Function) -> Use:
    """What the function's own code does; what it calls is not looked into."""
    node = lambda_of(function) if function.is_lambda else definition(function)
    names = [p.name for p in function.parameters[len(function.bound_args) :]]
    given = names[0] if names else ""
    pulls: dict[str, None] | None = {}
    changes = ""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and part.func.attr == "xcom_pull":
            ids = _ids(part)
            pulls = None if ids is None or pulls is None else pulls | dict.fromkeys(ids)
        changes = changes or _change(part, given)
    result = len(names) > 1 and any(_is_name(part, names[1]) for part in ast.walk(node))
    return Use(_reads(node, given), None if pulls is None else tuple(pulls), result, changes)


def functions(value: am.Value) -> Iterator[am.Function]:
    """The functions of the user's that an argument holds, those of conditions among them."""
    match value:
        case am.Function():
            yield value
        case list():
            for one in value:
                yield from functions(one)
        case am.Deferred(operands=operands):
            for one in operands:
                yield from functions(one)


def overrides(cls: am.ClassRef | None, name: str) -> bool:
    """Whether a class of the user's has a method of its own with that name."""
    if cls is None:
        return False
    classes = [n for n in ast.walk(tree_of(cls.source)) if isinstance(n, ast.ClassDef) and n.name == cls.name]
    return any(isinstance(part, ast.FunctionDef) and part.name == name for node in classes for part in node.body)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _reads(node: ast.AST, given: str) -> frozenset[str] | None:
    """The variables that a function asks of its context by name; None where it does anything else with it."""
    found, times = set(), 0
    for part in ast.walk(node):
        match part:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as variable)) if name == given:
                found.add(variable)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr="get"),
                args=[ast.Constant(value=str() as variable), *_],
            ) if name == given:
                found.add(variable)
            case _:
                times += _is_name(part, given)
                continue
        times -= 1
    return None if times else frozenset(found)


def _ids(call: ast.Call) -> tuple[str, ...] | None:
    given = next((k.value for k in call.keywords if k.arg == "task_ids"), call.args[0] if call.args else None)
    match given:
        case ast.Constant(value=str() as task_id):
            return (task_id,)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            ids = [i.value for i in items if isinstance(i, ast.Constant) and isinstance(i.value, str)]
            return tuple(ids) if len(ids) == len(items) else None
    return None


def _change(part: ast.AST, given: str) -> str:
    """The text of what changes the context, or pushes an XCom of the task: neither would reach the task's body."""
    changing: ast.AST | None = None
    match part:
        case ast.Call(func=ast.Attribute(attr="xcom_push")):
            return ast.unparse(part)
        case ast.Call(func=ast.Name(id="setattr"), args=[target, *_]):
            changing = target
        case ast.Call(func=ast.Attribute(value=ast.Name() as target, attr="update" | "pop" | "setdefault")):
            changing = target
        case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
            changing = part
    while isinstance(changing, ast.Subscript | ast.Attribute):
        changing = changing.value
    return ast.unparse(part) if isinstance(changing, ast.Name) and changing.id == given else ""
