"""run: the state and tries of every task, the XComs and the run's state, of the same runs in both engines.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .evidence import gist

Record = Mapping[str, Any]
BOOKKEEPING = re.compile(r"_link_.*|skipmixin_key|trigger_run_id|pipeline_(in|out)lets")
"""Keys of XComs that Airflow pushes for its own purposes: for its web page, a branch's choice, a task's datasets."""
FINISHED = ("success", "failed")
OTHER_VALUE = "the asset's value is"
"""What a difference says that is one of values."""


def difference(dag: Record, airflow: Record, dagster: Record, changing: Collection[str] = ()) -> str:
    """The first difference between a run in Airflow and the same in Dagster; empty where there is none.

    The XComs of the tasks `changing` are not compared.
    """
    if "error" in airflow:
        return ""  # see `obstacle`
    where = f"run of {airflow['logical_date']}: "
    if "error" in dagster:
        return where + f"Dagster could not make it: {gist(dagster['error'])}"
    found = next(_differences(dag, airflow, dagster, changing), "")
    return where + found if found else ""


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


def _differences(dag: Record, airflow: Record, dagster: Record, changing: Collection[str]) -> Iterator[str]:
    mine = {task["task_id"]: task for task in dagster["tasks"]}
    theirs: dict[str, list[Record]] = {}
    for row in airflow["tasks"]:
        theirs.setdefault(row["task_id"], []).append(row)
    seen = [record["task_id"] for record in dag["tasks"] if any("key" in row for row in record["becomes"])]
    for task_id in seen:
        expected = {row["map_index"]: row["state"] for row in theirs.get(task_id, ())}
        got = {row["map_index"]: row["state"] for row in mine[task_id]["instances"]}
        if expected != got:
            said = _said(mine[task_id], theirs.get(task_id, ()))
            yield f"task {task_id} is {_states(expected)} in Airflow, {_states(got)} in Dagster{said}"
    for task_id in seen:
        expected = {r["map_index"]: r["tries"] for r in theirs.get(task_id, ()) if r["state"] in FINISHED}
        tries = {r["map_index"]: r["tries"] for r in mine[task_id]["instances"] if r["state"] in FINISHED}
        if expected != tries:
            yield f"task {task_id} had {_states(expected)} tries in Airflow, {_states(tries)} in Dagster"
    for task_id in [task_id for task_id in seen if task_id not in changing]:
        rows = [row for row in airflow["xcoms"] if row["task_id"] == task_id]
        mapped = any(row["map_index"] >= 0 for row in theirs.get(task_id, ()))
        if found := _xcoms(rows, mine[task_id]["value"], mapped=mapped):
            yield f"task {task_id}: {found}"
    if airflow["state"] != dagster["state"]:
        yield f"the run is {airflow['state']} in Airflow, {dagster['state']} in Dagster"


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
