"""run: the state and tries of every task, the XComs and the run's state, of the same runs in both engines.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dag-run.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .evidence import gist

Record = Mapping[str, Any]
BOOKKEEPING = re.compile(r"_link_.*|skipmixin_key|trigger_run_id")
"""Keys of XComs that Airflow pushes for its own purposes: for its web page, and what a branch has chosen."""
FINISHED = ("success", "failed")


def difference(dag: Record, airflow: Record, dagster: Record) -> str:
    """The first difference between a run in Airflow and the same in Dagster; empty where there is none."""
    if "error" in airflow:
        return ""  # see `obstacle`
    where = f"run of {airflow['logical_date']}: "
    if "error" in dagster:
        return where + f"Dagster could not make it: {gist(dagster['error'])}"
    found = next(_differences(dag, airflow, dagster), "")
    return where + found if found else ""


def obstacle(runs: Sequence[Record]) -> str:
    """Why Airflow's runs are nothing to compare with."""
    for run in runs:
        if "error" in run:
            return f"Airflow could not make the run: {gist(run['error'])}"
    return ""


def _differences(dag: Record, airflow: Record, dagster: Record) -> Iterator[str]:
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
    for task_id in seen:
        rows = [row for row in airflow["xcoms"] if row["task_id"] == task_id]
        if found := _xcoms(rows, mine[task_id]["value"]):
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


def _xcoms(rows: Sequence[Record], value: Any) -> str:
    """A task's value is what it returned, or what it pushed by key, or a dict that was pushed whole and by key."""
    rows = [row for row in rows if not BOOKKEEPING.fullmatch(row["key"])]
    if any(row["map_index"] >= 0 for row in rows):
        expected: Any = [row["value"] for row in sorted(rows, key=_index) if row["key"] == "return_value"]
        return "" if value == expected else f"Airflow's instances returned {expected!r}, the asset's value is {value!r}"
    expected = {row["key"]: row["value"] for row in rows}
    shapes: list[dict[str, Any]] = [{} if value is None else {"return_value": value}]
    if isinstance(value, dict):
        shapes += [{key: item for key, item in value.items() if item is not None}, {**value, "return_value": value}]
    if expected in shapes:
        return ""
    return f"Airflow pushed {expected!r}, the asset's value is {value!r}"


def _index(row: Record) -> int:
    return int(row["map_index"])
