"""The same runs of a DAG in both engines, and the evidence that comes of them: run, templates, effects."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..codes import FAILS_WHEN_RUN
from ..records import dataclass
from . import plans, run, world
from .evidence import Evidence, Kind, failed, gist, not_run, passed
from .templates import Compared
from .workers import Probe
from .world import World

Record = Mapping[str, Any]
Runs = list[dict[str, Any]]
REPEATS = 3
"""How often Airflow makes runs again that differ, to see whether it reproduces them: a choice among few recurs."""
MISSING = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")
OWN_ENVIRONMENT = re.compile("Virtualenv|ExternalPython|PythonExternal")
"""Operators that run a function in another environment than Airflow's."""
BATCH = 10
"""Forced runs in one request, each with the time limit."""


@dataclass(frozen=True, slots=True)
class Side:
    """One engine, and the folder it works on."""

    probe: Probe
    world: World


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of the runs of all DAGs."""

    dates: int | Sequence[str]
    outcomes: plans.Chance | None
    allow: Sequence[str]
    seconds: float
    has_world: bool


class Execution:
    """Runs one DAG: `dag` is its record in migration.json, `airflow` what the Airflow probe says of it."""

    def __init__(self, plan: Plan, there: Side, here: Side, dag: Record, airflow: Record, loaded: Record) -> None:
        self.plan, self.there, self.here, self.dag, self.airflow = plan, there, here, dag, airflow
        self.dag_id: str = dag["dag_id"]
        self.beside: bool = loaded["airflow"]  # installed beside Dagster
        self.skipping = {
            row["task"] for row in loaded["assets"].values() if row["dag"] == self.dag_id and row["optional"]
        }
        self.bridged = {task["task_id"] for task in dag["tasks"] if task["fidelity"] == "bridged"}

    def evidence(self, kinds: Sequence[Kind], findings: Sequence[Record]) -> Iterator[Evidence]:
        """Evidence of those of the kinds that need runs."""
        started = time.monotonic()
        reason = self.obstacle(findings)
        if reason:
            yield from (not_run(self.dag_id, kind, reason) for kind in kinds)
            return
        if self.plan.outcomes is not None:
            for kind in kinds:
                made = self.forced(self.plan.outcomes) if kind == "run" else not_run(self.dag_id, kind, "no bodies ran")
                yield replace(made, seconds=time.monotonic() - started)
            return
        for one in self.real(kinds, findings):
            yield replace(one, seconds=time.monotonic() - started)

    def obstacle(self, findings: Sequence[Record]) -> str:
        """Why the generated code is not there to be run."""
        if self.dag["job"] is None:
            return "it has no job"
        left = [task["task_id"] for task in self.dag["tasks"] if task["fidelity"] == "manual"]
        if not left:
            return ""
        codes = {row["task_id"]: row["code"] for row in findings if row["severity"] == "warning"}
        named = [f"{task} ({codes[task]})" if task in codes else task for task in left]
        return f"left to a person: {', '.join(named)}"

    def announced(self, findings: Sequence[Record], stubbed: Sequence[str]) -> str:
        """The tasks that are executed and of which it was said before that they fail."""
        rows = {(row["task_id"] or "", row["code"]) for row in findings if row["code"] in FAILS_WHEN_RUN}
        named = [f"{task or 'several tasks'} ({code})" for task, code in sorted(rows) if task not in stubbed]
        return f"it was said before that it fails when it is run: {', '.join(named)}" if named else ""

    def decided_outside(self) -> str:
        """The tasks that decide which others run and are not executed: nothing can stand for what they decide."""
        tasks = self.airflow["tasks"]
        named = [name for name in self.stubbed() if tasks[name]["kind"] in ("branch", "short_circuit")]
        if not named:
            return ""
        if self.bridged.issuperset(named):
            return f"what runs is decided by {', '.join(named)}, for which Airflow has to be installed beside Dagster"
        return f"what runs is decided outside the machine, by {', '.join(named)} (see --allow)"

    # --- real bodies ---

    def real(self, kinds: Sequence[Kind], findings: Sequence[Record]) -> Iterator[Evidence]:
        stubbed = self.stubbed()
        unproven = self.announced(findings, stubbed) or self.decided_outside()
        if unproven:
            yield from (not_run(self.dag_id, kind, unproven) for kind in kinds)
            return
        how = {task: {"stub": True} for task in stubbed}
        runs = [{**one, "tasks": how} for one in plans.runs(self.airflow, self.plan.dates)]
        theirs = self.on_airflow(runs)
        reason = theirs if isinstance(theirs, str) else run.obstacle(theirs)
        if reason or isinstance(theirs, str):
            yield from (not_run(self.dag_id, kind, reason) for kind in kinds)
            return
        ours = self.on_dagster(runs, theirs)
        if isinstance(ours, str):
            yield from (failed(self.dag_id, kind, ours) if kind == "run" else self.after(kind, ours) for kind in kinds)
            return
        note = self.note(theirs, stubbed) + self.by_hand(runs)
        # Before anything is run again, in a world that is made anew for it.
        effects = self.effects(note) if "effects" in kinds else None
        for kind in kinds:
            if kind == "run":
                yield self.compared(runs, theirs, ours, note, findings)
            elif kind == "templates":
                yield self.templates(theirs, ours)
            elif effects is not None:
                yield effects

    def after(self, kind: Kind, reason: str) -> Evidence:
        return not_run(self.dag_id, kind, f"the run failed: {reason}")

    def stubbed(self) -> list[str]:
        return [
            task_id
            for task_id, task in self.airflow["tasks"].items()
            if plans.reaches_outside(task, self.dag_id, task_id, self.plan.allow, world=self.plan.has_world)
            or (task_id in self.bridged and not self.beside)
        ]

    def on_airflow(self, runs: Runs) -> Runs | str:
        """Airflow's records of the runs, or what kept it from making them."""
        return self._ask(self.there, runs, file=self.dag["file"])

    def on_dagster(self, runs: Runs, theirs: Runs, *, observe: bool = True) -> Runs | str:
        same = [{**one, "data_interval": other.get("data_interval")} for one, other in zip(runs, theirs, strict=True)]
        stubs = {task for one in runs for task in one["tasks"]}
        options = {"airflow": bool(self.bridged - stubs), "callbacks": self.plan.has_world}
        return self._ask(self.here, same, observe=observe, **options)

    def _ask(self, side: Side, runs: Runs, **request: Any) -> Runs | str:
        side.world.renew()
        seconds = self.plan.seconds * max(1, len(runs) // 4)
        answer = side.probe.ask("run", seconds, dag_id=self.dag_id, runs=runs, **request)
        if "error" in answer:
            return f"{side.probe.engine.capitalize()}: {gist(answer['error'])}"
        return [side.world.neutral(one) for one in answer["runs"]]

    def compared(self, runs: Runs, theirs: Runs, ours: Runs, note: str, findings: Sequence[Record] = ()) -> Evidence:
        """Every run; where Airflow leaves something to chance, what comes of it is named."""
        if reason := self.incomparable(runs, theirs, ours):
            return not_run(self.dag_id, "run", reason)
        found = self.differing(runs, theirs, ours)
        changing = self.changing(runs, theirs) if any(run.OTHER_VALUE in one.difference for one in found) else []
        if changing:
            found = self.differing(runs, theirs, ours, changing)
        for one in found:
            if one.difference:
                moved = self.unsettled(runs, theirs, one.task) if one.states and self.plan.outcomes is None else []
                if moved:
                    return not_run(
                        self.dag_id, "run", f"Airflow itself does not reproduce what {', '.join(moved)} does"
                    )
                codes = {row["code"] for row in findings if row["task_id"] == one.task and row["severity"] == "warning"}
                known = f" (the conversion found {', '.join(sorted(codes))})" if one.task and codes else ""
                return failed(self.dag_id, "run", one.difference + known)
        chance = sum(bool(one.by_chance) for one in found)
        said = f"; in {chance}, tasks ended as Airflow might have ended them, too" if chance else ""
        if changing:
            said += f"; not compared, for Airflow itself does not reproduce it: what {', '.join(changing)} returns"
        return passed(self.dag_id, "run", f"{len(runs)} runs of {len(self.airflow['tasks'])} tasks{said}{note}")

    def differing(self, runs: Runs, theirs: Runs, ours: Runs, changing: Sequence[str] = ()) -> list[run.Compared]:
        tasks = self.airflow["tasks"]
        every = zip(runs, theirs, ours, strict=True)
        return [run.compare(self.dag, tasks, how.get("tasks") or {}, one, other, changing) for how, one, other in every]

    def incomparable(self, runs: Runs, theirs: Runs, ours: Runs) -> str:
        """What keeps a task from being compared though runs were made.

        It is not executed, and did not even come to be: Airflow renders its arguments before that. Or it runs with
        packages of its own, which nobody has installed beside Dagster.
        """
        for how, one, other in zip(runs, theirs, ours, strict=True):
            stubbed = {name for name, said in how.get("tasks", {}).items() if said.get("stub")}
            here = {row["task_id"]: {found["state"] for found in row["instances"]} for row in other.get("tasks", ())}
            for row in one["tasks"]:
                name = row["task_id"]
                if name in stubbed and row["state"] == "failed" and "failed" not in here.get(name, {"failed"}):
                    error = f": {row['errors'][-1].splitlines()[0][:200]}" if row["errors"] else ""
                    return f"{name}, which is not executed, fails in Airflow before it would be{error}"
            for row in other.get("tasks", ()):
                kind = self.airflow["tasks"].get(row["task_id"], {"operator": ""})["operator"]
                missing = MISSING.match(row["errors"][-1]) if row["errors"] else None
                if missing and OWN_ENVIRONMENT.search(kind):
                    name = f"{row['task_id']} ({kind})"
                    return f"{name} has an environment of its own in Airflow; Dagster's has no module {missing[1]}"
        return ""

    def unsettled(self, runs: Runs, theirs: Runs, task: str) -> list[str]:
        """What a task's state hangs on, of which Airflow makes something else when it makes the same runs again."""
        tasks = self.airflow["tasks"]
        for _ in range(REPEATS):
            again = self.on_airflow(runs)
            if isinstance(again, str) or run.obstacle(again):
                break
            moved = set().union(*(run.moved(tasks, *both) for both in zip(theirs, again, strict=True)))
            if task in run.from_there(tasks, moved):
                return sorted(moved)
        return []

    def changing(self, runs: Runs, theirs: Runs) -> list[str]:
        """The tasks whose values differ when Airflow makes the same runs again."""
        again = self.on_airflow(runs)
        if isinstance(again, str) or run.obstacle(again):
            return []
        return sorted(set().union(*map(run.changing, theirs, again)))

    def note(self, theirs: Runs, stubbed: Sequence[str]) -> str:
        """What a reader should know who sees that a run has passed."""
        text = ""
        if stubbed:
            named = [f"{task} ({self.airflow['tasks'][task]['operator']})" for task in stubbed]
            text += f"; not executed: {', '.join(named)}"
        text += _left(theirs)
        broken = [record for record in theirs if record["state"] != "success"]
        if broken:
            rows = [row for record in broken for row in record["tasks"] if row["state"] == "failed"]
            raised = [f"{row['task_id']}: {error}" for row in rows for error in row["errors"][-1:]]
            text += "; it fails in both" + (f" ({raised[0].splitlines()[0][:200]})" if raised else "")
        return text

    def by_hand(self, runs: Runs) -> str:
        """The dates that were asked for and are not the schedule's, where there is one."""
        dates = [one["logical_date"] for one in runs if one["run_type"] == "manual"]
        if not dates or not (self.airflow["ticks"] or self.airflow["asked"]):
            return ""
        return f"; no dates of its schedule, so run as by hand: {', '.join(dates)}"

    def templates(self, theirs: Runs, ours: Runs) -> Evidence:
        lost = [record["error"] for record in ours if "error" in record]
        if lost:
            return not_run(self.dag_id, "templates", f"Dagster: {gist(lost[0])}")
        fields = Compared()
        for one, other in zip(theirs, ours, strict=True):
            states = {task["task_id"]: {row["state"] for row in task["instances"]} for task in other["tasks"]}
            fields.add(one, other, {task for task, found in states.items() if found & {"success", "failed"}})
        if fields.different:
            return failed(self.dag_id, "templates", fields.different)
        unseen = f"not observed: {', '.join(sorted(fields.unseen))}" if fields.unseen else ""
        if unseen and not fields.equal:
            return not_run(self.dag_id, "templates", unseen)
        if not fields.equal:
            return passed(self.dag_id, "templates", "no templates in what ran")
        return passed(self.dag_id, "templates", f"{fields.equal} rendered fields" + (f"; {unseen}" if unseen else ""))

    def effects(self, note: str) -> Evidence:
        if not self.plan.has_world:
            return not_run(self.dag_id, "effects", "there is no --world to work on")
        if found := world.difference(self.there.world, self.here.world):
            return failed(self.dag_id, "effects", found)
        return passed(self.dag_id, "effects", f"{world.changed(self.there.world)} files changed{note}")

    # --- forced outcomes ---

    def forced(self, chance: plans.Chance) -> Evidence:
        runs = plans.forced_runs(self.airflow, self.dag_id, chance, self.skipping)
        theirs: Runs = []
        ours: Runs = []
        for start in range(0, len(runs), BATCH):
            batch = runs[start : start + BATCH]
            there = self.on_airflow(batch)
            if isinstance(there, str) or run.obstacle(there):
                return not_run(self.dag_id, "run", there if isinstance(there, str) else run.obstacle(there))
            here = self.on_dagster(batch, there, observe=False)
            if isinstance(here, str):
                return failed(self.dag_id, "run", here)
            theirs += there
            ours += here
        return self.compared(runs, theirs, ours, f", outcomes random:{chance.runs}:{chance.seed}{_left(theirs)}")


def _left(theirs: Runs) -> str:
    """The tasks of which Airflow has left instances scheduled when it ended a run; they were run all the same."""
    named = sorted({task for record in theirs for task, _ in record.get("left", ())})
    if not named:
        return ""
    return f"; Airflow itself may end the run before it has come to all instances of {', '.join(named)}"
