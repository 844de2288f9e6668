"""Small pieces of Python text that many rules write."""

from __future__ import annotations

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
