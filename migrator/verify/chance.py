"""Whether a run that differs between the engines differs only by what Airflow itself leaves to chance.

Every task in which the two differ is judged by the rules, from the states its upstream tasks ended in on each side: it
may differ where Airflow could have come to either, or because something before it differs. What neither explains is a
real difference, however often Airflow would be run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """One engine's run. `skips`: the tasks that a branch or short circuit has skipped in it, whatever their rules."""

    states: States
    skips: frozenset[str]


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
        if theirs.keys() != ours.keys():  # one side has come to expand the task and the other has not
            sides = [(self.airflow, theirs), (self.dagster, ours)]
            possible = all(
                states and set(states.values()) <= self.allowed(task_id, side, None) for side, states in sides
            )
            return possible and (self.differs_before(task_id) or len(self.allowed(task_id, self.airflow, None)) > 1)
        for index in theirs:
            there, here = (self.allowed(task_id, side, index) for side in (self.airflow, self.dagster))
            if theirs[index] not in there or ours[index] not in here:
                return False
            if theirs[index] != ours[index] and ours[index] not in there and not self.differs_before(task_id):
                return False
        return True

    def differs_before(self, task_id: str) -> bool:
        before = {*self.tasks[task_id]["upstream"], *(self.airflow.skips ^ self.dagster.skips)}
        return any(self.airflow.states.get(up) != self.dagster.states.get(up) for up in before)

    def allowed(self, task_id: str, side: Side, index: int | None) -> frozenset[str]:
        """The states in which Airflow could leave a task, or one instance of it, after what came before it."""
        task = self.tasks[task_id]
        decided = {d for states in self.upstream(task_id, side, index) for d in decisions(task["trigger_rule"], states)}
        found = (decided - {RUN}) | (self.ends(task_id, index) if RUN in decided else set())
        found |= self.by_expansion(task_id, decided)
        if task_id in side.skips:
            # It is skipped; but what need not wait for the branch may have run before that.
            return frozenset({SKIPPED} | (found if task["trigger_rule"] in EARLY else set()))
        return frozenset(found)

    def upstream(self, task_id: str, side: Side, index: int | None) -> Iterable[tuple[str, ...]]:
        """The states of the tasks before it, as it may have seen them."""
        task, seen = self.tasks[task_id], []
        for up in task["upstream"]:
            instances = side.states.get(up, {})
            group = task["mapped_group"]
            if group is not None and group == self.tasks[up]["mapped_group"] and index in instances:
                instances = {index: instances[index]} if index is not None else instances
            # What a branch has skipped after it had run may have been seen as it was before.
            early = up in side.skips and self.tasks[up]["trigger_rule"] in EARLY
            for number, state in instances.items():
                seen.append(sorted({state, *self.ends(up, number)}) if early else [state])
        combinations = 1
        for states in seen:
            combinations *= len(states)
        return product(*seen) if combinations <= MOST else [tuple(states[0] for states in seen)]

    def ends(self, task_id: str, index: int | None) -> set[str]:
        """The states a task may end in if it runs."""
        if task_id not in self.how or "outcome" not in self.how[task_id]:
            return {SUCCESS} if self.tasks[task_id]["kind"] == "empty" else set(ENDS)
        found = {OUTCOMES[outcome] for outcome in self.how[task_id]["outcome"]}
        if index is None:
            return found
        outcomes: Sequence[str] = self.how[task_id]["outcome"]
        return {OUTCOMES[outcomes[max(index, 0) % len(outcomes)]]}

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


def skipped_by_others(tasks: Mapping[str, Record], states: States, chosen: Mapping[str, Any]) -> frozenset[str]:
    """The tasks that branches and short circuits have skipped in a run, whatever their rules.

    `chosen`: of each of them that may have run, {"followed": [TASK_ID]} or {"skipped": [TASK_ID]}.
    """
    below: dict[str, set[str]] = {name: set() for name in tasks}
    for name, task in tasks.items():
        for up in task["upstream"]:
            below[up].add(name)
    found: set[str] = set()
    for name, choice in chosen.items():
        if states.get(name) != {-1: SUCCESS}:
            continue
        if "skipped" in choice:
            found |= set(choice["skipped"])
            continue
        followed, todo = set(choice["followed"]), list(choice["followed"])
        while todo:
            for child in below.get(todo.pop(), ()):
                if child not in followed:
                    followed.add(child)
                    todo.append(child)
        found |= below[name] - followed
    return frozenset(found)


def choices(tasks: Mapping[str, Record], how: Mapping[str, Any], xcoms: Sequence[Record]) -> dict[str, Any]:
    """What each branch and short circuit chooses: as Airflow noted it in its run, or as it was forced."""
    found: dict[str, Any] = {}
    for name, forced in how.items():
        kind, value = tasks[name]["kind"], forced.get("value")
        if kind == "branch":
            found[name] = {"followed": [value] if isinstance(value, str) else list(value or ())}
        elif kind == "short_circuit":
            found[name] = {"skipped": [] if value else _after(tasks, name)}
    noted = {row["task_id"]: row["value"] for row in xcoms if row["key"] == NOTED and isinstance(row["value"], dict)}
    return {**found, **{name: value for name, value in noted.items() if {"followed", "skipped"} & value.keys()}}


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
