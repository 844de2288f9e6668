"""The values `airflow_signatures.py` finds in source: how they are written as JSON, and small helpers for trees."""

from __future__ import annotations

import ast
from collections.abc import Callable

Json = object

ATTRS = ("attrs.define", "attr.s", "attr.define", "attrs.frozen", "define", "dataclass")
"""How the decorators begin with which attrs or dataclasses write an `__init__`."""


class Unknown(Exception):
    """The expression cannot be evaluated without running code."""


class Seconds(float):
    """A `timedelta`, as seconds."""


def encode(value: object) -> Json:
    """A value as JSON; what JSON has not is an object of one key that names its type."""
    match value:
        case Seconds():
            return {"seconds": int(value) if float(value).is_integer() else float(value)}
        case None | bool() | int() | float() | str():
            return value
        case list():
            return [encode(item) for item in value]
        case tuple():
            return {"tuple": [encode(item) for item in value]}
        case set() | frozenset():
            return {"set": sorted((encode(item) for item in value), key=repr)}
        case dict():
            return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    raise Unknown


def linearise(path: str, bases: Callable[[str], list[str]], above: tuple[str, ...] = ()) -> list[str]:
    """Python's method resolution order (C3), by name; depth first where the names do not allow one."""
    if path in above:
        return [path]
    sequences = [linearise(base, bases, (*above, path)) for base in bases(path)]
    sequences.append([*bases(path)])
    order = [path]
    while sequences := [sequence for sequence in sequences if sequence]:
        for sequence in sequences:
            if not any(sequence[0] in other[1:] for other in sequences):
                break
        else:
            sequence = sequences[0]
        head = sequence[0]
        order.append(head)
        sequences = [[item for item in other if item != head] for other in sequences]
    return order


def boolean(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "t", "yes"}


def seconds(text: str) -> Seconds | None:
    return Seconds(text) if text else None


def number(value: object) -> float:
    if not isinstance(value, (int, float)):
        raise Unknown
    return value


CONVERTERS: dict[str, Callable[[str], object]] = {
    "get": str,
    "get_mandatory_value": str,
    "getboolean": boolean,
    "getfloat": float,
    "getint": int,
    "gettimedelta": seconds,
}
"""How each method of Airflow's configuration object reads the text of an option."""


def assigned(tree: ast.ClassDef, name: str) -> ast.expr | None:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                return value
    return None


def field_options(node: ast.expr | None) -> dict[str, ast.expr]:
    if node is None:
        return {}
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {
        "attrs.field",
        "attr.ib",
        "attr.field",
        "field",
    }:
        return {item.arg: item.value for item in node.keywords if item.arg}
    return {"default": node}


def decorators(tree: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """The source of each decorator."""
    return [ast.unparse(node) for node in tree.decorator_list]


def says(node: ast.expr | None) -> bool | None:
    """The truth value a keyword argument was given as a constant, if it was."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None
