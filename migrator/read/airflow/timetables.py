"""Timetables as values: the built-in ones, whose arguments say when a DAG runs.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
"""

from __future__ import annotations

from typing import Any

from ...records import dataclass
from ..host import Arg, At, HostClass, HostObject


@dataclass(slots=True, eq=False)
class TimetableObject(HostObject):
    """An instance of one of Airflow's timetables."""

    path: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    def describe(self) -> str:
        return self.name

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        return self.args[position] if len(self.args) > position else self.kwargs.get(name, default)


@dataclass(slots=True, eq=False)
class TimetableClass(HostClass):
    """A timetable class; a user's own may extend it."""

    path: str

    def describe(self) -> str:
        return self.path.rpartition(".")[2]

    def call(self, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return TimetableObject(self.path, tuple(a.value for a in args), {n: a.value for n, a in kwargs.items()})

    def construct(self, instance: Any, args: list[Arg], kwargs: dict[str, Arg], at: At) -> Any:
        return None
