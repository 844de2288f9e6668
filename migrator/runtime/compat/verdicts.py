"""Whether a task of an outcome graph runs, from what has become of the tasks before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .graph_tasks import Task, Tasks
from .mapping import Load
from .outcomes import Instance, Outcome
from .rules import FAILED, SKIPPED, SUCCESS, UPSTREAM_FAILED, decide

LOOKING_AT_ALL = {
    "2": ("one_success", "one_failed", "one_done"),
    "3": ("one_success", "one_failed", "one_done", "none_failed_min_one_success"),
}
"""Rules that look at all instances of another task of the same mapped group: before the group is expanded, and in
Airflow 2 for each instance too."""


@dataclass(frozen=True)
class Verdicts:
    """Decides for the tasks of one DAG."""

    tasks: Tasks

    def before(self, task: Task, outcomes: Mapping[str, Outcome], map_index: int | None = None) -> str | None:
        """The state a task gets without running; None if it runs.

        For a mapped task without `map_index`: the state it gets without being expanded.
        """
        if self._is_skipped(task, outcomes, map_index):
            return SKIPPED
        if not task.waits or not task.upstream:
            return self._by_sources(task, outcomes) if map_index is None else None
        if map_index is None and (state := self._by_sources(task, outcomes)):
            return state
        setups = [one.state for name in self.tasks.setups(task) for one in self._seen(task, name, outcomes, map_index)]
        if state := _by_setups(setups):
            return state
        states, setups = [], []
        for name in task.upstream:
            found = [instance.state for instance in self._seen(task, name, outcomes, map_index)]
            states += found
            setups += found if self.tasks[name].is_setup else []
        return decide(task.trigger_rule, states, setups, airflow=self.tasks.airflow)

    def length(self, task: Task, load: Load) -> int:
        """How many instances a mapped task is expanded into."""
        expansion = self.tasks.expansion(task)
        return expansion.length(load) if expansion else 0

    def index_of(self, task: Task, other: str, map_index: int | None) -> int | None:
        """Which instance of another task an instance of this one gets its values from; None for all."""
        return map_index if self.tasks.share_index(task, self.tasks[other]) else None

    def _is_skipped(self, task: Task, outcomes: Mapping[str, Outcome], map_index: int | None) -> bool:
        """Whether a branch or short circuit has skipped this task."""
        for name in self.tasks.skippers(task):
            skipper, outcome = self.tasks[name], outcomes[name]
            if outcome.expanded and not self.tasks.share_index(task, skipper):
                continue  # an instance of a branch skips nothing outside of its own mapped group
            if outcome.expanded and map_index is None:
                continue
            if any(task.task_id in instance.skips for instance in outcome.at(map_index)):
                return True
        return False

    def _by_sources(self, task: Task, outcomes: Mapping[str, Outcome]) -> str | None:
        """What is expanded over a task that did not succeed does not run, whatever its rule."""
        found = [outcomes[name] for name in self.tasks.sources(task) if name in outcomes]
        states = {outcome.instances[0].state for outcome in found if not outcome.expanded}
        if states & {FAILED, UPSTREAM_FAILED}:
            return UPSTREAM_FAILED
        return SKIPPED if SKIPPED in states else None

    def _seen(
        self, task: Task, other: str, outcomes: Mapping[str, Outcome], map_index: int | None
    ) -> Iterable[Instance]:
        """The instances of an upstream task that count for this one."""
        outcome = outcomes[other]
        if not outcome.expanded or not self.tasks.share_index(task, self.tasks[other]):
            return outcome.instances
        looks_at_all = task.trigger_rule in LOOKING_AT_ALL["3" if self.tasks.airflow == "3" else "2"]
        if self.tasks.airflow != "3":
            # Only where the mapped group is the innermost one: an oversight of Airflow 2's.
            looks_at_all = looks_at_all and task.task_groups[-1] in self.tasks.groups
            return outcome.instances if looks_at_all else outcome.at(map_index) if map_index is not None else ()
        if map_index is None:
            return outcome.instances if looks_at_all else ()
        return outcome.at(map_index)


def _by_setups(states: Iterable[str]) -> str | None:
    found = set(states) - {SUCCESS}
    if found & {FAILED, UPSTREAM_FAILED}:
        return UPSTREAM_FAILED
    return SKIPPED if found else None
