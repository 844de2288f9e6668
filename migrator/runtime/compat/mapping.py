"""Dynamic task mapping: over what a task is expanded, and with which arguments each instance runs.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/dynamic-task-mapping.html
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod
from typing import Any

Load = Callable[[str], Any]
"""Gives the value that a task returned."""

_SHORTEST = object()


class Mappable(ABC):
    """What a task can be expanded over, known when the tasks before have run."""

    @abstractmethod
    def sources(self) -> Iterator[str]:
        """The tasks whose values it is made of."""

    @abstractmethod
    def length(self, load: Load) -> int: ...

    @abstractmethod
    def item(self, load: Load, index: int) -> Any:
        """One item; for a dict, the pair of key and value. Calls the functions given to `map`, which may raise."""

    def map(self, function: Callable[[Any], Any]) -> Mappable:
        """Each item through a function, that may raise AirflowSkipException to have its instance skipped."""
        return _Mapped(self, function)

    def zip(self, *others: Mappable, fillvalue: Any = _SHORTEST) -> Mappable:
        """Tuples of items at the same place; as many as in the shortest, or as in the longest with `fillvalue`."""
        return _Zipped((self, *others), fillvalue)

    def concat(self, *others: Mappable) -> Mappable:
        """The items of one after those of the other."""
        return _Joined((self, *others))


def task_output(task_id: str) -> Mappable:
    """What a task returns, to expand another one over; of a mapped task, the list of what its instances return."""
    return _TaskOutput(task_id)


@dataclass(frozen=True)
class Expansion:
    """`expand(…)` or `expand_kwargs(…)`: which instances a task, or the tasks of a group, are expanded into.

    Several arguments of `expand` are combined, the last one changing fastest.
    """

    arguments: Mapping[str, Mappable]
    many: Mappable | None = None

    @classmethod
    def of(cls, expand: Mapping[str, Any] | None, expand_kwargs: Any, name: str) -> Expansion | None:
        """From the arguments as they are given: lists, dicts, functions that give such, outputs of tasks."""
        if expand is not None and expand_kwargs is not None:
            raise ValueError(f"{name} has both expand and expand_kwargs")
        if expand_kwargs is not None:
            return cls({}, _mappable(expand_kwargs, f"{name}: expand_kwargs"))
        if expand is None:
            return None
        if not expand:
            raise ValueError(f"{name} is expanded over nothing")
        return cls({key: _mappable(value, f"{name}: expand argument {key}") for key, value in expand.items()})

    def sources(self) -> tuple[str, ...]:
        """The tasks it depends on, each once."""
        parts = [self.many] if self.many is not None else self.arguments.values()
        return tuple(dict.fromkeys(task for part in parts for task in part.sources()))

    @property
    def is_literal(self) -> bool:
        """Whether Airflow knows the number of instances before the run; it expands such a task right at its start."""
        parts = [self.many] if self.many is not None else self.arguments.values()
        return all(isinstance(part, _Literal | _WhenRun) for part in parts)

    def length(self, load: Load) -> int:
        if self.many is not None:
            return self.many.length(load)
        return prod(part.length(load) for part in self.arguments.values())

    def values(self, load: Load, index: int) -> dict[str, Any]:
        """The arguments of one instance."""
        if self.many is not None:
            values = self.many.item(load, index)
            if not isinstance(values, Mapping) or not all(isinstance(key, str) for key in values):
                raise ValueError(f"expand_kwargs() expects a list[dict] with string keys, not one of {values!r}")
            return dict(values)
        found = {}
        for name, part in reversed(list(self.arguments.items())):
            index, place = divmod(index, part.length(load))
            found[name] = part.item(load, place)
        return {name: found[name] for name in self.arguments}


@dataclass(frozen=True)
class _Literal(Mappable):
    values: Sequence[Any] | Mapping[Any, Any]

    def sources(self) -> Iterator[str]:
        for value in self.values if isinstance(self.values, Sequence) else self.values.values():
            for inner in value.values() if isinstance(value, Mapping) else [value]:
                if isinstance(inner, _TaskOutput):
                    yield inner.task_id

    def length(self, load: Load) -> int:
        return len(self.values)

    def item(self, load: Load, index: int) -> Any:
        value = _item(self.values, index)
        if isinstance(value, Mapping):
            return {key: _whole(inner, load) for key, inner in value.items()}
        return _whole(value, load)


@dataclass(frozen=True)
class _WhenRun(Mappable):
    """Values that are computed when the run comes to them: from a Variable, which may be missing before."""

    compute: Callable[[], Any]
    name: str

    def sources(self) -> Iterator[str]:
        return iter(())

    def length(self, load: Load) -> int:
        return self._values().length(load)

    def item(self, load: Load, index: int) -> Any:
        return self._values().item(load, index)

    def _values(self) -> _Literal:
        return _literal(self.compute(), self.name)


@dataclass(frozen=True)
class _TaskOutput(Mappable):
    task_id: str

    def sources(self) -> Iterator[str]:
        yield self.task_id

    def length(self, load: Load) -> int:
        return len(load(self.task_id))

    def item(self, load: Load, index: int) -> Any:
        return _item(load(self.task_id), index)


@dataclass(frozen=True)
class _Mapped(Mappable):
    part: Mappable
    function: Callable[[Any], Any]

    def sources(self) -> Iterator[str]:
        return self.part.sources()

    def length(self, load: Load) -> int:
        return self.part.length(load)

    def item(self, load: Load, index: int) -> Any:
        return self.function(self.part.item(load, index))


@dataclass(frozen=True)
class _Zipped(Mappable):
    parts: tuple[Mappable, ...]
    fillvalue: Any

    def sources(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.sources()

    def length(self, load: Load) -> int:
        lengths = [part.length(load) for part in self.parts]
        return min(lengths) if self.fillvalue is _SHORTEST else max(lengths)

    def item(self, load: Load, index: int) -> Any:
        return tuple(part.item(load, index) if index < part.length(load) else self.fillvalue for part in self.parts)


@dataclass(frozen=True)
class _Joined(Mappable):
    parts: tuple[Mappable, ...]

    def sources(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.sources()

    def length(self, load: Load) -> int:
        return sum(part.length(load) for part in self.parts)

    def item(self, load: Load, index: int) -> Any:
        for part in self.parts:
            if index < (length := part.length(load)):
                return part.item(load, index)
            index -= length
        raise IndexError(index)


def is_mappable(value: Any) -> bool:
    """Whether tasks can be expanded over a value: a list, a tuple, a dict; not text."""
    return isinstance(value, Sequence | dict) and not isinstance(value, str | bytes | bytearray)


def _mappable(value: Any, name: str) -> Mappable:
    if isinstance(value, Mappable):
        return value
    return _WhenRun(value, name) if callable(value) else _literal(value, name)


def _literal(value: Any, name: str) -> _Literal:
    if not is_mappable(value):
        raise TypeError(f"{name} is {value!r}, neither a list, a dict nor task_output(…)")
    return _Literal(value)


def _whole(value: Any, load: Load) -> Any:
    """An output that is itself an item of a literal list."""
    return load(value.task_id) if isinstance(value, _TaskOutput) else value


def _item(values: Any, index: int) -> Any:
    return next(islice(values.items(), index, None)) if isinstance(values, Mapping) else values[index]
