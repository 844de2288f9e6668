"""The small algebra of template expressions, and how jinja2's own syntax tree becomes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeAlias

from jinja2 import nodes as jinja

from ..records import dataclass
from .template_names import TASK_INSTANCE_NAMES


@dataclass(frozen=True, slots=True)
class Name:
    """A variable of the context, a loop variable, or a name a `set` gives."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A string, number, boolean or None."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Attribute:
    """`base.name`: the attribute, or where there is none, the item."""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """`base[key]`: the item, or where there is none and the key is a string, the attribute."""

    base: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Slice:
    """`start:stop:step` as an item's key."""

    start: Node | None
    stop: Node | None
    step: Node | None


@dataclass(frozen=True, slots=True)
class Call:
    """`function(args, **kwargs)`; `unpacks` when it has `*` or `**` arguments, which are not kept."""

    function: Node
    args: tuple[Node, ...] = ()
    kwargs: tuple[tuple[str, Node], ...] = ()
    unpacks: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """`base | name(args)`."""

    base: Node
    name: str
    args: tuple[Node, ...] = ()
    kwargs: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """`base is name(args)`."""

    base: Node
    name: str
    args: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator and its operands: `+ - * / // % **`, `~`, `and or not`, `== != < <= > >= in not in`, `neg pos`.

    `~` has two or more operands. `a < b < c` is an `and` of two.
    """

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if condition else otherwise`; without an else it is undefined, which fails in Airflow when it is used."""

    condition: Node
    then: Node
    otherwise: Node | None


@dataclass(frozen=True, slots=True)
class Collection:
    """A list, tuple or dict; a dict's items are keys and values in turn."""

    kind: str
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class XComPull:
    """`ti.xcom_pull(…)` and the literal attributes and keys read of its result.

    `task_ids` is a string, strings, or None for none given; a node when it is no literal, as are the others.
    """

    task_ids: str | tuple[str, ...] | Node | None = None
    key: str | Node | None = "return_value"
    path: tuple[str | int, ...] = ()
    dag_id: str | Node | None = None
    include_prior_dates: bool | Node = False
    default: Node | None = None
    map_indexes: Node | None = None
    unpacks: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """`var.value.key`, `var.json.key`, `var.value.get(key, default)`, and what is read of a JSON value."""

    key: str | Node
    json: bool = False
    path: tuple[str | int, ...] = ()
    default: Node | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """`conn.conn_id.host`: the connection and what is read of it."""

    conn_id: str | Node
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An expression of none of these kinds."""

    reason: str


Node: TypeAlias = (
    "Name | Constant | Attribute | Item | Slice | Call | Filter | Test | Operation | Conditional | Collection"
    " | XComPull | Variable | Connection | Unsupported"
)

_BINARY = {
    jinja.Add: "+",
    jinja.Sub: "-",
    jinja.Mul: "*",
    jinja.Div: "/",
    jinja.FloorDiv: "//",
    jinja.Mod: "%",
    jinja.Pow: "**",
    jinja.And: "and",
    jinja.Or: "or",
}
_UNARY = {jinja.Neg: "neg", jinja.Pos: "pos", jinja.Not: "not"}
_COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}


def node_of(tree: jinja.Node) -> Node:
    """The algebra's form of a jinja2 expression."""
    match tree:
        case jinja.Name(name=name):
            return Name(name)
        case jinja.Const(value=value):
            return Constant(value)
        case jinja.TemplateData(data=data):
            return Constant(data)
        case jinja.Getattr(node=base, attr=attr):
            return _read(node_of(base), attr, Attribute(node_of(base), attr))
        case jinja.Getitem(node=base, arg=arg):
            key = node_of(arg)
            literal = key.value if isinstance(key, Constant) and isinstance(key.value, str | int) else None
            return _read(node_of(base), literal, Item(node_of(base), key))
        case jinja.Slice(start=start, stop=stop, step=step):
            return Slice(*(None if part is None else node_of(part) for part in (start, stop, step)))
        case jinja.Call(node=function):
            kwargs = tuple((pair.key, node_of(pair.value)) for pair in tree.kwargs)
            unpacks = tree.dyn_args is not None or tree.dyn_kwargs is not None
            return _called(Call(node_of(function), tuple(map(node_of, tree.args)), kwargs, unpacks))
        case jinja.Filter(node=inner, name=name) if inner is not None and not (tree.dyn_args or tree.dyn_kwargs):
            kwargs = tuple((str(pair.key), node_of(pair.value)) for pair in tree.kwargs)
            return Filter(node_of(inner), name, tuple(map(node_of, tree.args)), kwargs)
        case jinja.Test(node=inner, name=name) if not (tree.kwargs or tree.dyn_args or tree.dyn_kwargs):
            return Test(node_of(inner), name, tuple(map(node_of, tree.args)))
        case jinja.BinExpr(left=left, right=right) if type(tree) in _BINARY:
            return Operation(_BINARY[type(tree)], (node_of(left), node_of(right)))
        case jinja.UnaryExpr(node=inner) if type(tree) in _UNARY:
            return Operation(_UNARY[type(tree)], (node_of(inner),))
        case jinja.Concat(nodes=parts):
            return Operation("~", tuple(map(node_of, parts)))
        case jinja.Compare(expr=first, ops=ops):
            return _comparison(node_of(first), [(_COMPARE[op.op], node_of(op.expr)) for op in ops])
        case jinja.CondExpr(test=test, expr1=then, expr2=otherwise):
            return Conditional(node_of(test), node_of(then), None if otherwise is None else node_of(otherwise))
        case jinja.List(items=items):
            return Collection("list", tuple(map(node_of, items)))
        case jinja.Tuple(items=items):
            return Collection("tuple", tuple(map(node_of, items)))
        case jinja.Dict(items=pairs):
            return Collection("dict", tuple(node_of(part) for pair in pairs for part in (pair.key, pair.value)))
    return Unsupported(type(tree).__name__.lower())


def _comparison(first: Node, rest: list[tuple[str, Node]]) -> Node:
    parts: list[Node] = []
    for operator, operand in rest:
        parts.append(Operation(operator, (first, operand)))
        first = operand
    return parts[0] if len(parts) == 1 else Operation("and", tuple(parts))


def _read(base: Node, key: str | int | None, plain: Attribute | Item) -> Node:
    """An attribute or item of a node, as part of the Variable, Connection or pull it belongs to."""
    match base:
        case XComPull() | Connection() if key is not None:
            return replace(base, path=(*base.path, key))
        case Variable(json=True) if key is not None:
            return replace(base, path=(*base.path, key))
        case (
            Attribute(base=Name(name="var"), name="value" | "json" as kind)
            | Item(base=Name(name="var"), key=Constant(value="value" | "json" as kind))
        ) if key != "get":
            return Variable(plain.name if isinstance(plain, Attribute) else _text(plain.key), kind == "json")
        case Name(name="conn") if key != "get":
            return Connection(plain.name if isinstance(plain, Attribute) else _text(plain.key))
    return plain


def _text(key: Node) -> str | Node:
    return key.value if isinstance(key, Constant) and isinstance(key.value, str) else key


def _called(call: Call) -> Node:
    """A call as the pull, Variable or Connection it is, or as it stands."""
    match call.function:
        case Attribute(base=Name(name=name), name="xcom_pull") if name in TASK_INSTANCE_NAMES:
            return _pull(call)
        case Attribute(base=Attribute(base=Name(name="var"), name="value" | "json" as kind), name="get") if call.args:
            given = dict(zip(("key", "default"), call.args, strict=False)) | dict(call.kwargs)
            default = given.get("default", given.get("default_var"))
            return Variable(_text(given["key"]), kind == "json", default=default)
        case Attribute(base=Name(name="conn"), name="get") if len(call.args) == 1:
            return Connection(_text(call.args[0]))
        case XComPull(path=path) | Variable(path=path) | Connection(path=path) if path and isinstance(path[-1], str):
            # A method of what was read is no part of the path.
            return replace(call, function=Attribute(replace(call.function, path=path[:-1]), path[-1]))
    return call


def _pull(call: Call) -> XComPull:
    given = dict(zip(("task_ids", "dag_id", "key", "include_prior_dates"), call.args, strict=False))
    given.update(call.kwargs)
    return XComPull(
        task_ids=_task_ids(given.get("task_ids", Constant(None))),
        key=_literal(given.get("key", Constant("return_value"))),
        dag_id=_literal(given.get("dag_id", Constant(None))),
        include_prior_dates=_literal(given.get("include_prior_dates", Constant(False))),
        default=given.get("default"),
        map_indexes=given.get("map_indexes"),
        unpacks=call.unpacks,
    )


def _literal(node: Node) -> Any:
    return node.value if isinstance(node, Constant) else node


def _task_ids(node: Node) -> Any:
    if isinstance(node, Collection) and node.kind != "dict" and all(isinstance(i, Constant) for i in node.items):
        return tuple(_literal(item) for item in node.items)
    return _literal(node)


def walk(node: Node) -> Iterator[Node]:
    """The node and every node in it."""
    yield node
    for part in fields(node):
        yield from _walk_value(getattr(node, part.name))


def _walk_value(value: Any) -> Iterator[Node]:
    if is_dataclass(value) and not isinstance(value, type):
        yield from walk(value)  # type: ignore[arg-type]
    elif isinstance(value, tuple):
        for part in value:
            yield from _walk_value(part)


def chain(node: Node) -> tuple[str, tuple[str | int, ...]] | None:
    """`dag_run.conf['x']` as ("dag_run", ("conf", "x")): a name and the literal attributes and keys read of it."""
    match node:
        case Name(name=name):
            return name, ()
        case Attribute(base=base, name=attr):
            found = chain(base)
            return found and (found[0], (*found[1], attr))
        case Item(base=base, key=Constant(value=str() | int() as key)):
            found = chain(base)
            return found and (found[0], (*found[1], key))
    return None
