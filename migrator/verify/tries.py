"""How often a task is tried, with what delay and time limit, and what it calls then: Airflow's task and Dagster's.

Part of `graph`: a run in which nothing fails does not show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Record = Mapping[str, Any]
ARGUMENTS = {"retries": "retries", "delay": "retry_delay", "timeout": "execution_timeout"}
"""The words of both probes, and the operator's argument that each comes of."""
WORDS = {"retries": "retries", "delay": "seconds between tries", "timeout": "seconds as its time limit"}


def differences_in_tries(task: Record, theirs: Record, ours: Record) -> Iterator[str]:
    """`task` is its record in migration.json; what a finding has said of an argument is not said again."""
    told = {row["argument"] for row in task["arguments"] if row["fate"] != "translated"}
    for name, argument in ARGUMENTS.items():
        expected, found = theirs[name], ours[name]
        if name == "delay" and not (theirs["retries"] and ours["retries"]):
            continue
        if argument not in told and expected != found:
            one, other = (_number(value) for value in (expected, found))
            yield f"task {task['task_id']} has {one} {WORDS[name]} in Airflow, {other} in Dagster"
    for event in theirs["callbacks"]:
        if event not in ours["callbacks"] and f"on_{event}_callback" not in told:
            yield f"task {task['task_id']} has an on_{event}_callback in Airflow, and none in Dagster"


def _number(value: float | None) -> str:
    return "no" if value is None else f"{value:g}"
