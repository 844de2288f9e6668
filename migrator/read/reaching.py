"""What a change reaches that is made through a value known at run time only: `groups[key].append(x)`.

Which of the known objects it changes is not known, so each of them may have changed.
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..airflow_model import Deferred, Unknown
from .objects import MISSING, Instance
from .values import LATE

REASON = "elements known at run time only"
ADDING = frozenset({"append", "appendleft", "add", "extend", "extendleft", "update", "setdefault", "|=", "+="})
"""The changes that leave what a container has, and add to it."""
_GETTERS = frozenset({"get", "pop", "setdefault"})


def reached(machine: Any, value: Any) -> Iterator[Any]:
    """The known objects that a late value may be: parts of what it is taken from."""
    if type(value) is Unknown:
        yield from machine.links.get(id(value), (value, ()))[1]
    elif type(value) is Deferred:
        yield from taken(machine, value.op, value.operands, value.name)


def taken(machine: Any, op: str, operands: Sequence[Any], name: str) -> Iterator[Any]:
    """The known objects that a computation on known and late values may give; `op` and the rest as in `Deferred`."""
    first, *rest = operands or (None,)
    match op:
        case "item":
            for owner in _known(machine, first):
                yield from _parts(owner)
        case "attribute":
            for owner in _known(machine, first):
                if type(owner) is Instance and name in owner.attributes:
                    yield owner.attributes[name]
        case "call" if type(first) is Deferred and first.op == "attribute" and first.name in _GETTERS:
            for owner in _known(machine, first.operands[0]):
                yield from _parts(owner)
            yield from rest[1:]
        case "if":
            for one in rest:
                yield from _known(machine, one)


def linked(machine: Any, unknown: Unknown, targets: Iterable[Any]) -> Unknown:
    """An unknown value that may be one of these objects, where one of them can be changed."""
    changeable = [t for t in targets if isinstance(t, dict | list | set | collections.deque | Instance)]
    if not changeable:
        return unknown
    one = replace(unknown)
    machine.links[id(one)] = (one, changeable)
    return one


def _known(machine: Any, value: Any) -> Iterator[Any]:
    if type(value) in LATE:
        yield from reached(machine, value)
    else:
        yield value


def _parts(owner: Any) -> Iterator[Any]:
    if isinstance(owner, dict):
        yield from list(owner.values())
    elif isinstance(owner, list | tuple | collections.deque):
        yield from list(owner)
    elif type(owner) is Instance and owner.base is not MISSING:
        yield from _parts(owner.base)


def change(machine: Any, target: Any, how: str, unknown: Unknown) -> None:
    """Note that an object may have been changed by a method of this name, or by an operator such as `+=`."""
    if isinstance(target, list | collections.deque | set):
        machine.touch(target)
        if how not in ADDING:
            target.clear()
        if not any(type(element) is Unknown for element in target):
            target.add(unknown) if isinstance(target, set) else target.append(unknown)
    elif isinstance(target, dict):
        machine.touch(target)
        if how in ADDING:
            target[unknown] = unknown
        else:
            target.update(dict.fromkeys(target, unknown))


def change_item(machine: Any, target: Any, key: Any, unknown: Unknown) -> None:
    """Note that an item of an object may have been set."""
    if isinstance(target, dict):
        machine.touch(target)
        target[key if machine.later((key,)) is None else unknown] = unknown
    else:
        change(machine, target, "insert", unknown)


def change_attribute(machine: Any, target: Any, name: str, unknown: Unknown) -> None:
    """Note that an attribute of an object may have been set."""
    if type(target) is Instance:
        machine.touch(target.attributes)
        target.attributes[name] = unknown
