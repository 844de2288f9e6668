"""Both engines in processes of their own, and what makes a task on one the same as on the other."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Set
from pathlib import Path
from typing import Any

from .converted import Converted, Record, without_airflow
from .sample_world import World

AIRFLOW_RUNNER = Path(__file__).with_name("airflow_run.py")
DAGSTER_RUNNER = Path(__file__).with_name("dagster_run.py")
SECONDS = 600
BOOKKEEPING = re.compile(r"_link_.*|skipmixin_key|pipeline_(in|out)lets")
"""Keys of XComs that Airflow makes for itself: links of its web page, whom a branch skips, what a task updates."""


def on_airflow(python: str, dags: Path, runs: list[Record], world: World, folder: Path, cache: Path) -> list[Record]:
    """The runs as airflow_run.py describes them; `cache` keeps the empty Airflow database."""
    spec = {"dags_folder": str(dags), "cache": str(cache), "runs": runs}
    return _answer(python, AIRFLOW_RUNNER, spec, {**os.environ, **world.env}, folder / "airflow")


def on_dagster(
    python: str, converted: Converted, runs: list[Record], world: World, folder: Path, airflow: Set[str] = frozenset()
) -> list[Record]:
    """The runs as dagster_run.py describes them, in an environment where only bridged tasks can import Airflow.

    So can the DAGs of `airflow`.
    """
    spec = {
        "project": str(converted.folder),
        "package": converted.record["package"],
        "runs": [
            {**run, "airflow": run["dag_id"] in airflow or _needs_airflow(converted, run["dag_id"])} for run in runs
        ],
    }
    env = without_airflow({**world.env, **world.dagster_env})
    return _answer(python, DAGSTER_RUNNER, spec, env, folder / "dagster")


def _needs_airflow(converted: Converted, dag_id: str) -> bool:
    dag = converted.dags.get(dag_id)
    return dag is not None and any(task["fidelity"] == "bridged" for task in dag["tasks"])


def _answer(python: str, script: Path, spec: Record, env: dict[str, str], name: Path) -> list[Record]:
    request, log = name.with_suffix(".json"), name.with_suffix(".log")
    request.write_text(json.dumps(spec))
    with log.open("w") as errors:
        done = subprocess.run(
            [python, str(script), str(request)],
            env=env,
            stdout=subprocess.PIPE,
            stderr=errors,
            timeout=SECONDS,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{script.name} ended with {done.returncode}\n{log.read_text()[-4000:]}")
    return list(json.loads(done.stdout)["runs"])


def differences(task_id: str, here: Record, there: Record) -> list[str]:
    """How a task in a Dagster run differs from itself in an Airflow run."""
    mine, theirs = instances(task_id, here), instances(task_id, there)
    if mine.keys() != theirs.keys():
        return [f"{task_id} has the instances {sorted(mine)} and not {sorted(theirs)}"]
    found = []
    for index, expected in theirs.items():
        got = mine[index]
        if got["state"] != expected["state"]:
            found.append(f"is {got['state']} and not {expected['state']}: {got['errors']}")
        elif got["state"] in ("success", "failed") and got["tries"] != expected["tries"]:
            found.append(f"was tried {got['tries']} times and not {expected['tries']}: {got['errors']}")
    pushed: dict[int, dict[str, Any]] = {index: {} for index in theirs}
    for row in there["xcoms"]:
        if row["task_id"] == task_id and not BOOKKEEPING.fullmatch(row["key"]):
            pushed[row["map_index"]][row["key"]] = row["value"]
    (value,) = (row["value"] for row in list(mine.values())[:1])
    ended_well = all(row["state"] == "success" for row in mine.values())  # else there is no asset to have a value
    if -1 in pushed and pushed[-1] not in shapes(value) and (ended_well or value is not None):
        found.append(f"left {value}, and Airflow has {pushed[-1]}")
    returned = [keys["return_value"] for _, keys in sorted(pushed.items()) if "return_value" in keys]
    if -1 not in pushed and (value or []) != returned and (ended_well or value is not None):
        found.append(f"left {value}, and Airflow has {returned}")
    return [f"{task_id} {what}" for what in found]


def instances(task_id: str, run: Record) -> dict[int, Record]:
    """The task's rows by map index."""
    return {row["map_index"]: row for row in run["tasks"] if row["task_id"] == task_id}


def shapes(value: Any) -> list[dict[str, Any]]:
    """What Airflow may have pushed where the asset has this value: what was returned; a dict of what was pushed by
    key; or a returned dict whose keys were pushed, too."""
    found: list[dict[str, Any]] = [{} if value is None else {"return_value": value}]
    if isinstance(value, dict):
        value = {key: item for key, item in value.items() if not BOOKKEEPING.fullmatch(str(key))}
        found += [{key: item for key, item in value.items() if item is not None}, {**value, "return_value": value}]
    return found
