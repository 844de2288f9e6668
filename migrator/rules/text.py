"""Small pieces of Python text that many rules write."""

from __future__ import annotations

import ast
from datetime import timedelta
from typing import Any

from ..airflow_model import Value
from .api import MISSING, Result, TaskView


def call(function: str, *args: str, **keywords: str | None) -> str:
    """`function(args, name=value, …)`. Arguments without text and keywords of None are left out."""
    given = [f"{name}={text}" for name, text in keywords.items() if text is not None]
    return f"{function}({', '.join([*filter(None, args), *given])})"


def has(view: TaskView, name: str) -> bool:
    """Whether the argument was given and is not None; marks it as read either way."""
    return view.value(name) is not None


def same(value: Value, default: Any) -> bool:
    """Whether a known value is the default, the type included: 1 is not True."""
    return type(value) is type(default) and bool(value == default)


def unless(view: TaskView, name: str, default: Any) -> str | None:
    """The argument's expression, or None where it is absent or the default, so that the call can leave it out."""
    value = view.value(name, MISSING)
    return None if value is MISSING or same(value, default) else view.code(name)


def rendered_unless(view: TaskView, name: str, default: Any) -> str | None:
    """Like `unless`, with the argument's templates rendered."""
    value = view.value(name, MISSING)
    return None if value is MISSING or same(value, default) else view.template(name)


def seconds(view: TaskView, name: str, default: Any) -> str | None:
    """A number of seconds or a timedelta as an expression in seconds; None where it is absent or the default."""
    value = view.value(name, MISSING)
    if isinstance(value, timedelta):
        value = int(value.total_seconds()) if value.total_seconds().is_integer() else value.total_seconds()
        return None if value == default else repr(value)
    if value is MISSING or value is None or (isinstance(value, int | float) and value == default):
        return None
    return view.code(name)


def pushes(view: TaskView) -> bool:
    """Whether Airflow pushes the task's return value (`do_xcom_push`, true by default)."""
    return bool(view.literal("do_xcom_push", bool, True))


def finish(view: TaskView, expression: str, *, value: bool = True, **result: Any) -> Result:
    """A body of one expression: returned where the task pushes a value, else only evaluated."""
    if value and pushes(view):
        return Result(view.text(f"return {expression}"), **result)
    return Result(view.text(expression), **{**result, "returns": "None"})


def inline(text: str) -> str:
    """A call of a lambda as the lambda's own expression: `(lambda line: int(line))(last())` is `int(last())`.

    Any other text is given back as it is, and so is a lambda that uses its argument several times, or inside another
    function or a comprehension, unless the argument is a name of the same spelling.
    """
    tree = ast.parse(text, mode="eval").body
    match tree:
        case ast.Call(func=ast.Lambda(args=ast.arguments(args=[parameter], defaults=[]), body=body), args=[given]):
            name = parameter.arg
        case _:
            return text
    if tree.keywords or isinstance(given, ast.Starred):
        return text
    inner, argument = ast.get_source_segment(text, body), ast.get_source_segment(text, given)
    if inner is None or argument is None:
        return text
    uses = [node for node in ast.walk(body) if isinstance(node, ast.Name) and node.id == name]
    if not (isinstance(given, ast.Name) and given.id == name):
        scopes = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        if len(uses) != 1 or any(isinstance(node, scopes) for node in ast.walk(body)) or "\n" in inner:
            return text
        start = uses[0].col_offset - body.col_offset
        raw = inner.encode()
        end = start + len(name.encode())
        inner = (raw[:start] + _atom(argument, given).encode() + raw[end:]).decode()
    return _atom(inner, body)


def _atom(text: str, node: ast.expr) -> str:
    """In parentheses, unless it holds together wherever it stands."""
    whole = (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.List, ast.Dict, ast.Set, ast.ListComp)
    return text if isinstance(node, whole) else f"({text})"
