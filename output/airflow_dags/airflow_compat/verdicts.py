"""Whether a task of an outcome graph runs, from what has become of the tasks before it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import time

from .graph_tasks import Task, Tasks
from .mapping import Load
from .outcomes import TURN, UNMAPPED, Earlier, Instance, Outcome
from .rules import KNOWN_EARLY, RUNNING_EARLY, SKIPPED, UPSTREAM_FAILED, decide

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

    def before_expansion(self, task: Task, outcomes: Mapping[str, Outcome], load: Load) -> Instance | int:
        """The one instance a mapped task gets without being expanded, or the number of those it is expanded into."""
        expansion = self.tasks.expansion(task)
        assert expansion is not None
        if blocked := _blocked(outcomes, None):
            return blocked
        if expansion.is_literal and (length := expansion.length(load)):
            return length
        if verdict := self.before(task, outcomes):
            return verdict
        return expansion.length(load) or Instance(SKIPPED)

    def before(self, task: Task, outcomes: Mapping[str, Outcome], map_index: int | None = None) -> Instance | None:
        """What becomes of a task that does not run; None if it runs.

        For a mapped task without `map_index`: what becomes of it if it is not expanded.
        """

        if not task.waits:
            return None

        if blocked := _blocked(outcomes, map_index):
            return blocked

        index = UNMAPPED if map_index is None else map_index
        found = self._by_rule(task, outcomes, map_index)
        skippers = [
            self._skipped_by(self.tasks[name], task, outcomes[name], map_index) for name in self.tasks.skippers(task)
        ]
        if skipped := [one for one in skippers if one]:
            ended, until = min(one.ended for one in skipped), min(one.since for one in skipped)
            earlier = Earlier(*found, until) if found and found[1] < ended else None
            return Instance(SKIPPED, index, ended=ended, earlier=earlier)
        return Instance(found[0], index, ended=found[1]) if found else None

    def ready(self, task: Task, outcomes: Mapping[str, Outcome], map_index: int | None) -> float:
        """When a task that runs could begin to."""
        if not task.waits:
            return 0.0
        upstream = [one for name in task.upstream for one in self._seen(task, name, outcomes, map_index)]
        pick = min if task.trigger_rule in RUNNING_EARLY else max
        return pick((one.before.ended + TURN for one in upstream), default=0.0)

    def _by_rule(self, task: Task, outcomes: Mapping[str, Outcome], map_index: int | None) -> tuple[str, float] | None:
        """The state that the rules give a task, and since when; None if it runs."""
        setups = [one for name in self.tasks.setups(task) for one in self._seen(task, name, outcomes, map_index)]
        # What is expanded over a task that did not succeed does not run, whatever its rule.
        sources = [] if map_index is not None else self._sources(task, outcomes)
        upstream = {name: list(self._seen(task, name, outcomes, map_index)) for name in task.upstream}
        torn_down = [one for name, seen in upstream.items() if self.tasks[name].is_setup for one in seen]
        everything = [one for seen in upstream.values() for one in seen]
        verdicts = [
            _decided("all_success", setups, self.tasks.airflow),
            _decided("all_success", sources, self.tasks.airflow),
            _decided(task.trigger_rule, everything, self.tasks.airflow, torn_down) if task.upstream else None,
        ]
        # Airflow goes by the first that it knows. What it comes to know at the same time it checks in any order.
        return min(filter(None, verdicts), key=lambda found: (found[1], found[0] == SKIPPED), default=None)

    def _skipped_by(self, skipper: Task, task: Task, outcome: Outcome, map_index: int | None) -> Instance | None:
        """The instance of a branch or a short circuit that has skipped this task, or this instance of it."""
        if outcome.expanded and (map_index is None or not self.tasks.share_index(task, skipper)):
            return None  # an instance of a branch skips nothing outside of its own mapped group
        if outcome.expanded and self.tasks.airflow == "3":
            return None  # and nothing inside of it in Airflow 3.3.2, which looks for the decision at no map index
        if not outcome.expanded and map_index is not None:
            # Airflow looks for the one instance that a mapped task has before it is expanded, and these have none.
            direct = skipper.task_id in task.upstream
            if not (direct if self.tasks.airflow == "3" else skipper.kind == "short_circuit"):
                return None
        return next((one for one in outcome.at(map_index) if task.task_id in one.skips), None)

    def _sources(self, task: Task, outcomes: Mapping[str, Outcome]) -> list[Instance]:
        found = [outcomes[name] for name in self.tasks.sources(task) if name in outcomes]
        return [outcome.instances[0] for outcome in found if not outcome.expanded]

    def _seen(
        self, task: Task, other: str, outcomes: Mapping[str, Outcome], map_index: int | None
    ) -> Iterable[Instance]:
        """The instances of an upstream task that count for this one."""
        outcome = outcomes[other]
        if not outcome.expanded or not self.tasks.share_index(task, self.tasks[other]):
            return outcome.instances
        looks_at_all = task.trigger_rule in LOOKING_AT_ALL["3" if self.tasks.airflow == "3" else "2"]
        if self.tasks.airflow == "3":
            if map_index is None:
                return outcome.instances if looks_at_all else ()
            return outcome.at(map_index)
        # Only where the mapped group is the innermost one: an oversight of Airflow 2's.
        if looks_at_all and task.task_groups[-1] in self.tasks.groups:
            return outcome.instances
        return () if map_index is None else outcome.at(map_index)


def _blocked(outcomes: Mapping[str, Outcome], map_index: int | None) -> Instance | None:
    """What becomes of a task that waits for one whose body is yet to be written: its rule cannot be judged."""
    if not any(outcome.unfinished for outcome in outcomes.values()):
        return None
    return Instance(UPSTREAM_FAILED, UNMAPPED if map_index is None else map_index, unfinished=True)


def _decided(
    rule: str, instances: Sequence[Instance], airflow: str, setups: Sequence[Instance] = ()
) -> tuple[str, float] | None:
    """The state a rule gives, and since when it is known, as Airflow gives it as soon as it knows; None to run.

    What a branch has skipped only after a rule had decided about it counts as it was before, where that is soon enough.
    """
    early = [one for one in instances if one.earlier]
    while early:
        limit = min(one.earlier.until for one in early if one.earlier)
        seen = {id(one): one.before for one in early}
        state, since = _judged(rule, [seen.get(id(one), one) for one in instances], airflow, setups)
        if since <= limit:
            return (state, since) if state else None
        early = [one for one in early if one.earlier and one.earlier.until > limit]
    state, since = _judged(rule, instances, airflow, setups)
    return (state, since) if state else None


def _judged(
    rule: str, instances: Sequence[Instance], airflow: str, setups: Sequence[Instance]
) -> tuple[str | None, float]:
    """What a rule gives for these states, and since when it is known."""
    # Of two that ended together, Airflow looks at the failed one first.
    ordered = sorted(instances, key=lambda one: (one.ended, one.state == SKIPPED))
    states = [one.state for one in ordered]
    torn_down = [one.state for one in setups]
    state = decide(rule, states, torn_down, airflow=airflow)
    if not ordered:
        return state, time()
    known = range(1, len(states)) if state and rule in KNOWN_EARLY[state] else ()
    first = next((n for n in known if decide(rule, states[:n], torn_down, airflow=airflow) == state), len(states))
    return state, ordered[first - 1].ended + TURN
