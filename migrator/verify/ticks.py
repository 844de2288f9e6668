"""ticks: what starts runs, and the time they are about: Airflow's timetable, against Dagster's schedules and sensors.

A schedule is asked for its ticks; a sensor is looked at as the daemon would, just before each of Airflow's runs and at
it, so that a run too early, too late, in between or before the start shows. Updates of assets are made one by one.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
https://docs.dagster.io/guides/automate
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .evidence import Evidence, failed, gist, not_run, passed

Record = Mapping[str, Any]
Tick = Sequence[Any]
Key = tuple[str, ...]
Producers = Mapping[tuple[str, ...], Sequence[Key]]
"""By an Airflow asset's URI and name: the Dagster assets of the tasks that update it."""
LEFT = ("A2D102", "A2D103", "A2D104")
"""Findings that say that a schedule is left to a person."""
DIFFERS = "A2D112"
A_DAY_OFF = dt.timedelta(hours=36)
"""How far from midnight UTC the ticks may be that a change of the clocks can move."""
UPDATES = 60
"""Updates of assets that are made one after the other, by chance, after one of each."""


def ticks_question(dag: Record, airflow: Record, updates: Sequence[Key]) -> dict[str, Any]:
    """What to ask the Dagster probe: see `dagster_probe/ticks.py`."""
    continuous = airflow["continuous"]
    return {
        "dag_id": dag["dag_id"],
        "windows": [
            {"ticks": _moments(ticks), "until": until, "ended": ended} for ticks, until, ended in _windows(airflow)
        ],
        "moments": [row[0] for row in continuous],
        "since": continuous[0][2] if continuous else None,
        "updates": updates,
    }


def _windows(airflow: Record) -> Iterator[tuple[Sequence[Tick], str | None, bool]]:
    """Airflow's ticks from the start, and around changes of the clocks: until when, and whether they end for good."""
    if airflow["ticks"]:
        yield airflow["ticks"], None, airflow["ended"]
    elif not airflow["continuous"]:
        yield (), None, True
    for change in airflow["clock_changes"]:
        yield change["ticks"], change["ticks"][-1][0], False


def _moments(ticks: Sequence[Tick]) -> list[str]:
    """The moments to look at; one at least, to see that nothing happens where nothing should."""
    return list(dict.fromkeys(tick[0] for tick in ticks)) or ["2026-06-01T00:00:00+00:00"]


# --- assets ---------------------------------------------------------------------------------------------------------


class Unmatched(Exception):
    """What starts runs in Airflow has no counterpart in Dagster, or is only known at run time."""


def _same(made: Sequence[str], meant: Sequence[str]) -> bool:
    """Whether an asset is the one that is meant, by its URI and name or, with a reference, by one of them."""
    return meant[0] in made if len(meant) == 1 else list(made) == list(meant)


class Updates:
    """Updates of the assets that start a DAG's runs, and what Airflow makes of them."""

    def __init__(
        self, dag_id: str, condition: Any, producers: Producers, external: Mapping[str, Sequence[str]]
    ) -> None:
        self.condition, self.producers, self.external = condition, producers, external
        self.leaves: dict[str, tuple[Key, ...]] = {}
        if condition is not None:
            self._collect(condition)
        keys = sorted({key for found in self.leaves.values() for key in found})
        chance = random.Random(dag_id)
        self.made: list[Key] = [*keys, *(chance.choice(keys) for _ in range(UPDATES))] if keys else []

    def _collect(self, condition: Any) -> None:
        for items in (condition.get("all"), condition.get("any")):
            for item in items or ():
                self._collect(item)
        if "unknown" in condition:
            raise Unmatched(f"which assets {condition['unknown']} stands for is decided while Airflow runs")
        if "asset" in condition:
            name = condition["asset"][0]
            self.leaves[name] = tuple(self._keys(condition["asset"]))

    def _keys(self, names: Sequence[str]) -> list[Key]:
        found = [tuple(key) for made, keys in self.producers.items() if _same(made, names) for key in keys]
        if found:
            return found
        for name in names:
            if name in self.external:
                return [tuple(self.external[name])]
        raise Unmatched(f"no asset of Dagster stands for Airflow's {names[0]}")

    def runs(self) -> list[int]:
        """How many runs Airflow makes after each update: it counts from anew when it has made one."""
        pending: set[str] = set()
        found = []
        for key in self.made:
            pending |= {name for name, keys in self.leaves.items() if key in keys}
            found.append(int(self._holds(self.condition, pending)))
            if found[-1]:
                pending = set()
        return found

    def _holds(self, condition: Any, pending: set[str]) -> bool:
        if "asset" in condition:
            return condition["asset"][0] in pending
        if "all" in condition:
            return all(self._holds(item, pending) for item in condition["all"])
        return any(self._holds(item, pending) for item in condition["any"])

    def difference(self, dagster: Sequence[int]) -> str:
        for number, (theirs, ours) in enumerate(zip(self.runs(), dagster, strict=True)):
            if theirs != ours:
                made = ", ".join("/".join(key) for key in self.made[max(number - 5, 0) : number + 1])
                return f"after the updates {made} Airflow makes {theirs} runs, Dagster {ours}"
        return ""


# --- the comparison -------------------------------------------------------------------------------------------------


def ticks_evidence(
    dag: Record, airflow: Record, dagster: Record, findings: Sequence[Record], updates: Updates
) -> Evidence:
    """`airflow` and `dagster` are the answers of the probes, the latter to `ticks_question`."""
    dag_id = dag["dag_id"]
    if "error" in dagster:
        return failed(dag_id, "ticks", f"Dagster's schedules and sensors fail: {gist(dagster['error'])}")
    starts = bool(dagster["scheduled"] or dagster["sensors"])
    timetable, unscheduled = airflow["timetable"], airflow["timetable"] == "NullTimetable"
    left = next((row for row in findings if row["code"] in LEFT), None)
    if not starts and left is not None and not unscheduled:
        return not_run(dag_id, "ticks", f"{left['code']}: {left['message']}")
    found = Compared(airflow, dagster, findings, updates)
    if not starts:
        if airflow["ticks"] or airflow["continuous"] or airflow["condition"]:
            return failed(dag_id, "ticks", f"{timetable} in Airflow, nothing starts runs in Dagster")
        return passed(dag_id, "ticks", "nothing starts runs on either side")
    difference = next(found.differences(), None)
    if difference is not None:
        return failed(dag_id, "ticks", difference + found.announced())
    return passed(dag_id, "ticks", found.detail())


class Compared:
    """The runs both sides start."""

    def __init__(self, airflow: Record, dagster: Record, findings: Sequence[Record], updates: Updates) -> None:
        self.airflow, self.dagster, self.updates = airflow, dagster, updates
        self.said = [row["message"] for row in findings if row["code"] == DIFFERS]
        self.skipped: set[str] = set()
        """Moments on days with a change of the clocks on which the two differ, as a finding says."""
        self.others = airflow["condition"] is not None or airflow["continuous"]

    def differences(self) -> Iterator[str]:
        for number, (theirs, _, ended) in enumerate(_windows(self.airflow)):
            yield from self.of_window(theirs, self.dagster["windows"][number], ended=ended)
        yield from self.of_partitions()
        yield from self.of_habits()
        yield from self.of_others()

    def of_window(self, theirs: Sequence[Tick], ours: Sequence[Tick], *, ended: bool) -> Iterator[str]:
        if self.airflow["timeless"] and "Once" in self.airflow["timetable"]:
            if len(ours) != 1:
                yield f"Airflow runs it once, Dagster asks for {len(ours)} runs"
            return
        theirs, ours = self.but_for_skipped_times(theirs, ours)
        for number, tick in enumerate(theirs):
            if number >= len(ours):
                last = f" (the last: {ours[-1][0]})" if ours else ""
                yield f"Airflow's run{_of(tick)} at {tick[0]} is not in Dagster{last}"
                return
            if ours[number][0] != tick[0]:
                yield f"run {number + 1}{_of(tick)} is at {tick[0]} in Airflow, at {ours[number][0]} in Dagster"
            elif difference := self.of_dates(tick, ours[number]):
                yield f"the run{_of(tick)} at {tick[0]}: {difference}"
        if len(ours) > len(theirs) and ended and theirs:
            yield f"Airflow runs for the last time at {theirs[-1][0]}, Dagster again at {ours[len(theirs)][0]}"
        elif len(ours) > len(theirs) and (ended or ours[len(theirs)][0] <= theirs[-1][0]):
            yield f"Dagster also runs at {ours[len(theirs)][0]}"

    def of_dates(self, theirs: Tick, ours: Tick) -> str:
        """A partition is never empty: of a point in time, tasks that ask it itself see only the start."""
        if theirs[1] is None and self.dagster["bare"]:
            return ""
        names = ("logical date", "data interval's start", "data interval's end")
        point = theirs[2] == theirs[3] and self.dagster["bare"]
        for name, one, other in list(zip(names, theirs[1:], ours[1:], strict=True))[: 2 if point else 3]:
            if other is not None and one != other:
                return f"its {name} is {one} in Airflow, {other} in Dagster"
        return ""

    def but_for_skipped_times(
        self, theirs: Sequence[Tick], ours: Sequence[Tick]
    ) -> tuple[Sequence[Tick], Sequence[Tick]]:
        """Without the ticks that a finding says clocks skip, on the days on which they do."""
        if not any("which clocks skip" in said for said in self.said):
            return theirs, ours
        both = {tuple(tick) for tick in theirs} & {tuple(tick) for tick in ours}
        apart = {tick[0] for tick in (*theirs, *ours) if tuple(tick) not in both and self.clocks_change(tick[0])}
        self.skipped |= apart
        return [t for t in theirs if t[0] not in apart], [t for t in ours if t[0] not in apart]

    def clocks_change(self, moment: str) -> bool:
        at = dt.datetime.fromisoformat(moment)
        return any(abs(at - dt.datetime.fromisoformat(day)) <= A_DAY_OFF for day in self.airflow["change_days"])

    def of_partitions(self) -> Iterator[str]:
        if not self.dagster["partitioned"] or not self.airflow["ticks"]:
            return
        partitions = self.dagster["partitions"]
        if self.airflow["keys"]:
            yield from self.of_keys()
            return
        for number, (moment, _, start, end) in enumerate(self.airflow["ticks"]):
            if self.skipped and self.clocks_change(moment):
                return  # from here on they are counted differently
            if number >= len(partitions):
                yield f"no partition begins at {start}, a data interval in Airflow"
                return
            found, complete = partitions[number], start != end
            if found[0] != start or (complete and found[1] != end):
                yield f"partition {number + 1} is {found[0]} to {found[1]}, Airflow's interval {start} to {end}"

    def of_keys(self) -> Iterator[str]:
        """Each run's partition, and that there are no other ones between."""
        asked = {(moment, key) for moment, key in self.dagster["keys"]}
        there = [key for _, _, key in self.dagster["partitions"]]
        for number, (moment, key) in enumerate(self.airflow["keys"]):
            if (moment, key) not in asked:
                yield f"the run at {moment} is about the partition {key!r} in Airflow, not so in Dagster"
            if there[number : number + 1] not in ([], [key]):
                yield f"partition {number + 1} is {there[number]!r}, Airflow's {key!r}"

    def of_habits(self) -> Iterator[str]:
        alone = [task["depends_on_past"] for task in self.airflow["tasks"].values()]
        in_order = self.dagster["in_order"]
        if in_order is not None and in_order != (bool(alone) and all(alone)):
            depends = "depend" if all(alone) else "do not all depend"
            waits = "waits" if in_order else "does not wait"
            yield f"Airflow's tasks {depends} on their past, and a run in Dagster {waits} for the one before"
        theirs, ours = self.airflow["catches_up"], self.dagster["catches_up"]
        if None not in (theirs, ours) and theirs != ours and not any("caught up is not known" in s for s in self.said):
            yield f"Airflow {_does(theirs)} for runs that were missed (catchup), Dagster {_does(ours)}"

    def of_others(self) -> Iterator[str]:
        theirs, ours = self.airflow["continuous"], self.dagster["continuous"]
        for number in range(max(len(theirs), len(ours))):
            pair = [rows[number] if number < len(rows) else None for rows in (theirs, ours)]
            if pair[0] is None or pair[1] is None or pair[0][0] != pair[1][0]:
                yield f"run {number + 1} is at {pair[0] and pair[0][0]} in Airflow, {pair[1] and pair[1][0]} in Dagster"
            elif difference := self.of_dates(pair[0], pair[1]):
                yield f"run {number + 1}: {difference}"
        if self.updates.made and (difference := self.updates.difference(self.dagster["updated"])):
            yield difference

    def announced(self) -> str:
        """A finding about the schedule does not make a difference right; the reader should know of it."""
        return f" ({DIFFERS} said: {'; '.join(self.said)})" if self.said else ""

    def detail(self) -> str:
        parts = []
        if self.airflow["ticks"]:
            parts.append(f"{len(self.airflow['ticks'])} ticks")
        if changes := len(self.airflow["clock_changes"]):
            parts.append(f"{changes} changes of the clocks")
        if self.airflow["continuous"]:
            parts.append(f"{len(self.airflow['continuous'])} runs, one when the other has ended")
        if self.updates.made:
            parts.append(f"{len(self.updates.made)} updates of {len(self.updates.leaves)} assets")
        text = ", ".join(parts) or "never, on either side"
        if self.dagster["sensors"]:
            text += f", by {', '.join(self.dagster['sensors'])}"
        if self.airflow["ticks"] and all(row[1] is None for rows in self.dagster["windows"] for row in rows):
            text += "; no task asks for dates"
        if self.skipped:
            text += f"; but for {len(self.skipped)} moments that clocks skip"
        return text + (f"; as {DIFFERS} says: {'; '.join(self.said)}" if self.said else "")


def _of(tick: Tick) -> str:
    """Which run it is, where that is not the moment it is asked for: the end of its interval."""
    return f" of {tick[1]}" if tick[1] not in (None, tick[0]) else ""


def _does(catches_up: bool) -> str:
    return "makes up" if catches_up else "does not make up"
