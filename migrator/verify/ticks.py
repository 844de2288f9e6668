"""ticks: fire times and data intervals, from Airflow's timetable and from Dagster's schedule and partitions.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/timetable.html
https://docs.dagster.io/guides/automate/schedules
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .evidence import Evidence, failed, gist, not_run, passed

Record = Mapping[str, Any]
Tick = Sequence[Any]
LEFT = ("A2D102", "A2D103", "A2D104")
"""Findings that say that a schedule is left to a person."""


def windows(airflow: Record) -> list[dict[str, Any]]:
    """What to ask the Dagster probe for: the ticks from the start, and those around each change of the clocks."""
    found = []
    if airflow["ticks"]:
        ticks = airflow["ticks"]
        found.append({"from": ticks[0][0], "until": None, "count": len(ticks), "last": ticks[-1][0]})
    for ticks in airflow["clock_changes"]:
        if ticks:
            found.append({"from": ticks[0][0], "until": ticks[-1][0], "count": len(ticks), "last": ticks[-1][0]})
    return found


def ticks_evidence(dag: Record, airflow: Record, dagster: Record, findings: Sequence[Record]) -> Evidence:
    """`airflow` and `dagster` are the answers of the probes, the latter to `windows(airflow)`."""
    dag_id = dag["dag_id"]
    if "error" in airflow:
        return not_run(dag_id, "ticks", f"Airflow's timetable fails: {gist(airflow['error'])}")
    if "error" in dagster:
        return failed(dag_id, "ticks", f"Dagster's schedule fails: {gist(dagster['error'])}")
    timetable = airflow["timetable"]
    if not dagster["scheduled"]:
        left = next((row for row in findings if row["code"] in LEFT), None)
        if dagster["sensors"]:
            sensors = ", ".join(dagster["sensors"])
            if difference := _partitions(airflow, dagster):
                return failed(dag_id, "ticks", difference)
            return not_run(dag_id, "ticks", f"its runs are started by {sensors}, whose ticks are not compared")
        if left is not None:
            return not_run(dag_id, "ticks", f"{left['code']}: {left['message']}")
        if timetable != "NullTimetable":
            return failed(dag_id, "ticks", f"{timetable} in Airflow, no schedule in Dagster")
        return passed(dag_id, "ticks", "no schedule on either side")
    if not airflow["ticks"]:
        return failed(dag_id, "ticks", f"{timetable} never fires in Airflow, and Dagster has a schedule")
    differs = next(_differences(airflow, dagster), None)
    if differs is not None:
        return failed(dag_id, "ticks", differs)
    changes = sum(bool(ticks) for ticks in airflow["clock_changes"])
    around = f", {changes} changes of the clocks" if changes else ""
    return passed(dag_id, "ticks", f"{len(airflow['ticks'])} ticks{around}")


def _differences(airflow: Record, dagster: Record) -> Iterator[str]:
    expected = [airflow["ticks"], *(ticks for ticks in airflow["clock_changes"] if ticks)]
    for number, (theirs, ours) in enumerate(zip(expected, dagster["windows"], strict=True)):
        yield from _compared(theirs, ours)
        if number == 0 and airflow["ended"] and len(ours) > len(theirs):
            yield f"Airflow fires for the last time at {theirs[-1][0]}, Dagster again at {ours[len(theirs)][0]}"
        if number and len(ours) > len(theirs):
            yield f"Dagster also fires at {ours[len(theirs)][0]}"
    if difference := _partitions(airflow, dagster):
        yield difference


def _compared(theirs: Sequence[Tick], ours: Sequence[Tick]) -> Iterator[str]:
    for number, tick in enumerate(theirs):
        run_after, _logical, start, end = tick
        if number >= len(ours):
            yield f"Airflow's tick at {run_after} is not in Dagster" + (f" (the last: {ours[-1][0]})" if ours else "")
            return
        if ours[number][0] != run_after:
            yield f"tick {number + 1} is at {run_after} in Airflow, at {ours[number][0]} in Dagster"
        elif ours[number][1] is not None and (difference := _interval(start, end, ours[number][1:])):
            yield f"the tick at {run_after}: {difference}"


def _interval(start: str | None, end: str | None, ours: Tick) -> str:
    """A partition is never empty: where Airflow's interval is a point in time, only its start is compared."""
    if ours[0] != start:
        return f"the data interval begins at {start} in Airflow, at {ours[0]} in Dagster"
    if start != end and ours[1] != end:
        return f"the data interval from {start} ends at {end} in Airflow, at {ours[1]} in Dagster"
    return ""


def _partitions(airflow: Record, dagster: Record) -> str:
    if not dagster["partitioned"]:
        return ""
    for number, (_, _, start, end) in enumerate(airflow["ticks"]):
        if number >= len(dagster["partitions"]):
            return f"no partition begins at {start}, a data interval in Airflow"
        if difference := _interval(start, end, dagster["partitions"][number]):
            return f"partition {number + 1}: {difference}"
    return ""
