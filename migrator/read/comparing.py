"""Sorting, `isinstance` and date arithmetic over every kind of value."""

from __future__ import annotations

import ast
import datetime
import enum
import functools
from typing import Any

from ..airflow_model import Deferred, Symbol
from .frames import Frame
from .host import HostObject
from .objects import MISSING, Instance, UserClass, UserFunction
from .statements import Statements
from .stdlib.dates import relativedelta_of
from .values import LATE, OBJECTS

_FUNCTION_TYPES = frozenset({"types.FunctionType", "typing.Callable", "collections.abc.Callable"})


class Comparing(Statements):
    """Operations that compare values of any kind."""

    def sorted(self, items: list[Any], kwargs: dict[str, Any], node: ast.AST, frame: Frame) -> Any:
        """`sorted(items, key=…, reverse=…)`. What cannot be compared yet keeps its place."""
        key = kwargs.get("key")
        keys = [item if key is None else self.call(key, [item], {}, node, frame) for item in items]
        reverse = self.truth(kwargs.get("reverse", False), node, frame) is True
        if self.later(keys) is not None:
            return items
        order = list(range(len(items)))
        if self.plain(keys):
            return self.guarded(
                lambda: [items[n] for n in sorted(order, key=keys.__getitem__, reverse=reverse)], node, frame
            )

        def compare(a: int, b: int) -> int:
            if self.truth(self.binary("<", keys[a], keys[b], node, frame), node, frame) is True:
                return -1
            return int(self.truth(self.binary("<", keys[b], keys[a], node, frame), node, frame) is True)

        if any(
            type(k) is Instance and self.method(k, "__lt__") is MISSING and k.base is MISSING and not k.cls.fields
            for k in keys
        ):
            return items
        order.sort(key=functools.cmp_to_key(compare), reverse=reverse)
        return [items[n] for n in order]

    def is_instance(self, value: Any, cls: Any, node: ast.AST, frame: Frame) -> Any:
        if isinstance(cls, tuple):
            outcomes = [self.is_instance(value, c, node, frame) for c in cls]
            if any(o is True for o in outcomes):
                return True
            return next((o for o in outcomes if o is not False), False)
        if cls is object:
            return True
        if type(value) in LATE:
            if type(value) is Deferred and value.op == "format" and cls in (str, int, float, dict, list, bool):
                return cls is str
            return self.defer("call", (Symbol("isinstance"), value, cls), node, frame)
        if type(value) is Instance:
            return self._instance_is(value, cls, node, frame)
        if isinstance(value, HostObject):
            if isinstance(cls, type):
                return False
            if isinstance(cls, HostObject):
                return value.instance_of(cls, self.at(node, frame))
            return self.unknown("isinstance", node, frame) if type(cls) in LATE else False
        if isinstance(cls, type):
            if isinstance(value, OBJECTS):
                return cls is type and type(value) is UserClass
            return isinstance(value, cls)
        if type(cls) is Symbol:
            if cls.path in _FUNCTION_TYPES:
                return isinstance(value, UserFunction)
            abstract = _ABSTRACT.get(cls.path.rpartition(".")[2])
            if abstract is not None and cls.path.startswith(("typing.", "collections.abc.")):
                return isinstance(value, abstract)
        if type(cls) in LATE and isinstance(value, OBJECTS):
            return self.unknown("isinstance", node, frame)
        return False

    def _instance_is(self, value: Instance, cls: Any, node: ast.AST, frame: Frame) -> Any:
        for base in value.cls.mro:
            if base is cls or (type(base) is Symbol and base == cls):
                return True
            if isinstance(base, type) and isinstance(cls, type) and issubclass(base, cls):
                return True
        if value.cls.members is not None and cls is enum.Enum:
            return True
        if isinstance(cls, HostObject):
            if isinstance(value.host, HostObject):
                return value.host.instance_of(cls, self.at(node, frame))
            base = self.host_base(value.cls)
            return False if base is None else self.unknown("isinstance", node, frame)
        if type(cls) in LATE or self.opaque(value.cls):
            return False if isinstance(cls, (type, UserClass)) else self.unknown("isinstance", node, frame)
        return False

    def dated(self, op: str, left: Any, right: Any, node: ast.AST, frame: Frame) -> Any:
        """`datetime ± relativedelta(…)`, where all of it is known."""
        if op not in "+-":
            return None
        date, delta = (left, right) if isinstance(left, datetime.date) else (right, left)
        if not isinstance(date, datetime.date) or (op == "-" and date is right):
            return None
        real = relativedelta_of(delta)
        return None if real is None else self.guarded(lambda: date + real if op == "+" else date - real, node, frame)


_ABSTRACT: dict[str, tuple[type, ...]] = {
    "Mapping": (dict,),
    "MutableMapping": (dict,),
    "Sequence": (list, tuple, str, bytes, range),
    "Iterable": (list, tuple, str, dict, set, frozenset),
    "MutableSequence": (list,),
    "Set": (set, frozenset),
    "Hashable": (str, int, tuple),
    "Collection": (list, tuple, str, dict, set, frozenset),
    "List": (list,),
    "Dict": (dict,),
    "Tuple": (tuple,),
}
