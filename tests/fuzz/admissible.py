"""What Airflow may make of a run, whatever the order in which its tasks end.

Most trigger rules wait until they know; some do not, and what they decide then depends on who ends first. This is a
model of one decision: from the states in which a task's upstream tasks end, all states the task may end in. A run is
admissible if that is true of each of its task instances, and the run's state follows from them. It is written from
Airflow's documentation and behaviour, not from this tool's runtime, and held against Airflow by running DAGs in random
orders (`--orders` of pipeline.py).

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#trigger-rules
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from shape import EARLY, SUCCEEDING, Shape, Task

SUCCESS, FAILED, SKIPPED, UPSTREAM_FAILED = "success", "failed", "skipped", "upstream_failed"
RUN = "run"
SCHEDULED = "scheduled"
"""Of an instance that was to run, but whose run had ended before: see `Model.may_be_left`."""
LOOKING_AT_ALL = {
    "2": frozenset({"one_success", "one_failed", "one_done"}),
    "3": frozenset({"one_success", "one_failed", "one_done", "none_failed_min_one_success"}),
}
"""Rules by which a task of a mapped group looks at all instances of the others in it, before it is expanded itself; in
Airflow 2 each of its instances does, too, if the mapped group is the one it is in directly."""
States = Mapping[tuple[str, int], str]
Graph = Mapping[str, Mapping[str, Any]]


def decided(rule: str, done: Counter[str], total: int, setups: Counter[str], all_setups: int) -> str | None:
    """What Airflow does with a task when `done` of its `total` upstream instances have ended; None is to wait."""
    success, skipped = done[SUCCESS], done[SKIPPED]
    failed = done[FAILED] + done[UPSTREAM_FAILED]
    finished = done.total() >= total
    match rule:
        case "always":
            return RUN
        case "all_success":
            return UPSTREAM_FAILED if failed else SKIPPED if skipped else RUN if finished else None
        case "all_failed":
            return SKIPPED if success or skipped else RUN if finished else None
        case "all_skipped":
            return SKIPPED if success or failed else RUN if finished else None
        case "all_done":
            return RUN if finished else None
        case "none_failed":
            return UPSTREAM_FAILED if failed else RUN if finished else None
        case "none_skipped":
            return SKIPPED if skipped else RUN if finished else None
        case "none_failed_min_one_success":
            if failed:
                return UPSTREAM_FAILED
            return (RUN if success else SKIPPED) if finished else None
        case "all_done_min_one_success":
            if skipped:
                return SKIPPED
            return (RUN if success else UPSTREAM_FAILED) if finished else None
        case "one_success":
            if success:
                return RUN
            return (SKIPPED if skipped == total else UPSTREAM_FAILED) if finished else None
        case "one_failed":
            return RUN if failed else SKIPPED if finished else None
        case "one_done":
            return RUN if success or done[FAILED] else SKIPPED if finished else None
        case "all_done_setup_success":
            if not finished:
                return None
            if not all_setups or setups[SUCCESS]:
                return RUN
            return SKIPPED if setups[SKIPPED] >= all_setups else UPSTREAM_FAILED
    raise ValueError(rule)


class Model:
    """The decisions of one DAG. `graph` is what Airflow itself says of its tasks (see support/airflow_run.py)."""

    def __init__(self, shape: Shape, graph: Graph) -> None:
        self.shape, self.graph = shape, graph
        self.tasks = {shape.id_of(task.name): task for task in shape.tasks}
        self.downstream = {name: {other for other in graph if name in graph[other]["upstream"]} for name in graph}
        self.above = {name: self._above(name) for name in graph}
        self.below = {name: {other for other in graph if name in self.above[other]} for name in graph}

    def _above(self, name: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self.graph[name]["upstream"])
        while waiting:
            if (other := waiting.pop()) not in found:
                found.add(other)
                waiting += self.graph[other]["upstream"]
        return found

    def violations(self, states: States, run: str, *, loose: bool = False) -> list[str]:
        """What Airflow could not have come to, in a run with these states of the task instances.

        `loose`: the run may fail where a leaf could have failed in another order. (Among plain assets the failure that
        a skipped leaf did not see is still a failed step.)
        """
        missing = set(self.graph) - {name for name, _ in states}
        if missing:
            return [f"{name} has no state" for name in sorted(missing)]
        found = []
        for (name, index), state in states.items():
            possible = self.possible(name, index, states)
            if state not in possible:
                found.append(f"{name}[{index}] cannot be {state}, only {' or '.join(sorted(possible))}")
        # Where an instance was never come to, the run ended by the first one alone.
        left = {name for (name, _), state in states.items() if state == SCHEDULED}
        states = {(name, index): state for (name, index), state in states.items() if name not in left or index < 1}
        expected = self.run_state(states)
        could = {key: UPSTREAM_FAILED for key in states if UPSTREAM_FAILED in self.possible(*key, states)}
        if run != expected and not (loose and run == self.run_state({**states, **could})):
            found.append(f"the run cannot be {run}")
        return found

    def run_state(self, states: States) -> str:
        """The run fails if a leaf does; teardowns do not count, but for those that are told to."""

        def ignored(name: str) -> bool:
            return bool(self.graph[name]["teardown"]) and not self.graph[name]["fail_run"]

        leaves = {n for n in self.graph if not ignored(n) and all(ignored(below) for below in self.downstream[n])}
        leaves = leaves or {name for name in self.graph if not self.downstream[name]}
        bad = any(name in leaves and state in (FAILED, UPSTREAM_FAILED) for (name, _), state in states.items())
        return FAILED if bad else SUCCESS

    # --- one task instance ---

    def possible(self, name: str, index: int, states: States) -> set[str]:
        """The states that a task instance may end in, after what the others have ended in."""
        task = self.tasks[name]
        skippers = self.skippers(name, index, states)
        early = self.graph[name]["rule"] in EARLY
        # What a branch skips is skipped whatever its rule, unless that has decided before.
        decisions = self.decisions(name, index, states, set(skippers))
        if skippers and not early:
            decisions.discard(RUN)
        found = {SKIPPED} if skippers else set()
        if skippers and not all(skippers.values()):
            decisions |= self.decisions(name, index, states, set())
        setups = {states.get((setup, -1), SUCCESS) for setup in self.setups(name)}
        if setups - {SUCCESS}:  # it does not run, whatever its rule
            decisions.discard(RUN)
            found |= {SKIPPED} if SKIPPED in setups else set()
            found |= {UPSTREAM_FAILED} if setups & {FAILED, UPSTREAM_FAILED} else set()
        found |= decisions - {RUN}
        if index < 0 and self.shape.is_mapped(task.name):
            found |= self.unexpanded(task, states, runs=RUN in decisions)
        elif RUN in decisions:
            found.add(self.ran(task, index))
            if task.style == "bash" and task.reads:  # a quote in the text it pulls may be left open in its command
                found.add(FAILED)
        if RUN in decisions and self.may_be_left(name, index, states):
            found.add(SCHEDULED)
        return found | self.unexpanded_early(task, index, states)

    def may_be_left(self, name: str, index: int, states: States) -> bool:
        """Whether Airflow may end the run without having come to this instance, which then stays scheduled for ever.

        It does where a task is expanded that the run waits for alone, and the first instance is found to be skipped or
        upstream_failed in the same turn: that one is the task's former, only instance, and the new ones are not yet
        among those that `DagRun.update_state` looks at. (So seen with Airflow 3.3.2's scheduler, too.) A task is
        expanded so late if its rule looks at all instances of others.
        """
        late = self.graph[name]["rule"] in LOOKING_AT_ALL[self.shape.line]
        grouped = self.shape.mapped_group(self.tasks[name]) is not None
        return late and grouped and index > 0 and states.get((name, 0)) in (SKIPPED, UPSTREAM_FAILED)

    def decisions(self, name: str, index: int, states: States, before: set[str]) -> set[str]:
        """What the trigger rule may come to, before any of some tasks has ended."""
        rule = self.graph[name]["rule"]
        upstream = self.upstream(name, index, states)
        if not upstream or rule == "always":
            return {RUN}
        found = set()
        all_setups = sum(self.graph[up]["setup"] for up, _, _ in upstream)
        for ended in moments([self.seen(*one, states) for one in upstream]):
            if any(up in before for up, _ in ended):
                continue
            done = Counter(state for _, state in ended)
            setups = Counter(state for up, state in ended if self.graph[up]["setup"])
            decision = decided(rule, done, len(upstream), setups, all_setups)
            if decision:
                found.add(decision)
        return found

    def seen(self, name: str, index: int, state: str, states: States) -> list[tuple[str, str]]:
        """(task, state) as others may see an instance: a branch also skips what has got a state already."""
        skippers = set(self.skippers(name, index, states)) if state == SKIPPED else set()
        before = self.decisions(name, index, states, skippers) - {RUN, SKIPPED} if skippers else set()
        return [(name, each) for each in [state, *sorted(before)]]

    def upstream(self, name: str, index: int, states: States) -> list[tuple[str, int, str]]:
        """(task, map index, state) of each upstream instance that counts."""
        group = self.shape.mapped_group(self.tasks[name])
        rule, line = self.graph[name]["rule"], self.shape.line
        directly = group is not None and group.name == self.tasks[name].group
        at_all = line == "2" and directly and rule in LOOKING_AT_ALL[line]
        found = []
        for up in self.graph[name]["upstream"]:
            together = group is not None and self.shape.mapped_group(self.tasks[up]) == group and not at_all
            for (other, number), state in states.items():
                if other == up and (not together or number in (index, -1) or index < 0):
                    found.append((up, number, state))
        return found

    def ran(self, task: Task, index: int) -> str:
        """What a task comes to that runs."""
        if task.expand is None and self.shape.mapped_group(task) is None:
            index = 0
        behaviour = task.outcome(index)
        if behaviour == "skip":
            return SKIPPED
        if behaviour not in SUCCEEDING:
            return FAILED
        if task.role == "branch" and isinstance(task.choice, tuple) and "nowhere" in task.choice:
            return FAILED
        mapping = [other for other in self.shape.tasks if other.expand and task.name in other.expand.tasks()]
        over = [group for group in self.shape.groups if group.expand and task.name in group.expand.tasks()]
        # What the instances of a mapped task return is not looked at one by one.
        return FAILED if (mapping or over) and not task.maps and task.expand is None else SUCCESS

    def unexpanded(self, task: Task, states: States, *, runs: bool) -> set[str]:
        """A mapped task that was not expanded: over nothing, or nothing came; its rule may also have decided before."""
        group = self.shape.mapped_group(task)
        expand = task.expand or (group.expand if group else None)
        assert expand is not None
        found = set()
        for source in expand.tasks():
            state = states.get((self.shape.id_of(source), -1))
            if state is None:  # its source is mapped itself, and its instances may have pushed nothing
                found |= {SKIPPED} if runs else set()
                continue
            if state == SKIPPED or (runs and state == SUCCESS and not self.shape.task(source).items):
                found.add(SKIPPED)
            elif state in (FAILED, UPSTREAM_FAILED):
                found.add(UPSTREAM_FAILED)
        return found

    def unexpanded_early(self, task: Task, index: int, states: States) -> set[str]:
        """A mapped task of an early rule, that was looked at before what it is expanded over had ended."""
        group = self.shape.mapped_group(task)
        expand = task.expand or (group.expand if group else None)
        early = self.graph[self.shape.id_of(task.name)]["rule"] in EARLY
        return {UPSTREAM_FAILED} if index < 0 and early and expand and expand.tasks() else set()

    # --- branches, short circuits, setups ---

    def skippers(self, name: str, index: int, states: States) -> dict[str, bool]:
        """The branches and short circuits that skip a task, and whether that is certain."""
        found = {}
        for other in self.above[name]:
            task = self.tasks[other]
            if task.role == "plain" or (self.graph[name]["teardown"] and task.role == "short_circuit"):
                continue
            for (up, number), state in states.items():
                if up == other and state == SUCCESS and number in (-1, index) and name in self.skips(other, task):
                    found[other] = number == index == -1
        return found

    def skips(self, name: str, task: Task) -> set[str]:
        """The tasks that a branch or a short circuit that has succeeded skips."""
        children = set(self.downstream[name])
        if task.role == "short_circuit":
            return set() if task.choice else set(self.below[name]) if task.ignore else children
        if task.role == "latest_only":
            return children if self.shape.run_type == "scheduled" and self.shape.schedule else set()
        chosen = set()
        for choice in task.choice if isinstance(task.choice, tuple) else ():
            if self.shape.find_group(choice):
                members = {self.shape.id_of(one.name) for one in self.shape.members(choice)}
                chosen |= {one for one in members if not members & set(self.graph[one]["upstream"])}
            elif choice != "nowhere":
                chosen.add(self.shape.id_of(choice))
        followed = set(chosen).union(*(self.below[one] for one in chosen))
        return children - followed

    def setups(self, name: str) -> set[str]:
        """The setups further up that a task needs, as long as they are not torn down before it."""
        if self.graph[name]["teardown"] or not self.graph[name]["upstream"] or self.graph[name]["rule"] == "always":
            return set()
        found = set()
        for other in self.above[name] - set(self.graph[name]["upstream"]):
            if self.graph[other]["setup"]:
                teardowns = {down for down in self.downstream[other] if self.graph[down]["teardown"]}
                if not teardowns or teardowns & self.below[name]:
                    found.add(other)
        return found


def moments(upstream: Sequence[Sequence[tuple[str, str]]]) -> Iterator[list[tuple[str, str]]]:
    """Which of the upstream instances may have ended when Airflow looks: any of them, in any of the states seen."""
    for seen in {tuple(sorted(each)) for each in product(*upstream)}:
        kinds = sorted(Counter(seen).items())
        for counts in product(*(range(count + 1) for _, count in kinds)):
            yield [kind for (kind, _), count in zip(kinds, counts, strict=True) for _ in range(count)]
