"""Models of collections, queue and keyword."""

from __future__ import annotations

import collections
import keyword
import queue
from typing import TYPE_CHECKING, Any

from ...airflow_model import Symbol
from ..calls import CONSTRUCTORS
from ..natives import SYMBOLS
from ..values import LATE
from .model import Names, lazy, pure

if TYPE_CHECKING:
    from ..core import Place

SYMBOLS.update(
    {
        collections.OrderedDict: "collections.OrderedDict",
        collections.defaultdict: "collections.defaultdict",
        collections.Counter: "collections.Counter",
        collections.deque: "collections.deque",
        collections.ChainMap: "collections.ChainMap",
    }
)


class Factory:
    """A defaultdict's default, kept where `default_factory` must be callable: the interpreter calls `function`."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self) -> Any:
        raise KeyError("a missing key of a defaultdict")


def _ordered(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    result: collections.OrderedDict[Any, Any] = collections.OrderedDict()
    for arg in args:
        machine.merge_into(result, arg, at.node, at.frame)
    result.update(kwargs)
    return result


def _defaultdict(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    factory = args[0] if args else None
    made: collections.defaultdict[Any, Any] = collections.defaultdict(None if factory is None else Factory(factory))
    for arg in args[1:]:
        machine.merge_into(made, arg, at.node, at.frame)
    made.update(kwargs)
    return made


def _counter(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    if args and isinstance(args[0], dict):
        return collections.Counter(args[0])
    items = machine.elements(args[0], at.node, at.frame) if args else []
    if type(items) in LATE:
        return machine.defer_call(Symbol("collections.Counter"), args, kwargs, at.node, at.frame)
    return collections.Counter(items)


def _deque(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    items = machine.elements(args[0], at.node, at.frame) if args else []
    if type(items) in LATE:
        return machine.defer_call(Symbol("collections.deque"), args, kwargs, at.node, at.frame)
    return collections.deque(items, *args[1:], **kwargs)


def _namedtuple(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    name, fields = args[0], args[1] if len(args) > 1 else kwargs.get("field_names")
    if isinstance(fields, str):
        fields = fields.replace(",", " ").split()
    fields = machine.elements(fields, at.node, at.frame)
    # The real factory writes code out of the names.
    names = [name, *fields] if isinstance(fields, list) and len(fields) < 500 else [None]
    if not all(isinstance(n, str) and n.isidentifier() and not keyword.iskeyword(n) for n in names):
        return at.unknown("a named tuple")
    return machine.guarded(
        lambda: collections.namedtuple(name, fields, defaults=kwargs.get("defaults")), at.node, at.frame
    )


def _collections(machine: Any) -> dict[str, Any]:
    for cls, model in (
        (collections.OrderedDict, _ordered),
        (collections.defaultdict, _defaultdict),
        (collections.Counter, _counter),
        (collections.deque, _deque),
    ):
        CONSTRUCTORS.setdefault(cls, lazy(SYMBOLS[cls], model))
    return {
        "OrderedDict": collections.OrderedDict,
        "defaultdict": collections.defaultdict,
        "Counter": collections.Counter,
        "deque": collections.deque,
        "namedtuple": lazy("collections.namedtuple", _namedtuple),
        "ChainMap": lazy("collections.ChainMap", _chain_map),
        "UserDict": dict,
        "UserList": list,
        "abc": Symbol("collections.abc"),
        **{
            n: Symbol(f"collections.abc.{n}") for n in ("Mapping", "Sequence", "Iterable", "Callable", "MutableMapping")
        },
    }


def _chain_map(machine: Any, args: list[Any], kwargs: dict[str, Any], at: Place) -> Any:
    result: dict[Any, Any] = {}
    for arg in reversed(args):
        machine.merge_into(result, arg, at.node, at.frame)
    return result


NAMES: Names = {
    "collections": _collections,
    "heapq": lambda machine: {},
    "bisect": lambda machine: {},
    "queue": lambda machine: {"Empty": queue.Empty, "Full": queue.Full},
    "keyword": lambda machine: {"iskeyword": pure("keyword.iskeyword", keyword.iskeyword)},
}
