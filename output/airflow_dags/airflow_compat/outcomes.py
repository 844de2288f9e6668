"""What one task of an outcome graph tells the next: its state, and what it pushed."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import time
from typing import Any

from .instance import RETURN_VALUE, Instances
from .rules import SUCCESS
from .serde import from_json, to_json

log = logging.getLogger(__name__)
UNMAPPED = -1
"""Airflow's map index of a task instance that is not one of several."""


TURN = 1e-6
"""How many seconds later we let Airflow's scheduler see what follows from states alone: it looks at a run in turns."""


@dataclass(frozen=True)
class Earlier:
    """The state that a task instance had got by its rule before a branch skipped it: others may have gone by that.

    `until` is when the branch began to run; what Airflow had to decide by then, it has decided by this state.
    """

    state: str
    ended: float
    until: float


@dataclass(frozen=True)
class Instance:
    """How one task instance ended.

    `pushed` holds its XComs as Airflow would store them, by key; `skips` the tasks it has decided to skip; `since` and
    `ended` are when one that skips others could begin, and when it ended, in seconds. `unfinished`: the body of this
    task, or of one before it, is yet to be written, so that what would have become of it is not known.
    """

    state: str
    map_index: int = UNMAPPED
    pushed: Mapping[str, str] = field(default_factory=dict)
    skips: frozenset[str] = frozenset()
    ended: float = field(default_factory=time)
    unfinished: bool = False
    since: float = 0.0
    earlier: Earlier | None = None

    @property
    def before(self) -> "Instance":
        """The instance as it was before a branch skipped it."""
        return replace(self, state=self.earlier.state, ended=self.earlier.ended) if self.earlier else self


@dataclass(frozen=True)
class Outcome:
    """How a task ended: its one instance, or those it was expanded into.

    A mapped task that never came to be expanded has one instance as well, as in Airflow.
    """

    instances: tuple[Instance, ...]
    expanded: bool = False

    @property
    def unfinished(self) -> bool:
        return any(instance.unfinished for instance in self.instances)

    def at(self, map_index: int | None) -> tuple[Instance, ...]:
        """The instance with this index, of a task that was expanded; all where no index is given."""
        if map_index is None or not self.expanded:
            return self.instances
        return tuple(instance for instance in self.instances if instance.map_index == map_index)


class Pushed(dict[str, Any]):
    """What a task pushed, by key; None for a key that it did not push, as `xcom_pull` gives it."""

    def __missing__(self, key: str) -> None:
        return None


@dataclass(frozen=True)
class Values:
    """How values become XComs and XComs values again."""

    airflow: str
    allowed_classes: Sequence[str] = ()

    def store(self, value: Any, *, keyed: bool) -> dict[str, str]:
        """What a task that returns `value` leaves behind; raises what pushing it raises in Airflow."""
        values = value if keyed else {RETURN_VALUE: value}
        return {key: to_json(item, self.airflow) for key, item in values.items() if item is not None}

    def storable(self, pushed: Mapping[str, Any]) -> dict[str, str]:
        """What a task that has not returned leaves behind of what it pushed by key."""
        found: dict[str, str] = {}
        for key, value in pushed.items():
            try:
                found |= self.store({key: value}, keyed=True)
            except Exception as error:  # Airflow fails the task where it pushes this, and it has failed
                log.warning("the XCom %r cannot be kept: %s", key, error)
        return found

    def one(self, instance: Instance, *, keyed: bool = False) -> Any:
        """What is pulled from one instance; None if it pushed nothing."""
        pushed = {key: from_json(text, self.airflow, self.allowed_classes) for key, text in instance.pushed.items()}
        return Pushed(pushed) if keyed else pushed.get(RETURN_VALUE)

    def all(self, outcome: Outcome, *, keyed: bool = False) -> list[Any]:
        """What is pulled from the instances of a mapped task: what they pushed, those left out that did not."""
        return list(self.instances(outcome, keyed=keyed))

    def instances(self, outcome: Outcome, *, keyed: bool = False) -> Instances:
        """The same, with the map index of each."""
        found = [
            one
            for one in outcome.instances
            if RETURN_VALUE in one.pushed or (keyed and (one.pushed or one.state == SUCCESS))
        ]
        indexes = [one.map_index for one in found]
        return Instances([self.one(instance, keyed=keyed) for instance in found], indexes)

    def returned(self, outcome: Outcome) -> Any:
        """What others can be expanded over."""
        return self.all(outcome) if outcome.expanded else self.one(outcome.instances[0])
