"""Random DAGs on the real Airflow and on Dagster, compared: states of tasks and run, and values."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copy
from typing import Any

import dagster as dg

from support.random_dags import EARLY
from support.random_dags_dagster import build, run

HERE = Path(__file__).parent
ORDERS = 8
"""In how many orders a DAG is run on Airflow before a difference counts."""


@dataclass
class Result:
    """A run: its state, those of the task instances, and the values of tasks that are not mapped."""

    state: str
    states: dict[tuple[str, int], str]
    values: Mapping[str, Any] = field(default_factory=dict)

    def differences(self, other: Result) -> list[str]:
        found = [] if self.state == other.state else [f"run: {self.state} / {other.state}"]
        for key in sorted({*self.states, *other.states}):
            if self.states.get(key) != other.states.get(key):
                found.append(f"{key[0]}[{key[1]}]: {self.states.get(key)} / {other.states.get(key)}")
        for name in sorted({*self.values, *other.values}) if not found else ():
            if self.values.get(name) != other.values.get(name):
                found.append(f"value of {name}: {self.values.get(name)} / {other.values.get(name)}")
        return found


def on_airflow(
    dags: Sequence[Mapping[str, Any]], python: str, folder: Path, cache: Path, orders: Sequence[int | None] = (None,)
) -> dict[str, list[Result | str]]:
    """What becomes of each DAG, in each order; a text where the run could not be made or finished."""
    folder.mkdir(parents=True, exist_ok=True)
    copy(HERE / "random_dags_airflow.py", folder / "dags.py")
    copy(HERE / "random_dags.py", folder)
    (folder / "dags.json").write_text(json.dumps(dags))
    runs = [
        {
            "file": "dags.py",
            "dag_id": dag["dag_id"],
            "logical_date": f"2024-01-01T00:00:{number:02}+00:00",
            "run_type": "manual",
            "order": order,
        }
        for dag in dags
        for number, order in enumerate(orders)
    ]
    spec = folder / "spec.json"
    spec.write_text(json.dumps({"dags_folder": str(folder), "cache": str(cache), "runs": runs}))
    with (folder / "airflow.log").open("w") as log:
        done = subprocess.run(
            [python, str(HERE / "airflow_orders.py"), str(spec)],
            env=os.environ | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            check=False,
        )
    assert done.returncode == 0, (folder / "airflow.log").read_text()[-4000:]
    answer = json.loads(done.stdout)
    assert not answer["import_errors"], answer["import_errors"]
    found: dict[str, list[Result | str]] = {}
    for record in answer["runs"]:
        found.setdefault(record["dag_id"], []).append(record.get("error") or _result(record))
    return found


def _result(record: Mapping[str, Any]) -> Result:
    states = {(task["task_id"], task["map_index"]): task["state"] for task in record["tasks"]}
    values = {
        row["task_id"]: row["value"]
        for row in record["xcoms"]
        if row["key"] == "return_value" and row["map_index"] == -1 and states[row["task_id"], -1] == "success"
    }
    return Result(record["state"], states, values)


def on_dagster(dag: Mapping[str, Any], airflow: str, instance: dg.DagsterInstance) -> Result:
    graph = build(dag, airflow)
    state, states, values = run(graph, instance)
    unmapped = {name: value for name, value in values.items() if (name, -1) in states and value is not None}
    return Result(state, states, unmapped)


@dataclass
class Comparison:
    """How many were equal, how many equal to Airflow in another order, and what differs."""

    equal: int = 0
    by_chance: list[str] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=dict)
    different: dict[str, list[str]] = field(default_factory=dict)

    def __str__(self) -> str:
        names = f"by chance {len(self.by_chance)}, known {len(self.known)}, different {len(self.different)}"
        return f"equal {self.equal}, {names}"


def compare(
    dags: Sequence[Mapping[str, Any]],
    airflow: str,
    python: str,
    folder: Path,
    cache: Path,
    instance: dg.DagsterInstance,
) -> Comparison:
    """Run all DAGs on both; what differs, once more on Airflow in other orders."""
    comparison = Comparison()
    theirs = on_airflow(dags, python, folder / "first", cache)
    ours = {dag["dag_id"]: on_dagster(dag, airflow, instance) for dag in dags}
    unequal: dict[str, list[str]] = {}
    for dag_id, result in ours.items():
        (first,) = theirs[dag_id]
        found = [first] if isinstance(first, str) else first.differences(result)
        if found:
            unequal[dag_id] = found
        else:
            comparison.equal += 1
    again = [dag for dag in dags if dag["dag_id"] in unequal]
    others = on_airflow(again, python, folder / "again", cache, range(ORDERS)) if again else {}
    for dag_id, results in others.items():
        if any(not isinstance(one, str) and not one.differences(ours[dag_id]) for one in results):
            comparison.by_chance.append(dag_id)
        elif is_known(next(dag for dag in dags if dag["dag_id"] == dag_id), results, ours[dag_id]):
            comparison.known[dag_id] = unequal[dag_id]
        else:
            comparison.different[dag_id] = unequal[dag_id]
    return comparison


def is_known(dag: Mapping[str, Any], theirs: Sequence[Result | str], ours: Result) -> bool:
    """Whether in one of Airflow's runs all differences begin at tasks where one is known, of these kinds:

    `always`: what a branch or a short circuit skips later is noted as skipped, though it has run (Airflow 2).
    `one_…`, where the task is expanded over another one: upstream_failed, if that one is not done yet.
    `one_…`, where a branch or a short circuit skips the task: it may have run before.
    A task that its rule skips, and that is expanded over one that failed: skipped or upstream_failed, by the order in
    which Airflow checks the two; that is the order of a set of objects, another one in each of its processes.
    """
    return any(not isinstance(one, str) and _is_known(dag, one, ours) for one in theirs)


def _is_known(dag: Mapping[str, Any], theirs: Result, ours: Result) -> bool:
    differing = {
        name
        for name, index in {*theirs.states, *ours.states}
        if theirs.states.get((name, index)) != ours.states.get((name, index))
    }
    tasks = {task["id"]: task for task in dag["tasks"]}
    roots = [tasks[name] for name in differing if differing.isdisjoint(tasks[name]["upstream"])]

    def known(task: Mapping[str, Any]) -> bool:
        state = theirs.states.get((task["id"], -1))
        expand = task["expand"] or (dag["group"] if task["in_group"] else None) or {}
        if task["rule"] == "always":
            return state == "skipped"
        if task["rule"] in EARLY and "task" in expand and state == "upstream_failed":
            return True
        if task["rule"] in EARLY and _is_skipped_by_another(dag, task, ours):
            return True
        source_state = theirs.states.get((expand.get("task", ""), -1))
        return state == "skipped" and source_state in ("failed", "upstream_failed")

    return bool(roots) and all(known(task) for task in roots)


def _is_skipped_by_another(dag: Mapping[str, Any], task: Mapping[str, Any], ours: Result) -> bool:
    """Whether a task, or an instance of it, was skipped and comes after a branch or a short circuit."""
    above: set[str] = set()
    for other in reversed(dag["tasks"]):  # each comes after those it depends on
        if other["id"] in {*task["upstream"], *above}:
            above |= {other["id"], *other["upstream"]}
    skippers = [other for other in dag["tasks"] if other["id"] in above and other["kind"] != "plain"]
    return bool(skippers) and any(state == "skipped" for (name, _), state in ours.states.items() if name == task["id"])
