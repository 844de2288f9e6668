"""Random DAGs as plain data, that Airflow (random_dags_airflow.py) and Dagster (random_dags_dagster.py) both can build.

A DAG is {"dag_id", "tasks": [TASK], "group": GROUP or null}. A TASK has

    id, upstream           its direct upstream tasks
    rule, kind             "plain", "branch" (follows `choice`), "short_circuit" (goes on if `choice`)
    ignore                 of a short circuit: ignore_downstream_trigger_rules
    behaviour              what its tries do, by map index (the last one for all that follow), see `act`
    retries
    setup, teardown        `teardown` is the setups it tears down; then `fail_run` is on_failure_fail_dagrun
    expand                 null, {"literal": [...]} or {"task": id}: it is mapped over that
    items                  how many items it returns, to be expanded over; null: no list but a note of what it saw
    in_group               it is in the DAG's mapped task group, of which GROUP is the `expand`
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

RULES = [
    "all_failed",
    "all_done",
    "all_skipped",
    "one_success",
    "one_failed",
    "one_done",
    "none_failed",
    "none_skipped",
    "none_failed_min_one_success",
    "always",
]
EARLY = ("always", "one_success", "one_failed", "one_done")
"""Rules that need not wait for all upstream tasks: what these tasks see of the others is up to chance."""

BEHAVIOURS = {"success": 10, "fail": 2, "skip": 2, "fail_for_good": 1, "fail_once": 1, "fail_thrice": 1}


class Failed(Exception):
    """What a task of a random DAG fails with."""


def random_dag(seed: int, airflow: str, *, mapping: bool = True, setups: bool = True, early: bool = True) -> Any:
    """One DAG; the same for the same arguments."""
    chance = random.Random(f"{seed}{airflow}")
    rules = ["all_success"] * 9 + [rule for rule in RULES if early or rule not in EARLY]
    rules += ["all_done_min_one_success"] if airflow == "3" else []
    size = chance.randint(3, 9)
    density = 0.35 if size < 6 else 0.3
    tasks = [_task(chance, number, density, rules) for number in range(size)]
    group = _map(chance, tasks) if mapping and chance.random() < 0.5 else None
    if setups and chance.random() < 0.3:
        _set_up(chance, tasks)
    _choose(chance, tasks)
    return {"dag_id": f"random_{airflow}_{seed}", "tasks": tasks, "group": group}


def _task(chance: random.Random, number: int, density: float, rules: list[str]) -> dict[str, Any]:
    upstream = [f"t{other}" for other in range(number) if chance.random() < density]
    behaviour = chance.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0]
    return {
        "id": f"t{number}",
        "upstream": upstream,
        "rule": chance.choice(rules) if upstream else "all_success",
        "kind": chance.choices(["plain", "branch", "short_circuit"], [8, 1, 1])[0],
        "ignore": chance.random() < 0.5,
        "choice": chance.random() < 0.4,
        "behaviour": [behaviour],
        "retries": 2 if behaviour in ("fail_once", "fail_thrice") else 0,
        "setup": False,
        "teardown": None,
        "fail_run": False,
        "expand": None,
        "items": None,
        "in_group": False,
    }


def _map(chance: random.Random, tasks: list[dict[str, Any]]) -> Any:
    """Make some tasks mapped, or a few in a row a mapped group; gives what the group is expanded over."""
    grouped = chance.random() < 0.5
    first = chance.randrange(1, len(tasks))
    chosen = tasks[first : first + chance.randint(2, 4)] if grouped else chance.sample(tasks[1:], chance.randint(1, 2))
    expand: dict[str, Any] | None = None
    for task in chosen:
        task["behaviour"] = chance.choices(list(BEHAVIOURS), [10, 2, 3, 0, 1, 1], k=3)
        task["retries"] = 2
        task["in_group"] = grouped
        if task["rule"] == "always":  # Airflow refuses it here
            task["rule"] = "all_done"
        if not grouped:
            task["kind"] = "plain"
        if expand is None or not grouped:
            expand = _expand(chance, tasks, task, first if grouped else tasks.index(task))
        if not grouped:
            task["expand"] = expand
    if grouped and expand and "task" in expand:
        for task in chosen:  # as Airflow itself does: what uses an argument of the group waits for where it comes from
            if expand["task"] not in task["upstream"]:
                task["upstream"].append(expand["task"])
    return expand if grouped else None


def _expand(chance: random.Random, tasks: list[dict[str, Any]], task: dict[str, Any], before: int) -> dict[str, Any]:
    sources = [other for other in tasks[:before] if other["kind"] == "plain" and not other["expand"]]
    if not sources or chance.random() < 0.4:
        return {"literal": [[number] for number in range(chance.randint(1, 3))]}
    source = chance.choice(sources)
    source["items"] = chance.choice([0, 1, 2, 3, 3, 3])
    if not task["in_group"] and source["id"] not in task["upstream"]:
        task["upstream"].append(source["id"])
    return {"task": source["id"]}


def _set_up(chance: random.Random, tasks: list[dict[str, Any]]) -> None:
    plain = [t for t in tasks if t["kind"] == "plain" and not t["expand"] and not t["in_group"] and t["items"] is None]
    if len(plain) < 2:
        return
    setup, teardown = sorted(chance.sample(plain, 2), key=tasks.index)
    setup["setup"] = True
    teardown |= {"teardown": [setup["id"]], "fail_run": chance.random() < 0.3, "rule": None}
    if setup["id"] not in teardown["upstream"]:
        teardown["upstream"].append(setup["id"])
    for task in tasks:  # Airflow refuses other rules directly after a setup
        if setup["id"] in task["upstream"] and not task["teardown"]:
            task["rule"] = "all_success"


def _choose(chance: random.Random, tasks: list[dict[str, Any]]) -> None:
    for task in tasks:
        if task["kind"] != "branch":
            continue
        children = [other["id"] for other in tasks if task["id"] in other["upstream"]]
        if not children:
            task["kind"] = "plain"
            continue
        task["choice"] = chance.sample(children, chance.randint(0 if chance.random() < 0.2 else 1, len(children)))


def act(
    task: Mapping[str, Any],
    *,
    map_index: int,
    try_number: int,
    item: Any,
    saw: Mapping[str, Any],
    skip: type,
    fail: type,
) -> Any:
    """What a task does on a try: raise, or return a value. `skip` and `fail` are the exceptions of the engine."""
    behaviour = task["behaviour"][min(max(map_index, 0), len(task["behaviour"]) - 1)]
    if behaviour == "skip":
        raise skip("skip")
    if behaviour == "fail_for_good":
        raise fail("fail for good")
    if behaviour == "fail" or try_number <= {"fail_once": 1, "fail_thrice": 3}.get(behaviour, 0):
        raise Failed(behaviour)
    if task["kind"] in ("branch", "short_circuit"):
        return task["choice"]
    if task["items"] is not None:
        return [[number] for number in range(task["items"])]
    return {"id": task["id"], "item": item, "saw": {name: digest(value) for name, value in saw.items()}}


def inputs_of(dag: Mapping[str, Any], task: Mapping[str, Any]) -> list[str]:
    """The upstream tasks whose values a task pulls."""
    return [] if task["rule"] in EARLY else list(task["upstream"])


def digest(value: Any) -> Any:
    """A value that was pulled, short."""
    if isinstance(value, Mapping):
        return value["id"]
    if value is None or isinstance(value, bool | int | str):
        return value
    return [digest(item) for item in value]
