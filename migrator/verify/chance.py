"""Whether a run that differs between the engines differs only by what Airflow itself leaves to chance.

Every task in which the two differ is judged by the rules, from the states its upstream tasks ended in on each side: it
may differ where Airflow could have come to either, or because something before it differs. What neither explains is a
real difference, however often Airflow would be run again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from .rules import EARLY, FAILED, RUN, SKIPPED, SUCCESS, UPSTREAM_FAILED, decisions

Record = Mapping[str, Any]
States = Mapping[str, Mapping[int, str]]
"""By task and map index."""
ENDS = frozenset({SUCCESS, FAILED, SKIPPED})
BROKEN = (FAILED, UPSTREAM_FAILED)
MOST = 256
"""Combinations of upstream states that are looked at for one task."""


@dataclass(frozen=True)
class Side:
    """One engine's run. `skips`: what branches and short circuits have skipped in it, by task and map index."""

    states: States
    skips: frozenset[tuple[str, int]]

    def skipped(self, task_id: str, index: int | None) -> bool:
        """Whether an instance was skipped whatever its rule; one with the whole task counts, without index any."""
        return any(name == task_id and (at == -1 or index in (None, at)) for name, at in self.skips)


@dataclass(frozen=True)
class Judge:
    """One run on both sides. `tasks` is Airflow's graph, `how` what is forced of each task in the run."""

    tasks: Mapping[str, Record]
    how: Mapping[str, Any]
    airflow: Side
    dagster: Side

    def real_difference(self) -> str | None:
        """The first task that differs though Airflow leaves nothing to chance; None where there is none."""
        for task_id in self.in_order():
            ours, theirs = self.dagster.states.get(task_id, {}), self.airflow.states.get(task_id, {})
            if ours == theirs and not self.differs_before(task_id):
                continue
            if not self.may_differ(task_id):
                return task_id
        return None

    def may_differ(self, task_id: str) -> bool:
        theirs, ours = self.airflow.states.get(task_id, {}), self.dagster.states.get(task_id, {})
        if theirs.keys() != ours.keys():
            sides = [(self.airflow, theirs), (self.dagster, ours)]
            if not all(states and set(states.values()) <= self.allowed(task_id, side, None) for side, states in sides):
                return False
            # One side has come to expand the task and the other has not; or they had different things to expand over.
            return self.differs_before(task_id) or any(
                states.keys() == {-1} and states[-1] in self.without_running(task_id, side, None)
                for side, states in sides
            )
        for index in theirs:
            there, here = (self.allowed(task_id, side, index) for side in (self.airflow, self.dagster))
            if theirs[index] not in there or ours[index] not in here:
                return False
            if theirs[index] != ours[index] and ours[index] not in there and not self.differs_before(task_id):
                return False
        return True

    def differs_before(self, task_id: str) -> bool:
        if any(name == task_id for name, _ in self.airflow.skips ^ self.dagster.skips):
            return True
        upstream = self.tasks[task_id]["upstream"]
        return any(self.airflow.states.get(up) != self.dagster.states.get(up) for up in upstream)

    def allowed(self, task_id: str, side: Side, index: int | None) -> frozenset[str]:
        """The states in which Airflow could leave a task, or one instance of it, after what came before it."""
        decided = self.decided(task_id, side, index)
        found = self.without_running(task_id, side, index)
        if side.skipped(task_id, index) and self.tasks[task_id]["trigger_rule"] not in EARLY:
            return found
        return found | (self.ends(task_id, index, decided) if RUN in decided else set())

    def without_running(self, task_id: str, side: Side, index: int | None) -> frozenset[str]:
        """Those of them that it comes to without running: by its rule, as it cannot be expanded, or as it is skipped.

        What a branch skips is skipped; but what need not wait for the branch may have run before that.
        """
        skipped = side.skipped(task_id, index)
        if skipped and self.tasks[task_id]["trigger_rule"] not in EARLY:
            return frozenset({SKIPPED})
        decided = self.decided(task_id, side, index)
        found = (decided - {RUN}) | self.by_expansion(task_id, decided)
        return frozenset(found | {SKIPPED} if skipped else found)

    def decided(self, task_id: str, side: Side, index: int | None) -> set[str]:
        """All that its rule may come to."""
        rule = self.tasks[task_id]["trigger_rule"]
        found = {one for states in self.upstream(task_id, side, index) for one in decisions(rule, states)}
        if self.tasks[task_id].get("stops") and (UPSTREAM_FAILED in found or self.stopped(task_id)):
            found = (found - {UPSTREAM_FAILED}) | {SKIPPED}
        return found

    def stopped(self, task_id: str) -> bool:
        """Whether another task, in one of the two orders, fails before this begins: `fail_fast` skips it then."""
        sides = (*self.airflow.states.items(), *self.dagster.states.items())
        failed = [name for name, states in sides if FAILED in states.values()]
        return any(name != task_id and task_id not in self.above(name) for name in failed)

    def above(self, task_id: str) -> set[str]:
        """All tasks before this one."""
        found: set[str] = set()
        todo = [task_id]
        while todo:
            new = set(self.tasks[todo.pop()]["upstream"]) - found
            found |= new
            todo += new
        return found

    def upstream(self, task_id: str, side: Side, index: int | None) -> Iterable[tuple[str, ...]]:
        """The states of the tasks before it, as it may have seen them."""
        task, seen = self.tasks[task_id], []
        for up in task["upstream"]:
            instances = side.states.get(up, {})
            group = task["mapped_group"]
            if group is not None and group == self.tasks[up]["mapped_group"] and index in instances:
                instances = {index: instances[index]} if index is not None else instances
            # What a branch has skipped after it had run may have been seen as it was before.
            for number, state in instances.items():
                early = side.skipped(up, number) and self.tasks[up]["trigger_rule"] in EARLY
                seen.append(sorted({state, *self.ends(up, number, ENDS)}) if early else [state])
        combinations = 1
        for states in seen:
            combinations *= len(states)
        return product(*seen) if combinations <= MOST else [tuple(states[0] for states in seen)]

    def ends(self, task_id: str, index: int | None, decided: Collection[str]) -> set[str]:
        """The states a task may end in if it runs; `decided` is what its rule may come to."""
        how = self.how.get(task_id, {})
        if "outcome" in how:
            outcomes: Sequence[str] = how["outcome"]
            drawn = outcomes if index is None else [outcomes[max(index, 0) % len(outcomes)]]
            return {OUTCOMES[outcome] for outcome in drawn}
        if "stub" in how or self.tasks[task_id]["kind"] == "empty":
            return {SUCCESS}
        # Its own code: that does the same on both sides, unless it has something else to work with.
        theirs = self.airflow.states.get(task_id, {})
        seen = {theirs[index]} if index is not None and index in theirs else set(theirs.values())
        by_rule = bool({SKIPPED, UPSTREAM_FAILED} & set(decided)) or self.airflow.skipped(task_id, index)
        ran = seen <= {SUCCESS, FAILED} or not by_rule
        return seen if seen and ran and not self.differs_before(task_id) else set(ENDS)

    def by_expansion(self, task_id: str, decided: set[str]) -> set[str]:
        """What a mapped task may come to besides what its rule says, by chance, or as what it is expanded over differs.

        One that may start early is upstream_failed if that has not ended yet; one that its rule skips is skipped or
        upstream_failed, by which of the two Airflow happens to check first.
        """
        task = self.tasks[task_id]
        sources = [up for up in task["upstream"] if self.tasks[up]["feeds"] is not None]
        if not sources or not (task["mapped"] or task["in_mapped_group"]):
            return set()
        found: set[str] = set()
        states = {
            s for side in (self.airflow, self.dagster) for up in sources for s in side.states.get(up, {}).values()
        }
        if task["trigger_rule"] in EARLY or (SKIPPED in decided and states & set(BROKEN)):
            found.add(UPSTREAM_FAILED)
        if RUN in decided and any(self.airflow.states.get(up) != self.dagster.states.get(up) for up in sources):
            found |= {SKIPPED, UPSTREAM_FAILED}
        return found

    def in_order(self) -> list[str]:
        """The tasks, each after those it waits for."""
        found: list[str] = []
        left = dict.fromkeys(sorted(self.tasks))
        while left:
            ready = [name for name in left if not any(up in left for up in self.tasks[name]["upstream"])]
            for name in ready or list(left):
                del left[name]
                found.append(name)
        return found


OUTCOMES = {"success": SUCCESS, "fail_once": SUCCESS, "fail": FAILED, "skip": SKIPPED}


def skipped_by_others(
    tasks: Mapping[str, Record], states: States, chosen: Mapping[str, Mapping[int | None, Any]]
) -> frozenset[tuple[str, int]]:
    """What branches and short circuits have skipped in a run, whatever its rule: tasks and their map indexes.

    An instance skips what has the same index; one that is not mapped, whole tasks, which are not expanded then.
    """
    below: dict[str, set[str]] = {name: set() for name in tasks}
    for name, task in tasks.items():
        for up in task["upstream"]:
            below[up].add(name)
    found: set[tuple[str, int]] = set()
    for name, by_index in chosen.items():
        for index, state in states.get(name, {}).items():
            choice = by_index.get(index, by_index.get(None))
            if state == SUCCESS and choice is not None:
                found |= {(other, index) for other in _skipped(name, choice, below)}
    return frozenset(found)


def _skipped(name: str, choice: Record, below: Mapping[str, set[str]]) -> set[str]:
    if "skipped" in choice:
        return set(choice["skipped"])
    followed, todo = set(choice["followed"]), list(choice["followed"])
    while todo:
        for child in below.get(todo.pop(), ()):
            if child not in followed:
                followed.add(child)
                todo.append(child)
    return below[name] - followed


def choices(
    tasks: Mapping[str, Record], how: Mapping[str, Any], xcoms: Sequence[Record]
) -> dict[str, dict[int | None, Any]]:
    """What each branch and short circuit chooses: as Airflow noted it in its run, or as it was forced.

    By task and map index, None standing for any: {"followed": [TASK_ID]} or {"skipped": [TASK_ID]}.
    """
    found: dict[str, dict[int | None, Any]] = {}
    for name, forced in how.items():
        kind, value = tasks[name]["kind"], forced.get("value")
        if kind == "branch":
            found[name] = {None: {"followed": [value] if isinstance(value, str) else list(value or ())}}
        elif kind == "short_circuit":
            found[name] = {None: {"skipped": [] if value else _after(tasks, name)}}
    for row in xcoms:
        if row["key"] == NOTED and isinstance(row["value"], dict) and {"followed", "skipped"} & row["value"].keys():
            found.setdefault(row["task_id"], {})[row["map_index"]] = row["value"]
    return found


def _after(tasks: Mapping[str, Record], name: str) -> list[str]:
    """What a short circuit skips: all that comes after it, but teardowns, or what comes directly after it."""
    found = [other for other, task in tasks.items() if name in task["upstream"]]
    if tasks[name]["ignores_rules"]:
        for one in found:
            found += [o for o, task in tasks.items() if one in task["upstream"] and o not in found]
    return [one for one in found if not tasks[one]["teardown"]]


NOTED = "skipmixin_key"
"""The XCom in which Airflow notes what a branch has followed, or a short circuit skipped."""


def run_state(tasks: Mapping[str, Record], states: States) -> str:
    """What Airflow calls a run in which the tasks ended so: it looks at the last ones, but for teardowns."""
    after: dict[str, list[Record]] = {name: [] for name in tasks}
    for task in tasks.values():
        for up in task["upstream"]:
            after[up].append(task)
    last = [
        name for name, task in tasks.items() if not _ignored(task) and all(_ignored(other) for other in after[name])
    ]
    broken = any(state in BROKEN for name in last for state in states.get(name, {}).values())
    return FAILED if broken else SUCCESS


def _ignored(task: Record) -> bool:
    return bool(task["teardown"]) and not task["fails_run"]
