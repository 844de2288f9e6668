"""run: the state and tries of every task, the XComs and the run's state, of the same runs in both engines.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..records import dataclass
from .chance import Judge, Side, choices, run_state, skipped_by_others
from .evidence import gist

Record = Mapping[str, Any]
BOOKKEEPING = re.compile(r"_link_.*|skipmixin_key|trigger_run_id|pipeline_(in|out)lets")
"""Keys of XComs that Airflow pushes for its own purposes: for its web page, a branch's choice, a task's datasets."""
FINISHED = ("success", "failed")
OTHER_VALUE = "the asset's value is"
"""What a difference says that is one of values."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`difference`: the first, of `task`; empty where there is none.

    `by_chance`: tasks that Airflow might have ended so, too. `states`: the difference is one of states.
    """

    difference: str = ""
    task: str = ""
    states: bool = False
    by_chance: tuple[str, ...] = ()


def compare(
    dag: Record,
    tasks: Mapping[str, Record],
    how: Mapping[str, Any],
    airflow: Record,
    dagster: Record,
    changing: Collection[str] = (),
) -> Compared:
    """A run in Airflow and the same in Dagster; `tasks` is Airflow's graph, `how` what is forced of them.

    The XComs of the tasks `changing` are not compared.
    """
    where = f"run of {airflow['logical_date']}: "
    if "error" in dagster:
        return Compared(where + f"Dagster could not make it: {gist(dagster['error'])}")
    run = Run(dag, tasks, how, airflow, dagster)
    task, found = next(run.differences(changing), ("", ""))
    if not found:
        return Compared(by_chance=run.by_chance)
    return Compared(where + found, task, states=task == run.apart)


def obstacle(runs: Sequence[Record]) -> str:
    """Why Airflow's runs are nothing to compare with."""
    for run in runs:
        if "error" in run:
            return f"Airflow could not make the run: {gist(run['error'])}"
    return ""


def changing(airflow: Record, again: Record) -> set[str]:
    """The tasks whose XComs Airflow itself does not reproduce in the same run: a time by the clock, a random number."""
    both: list[dict[str, list[Any]]] = [{}, {}]
    for rows, found in zip((airflow["xcoms"], again["xcoms"]), both, strict=True):
        for row in rows:
            found.setdefault(row["task_id"], []).append([row["map_index"], row["key"], row["value"]])
    first, second = both
    return {task_id for task_id in first.keys() & second.keys() if first[task_id] != second[task_id]}


def moved(tasks: Mapping[str, Record], airflow: Record, again: Record) -> set[str]:
    """The tasks that do something else when Airflow makes the same run again: another choice, or another end.

    Neither those that follow from it, nor what the order decides in which tasks end.
    """
    found, sides, chosen = set(), [], []
    for run in (airflow, again):
        states: dict[str, dict[int, str]] = {}
        for row in run["tasks"]:
            states.setdefault(row["task_id"], {})[row["map_index"]] = row["state"]
        chosen.append(choices(tasks, {}, run["xcoms"]))
        sides.append(Side(states, skipped_by_others(tasks, states, chosen[-1])))
    found |= {name for name in chosen[0].keys() & chosen[1].keys() if chosen[0][name] != chosen[1][name]}
    first = Judge(tasks, {}, *sides).real_difference()
    return found | ({first} if first is not None else set())


def from_there(tasks: Mapping[str, Record], some: Collection[str]) -> set[str]:
    """These tasks, and all that come after them."""
    found, todo = set(some), list(some)
    while todo:
        up = todo.pop()
        after = [name for name, task in tasks.items() if up in task["upstream"] and name not in found]
        found.update(after)
        todo += after
    return found


class Run:
    """The same run on both sides."""

    def __init__(
        self, dag: Record, tasks: Mapping[str, Record], how: Mapping[str, Any], airflow: Record, dagster: Record
    ) -> None:
        self.tasks, self.airflow, self.dagster = tasks, airflow, dagster
        self.mine = {task["task_id"]: task for task in dagster["tasks"]}
        self.theirs: dict[str, list[Record]] = {}
        for row in airflow["tasks"]:
            self.theirs.setdefault(row["task_id"], []).append(row)
        self.seen = [task["task_id"] for task in dag["tasks"] if any("key" in row for row in task["becomes"])]
        self.forced = bool(how) and all("outcome" in one for one in how.values())
        there = {task_id: {row["map_index"]: row["state"] for row in rows} for task_id, rows in self.theirs.items()}
        # What has become no asset of its own is taken to end as it does in Airflow.
        here = {
            **there,
            **{name: {r["map_index"]: r["state"] for r in self.mine[name]["instances"]} for name in self.seen},
        }
        chosen = choices(tasks, {name: one for name, one in how.items() if name in tasks}, airflow["xcoms"])
        sides = [Side(states, skipped_by_others(tasks, states, chosen)) for states in (there, here)]
        self.judge = Judge(tasks, how, *sides)
        self.by_chance: tuple[str, ...] = ()
        self.apart: str | None = None
        """The task whose state is the first real difference."""

    def differences(self, changing: Collection[str]) -> Iterator[tuple[str, str]]:
        """Each with the task it is about, if it is about one."""
        there, here = self.judge.airflow.states, self.judge.dagster.states
        apart = [task_id for task_id in self.seen if there.get(task_id, {}) != here[task_id]]
        if apart:
            unknown = [task_id for task_id in apart if task_id not in self.tasks]
            first = unknown[0] if unknown else self.judge.real_difference()
            if first is not None:
                self.apart = first
                yield first, self.of_state(first)
            self.by_chance = tuple(apart)
        yield from self.of_tries(apart)
        yield from self.of_values(set(apart), changing)
        expected = run_state(self.tasks, here) if apart else self.airflow["state"]
        if expected != self.dagster["state"]:
            yield "", f"the run is {expected} in Airflow, {self.dagster['state']} in Dagster"

    def of_state(self, task_id: str) -> str:
        there, here = (side.states.get(task_id, {}) for side in (self.judge.airflow, self.judge.dagster))
        if there == here:
            return (
                f"task {task_id} is {_states(here)} in Dagster, where Airflow could not come to it after what differs"
            )
        said = _said(self.mine[task_id], self.theirs.get(task_id, ()))
        return f"task {task_id} is {_states(there)} in Airflow, {_states(here)} in Dagster{said}"

    def of_tries(self, apart: Sequence[str]) -> Iterator[tuple[str, str]]:
        for task_id in self.seen:
            rows = self.theirs.get(task_id, ()), self.mine[task_id]["instances"]
            theirs, ours = ({r["map_index"]: r["tries"] for r in found if r["state"] in FINISHED} for found in rows)
            if task_id not in apart and theirs != ours:
                yield task_id, f"task {task_id} had {_states(theirs)} tries in Airflow, {_states(ours)} in Dagster"

    def of_values(self, touched: set[str], changing: Collection[str]) -> Iterator[tuple[str, str]]:
        """XComs; not those of tasks that have worked with what differs by chance."""
        if touched and not self.forced:
            for task_id in self.judge.in_order():
                if touched & set(self.tasks[task_id]["upstream"]):
                    touched.add(task_id)
        for task_id in self.seen:
            rows = [row for row in self.airflow["xcoms"] if row["task_id"] == task_id]
            value, states = self.mine[task_id]["value"], set(self.judge.dagster.states[task_id].values())
            if value is None and states != {"success"}:
                continue  # an asset is there when all instances have succeeded; those that pull see what others pushed
            mapped = self.tasks[task_id]["mapped"] or self.tasks[task_id]["in_mapped_group"]
            if task_id not in {*touched, *changing} and (found := _xcoms(rows, value, mapped=mapped)):
                yield task_id, f"task {task_id}: {found}"


def _states(found: Mapping[int, Any]) -> str:
    if not found:
        return "absent"
    if set(found) == {-1}:
        return str(found[-1])
    return "[" + ", ".join(str(found[index]) for index in sorted(found)) + "]"


def _said(mine: Record, theirs: Sequence[Record]) -> str:
    """What the task raised in the engine in which it failed."""
    for engine, errors in (("Dagster", mine["errors"]), ("Airflow", [e for row in theirs for e in row["errors"]])):
        if errors:
            return f" ({engine}: {errors[-1].splitlines()[0][:300]})"
    return ""


def _xcoms(rows: Sequence[Record], value: Any, *, mapped: bool) -> str:
    """A task's value is what it returned, or what it pushed by key, or a dict that was pushed whole and by key."""
    rows = [row for row in rows if not BOOKKEEPING.fullmatch(row["key"])]
    if mapped:
        expected: Any = [row["value"] for row in sorted(rows, key=_index) if row["key"] == "return_value"]
        return (
            "" if (value or []) == expected else f"Airflow's instances returned {expected!r}, {OTHER_VALUE} {value!r}"
        )
    expected = {row["key"]: row["value"] for row in rows}
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if not BOOKKEEPING.fullmatch(key)}
    shapes: list[dict[str, Any]] = [{} if value is None else {"return_value": value}]
    if isinstance(value, dict):
        shapes += [{key: item for key, item in value.items() if item is not None}, {**value, "return_value": value}]
    if expected in shapes:
        return ""
    return f"Airflow pushed {expected!r}, {OTHER_VALUE} {value!r}"


def _index(row: Record) -> int:
    return int(row["map_index"])
