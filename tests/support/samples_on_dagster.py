"""All sample runs of one Airflow line on Dagster, in a world of their own, and how each compares with Airflow's.

How is read from migration.json: a DAG all of whose tasks are translated must do what it does on Airflow; in one with
tasks left to a person those must fail by name, what comes before them equal Airflow, and what comes after not run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .converted import Converted, Record
from .engines import on_dagster
from .sample_world import World, sample_world
from .samples import SAMPLES, Run, Sample
from .samples_on_airflow import Outcome


@dataclass(frozen=True)
class Comparison:
    """How a DAG on Dagster is compared with itself on Airflow."""

    manual: Mapping[str, str]
    """The tasks left to a person, and the code of the finding that says so."""
    after: frozenset[str]
    """Those that come after one of them and must not run."""
    bridged: frozenset[str]
    """Those that run the Airflow operator itself."""

    @property
    def whole(self) -> bool:
        return not self.manual

    def __str__(self) -> str:
        if self.whole:
            return "whole" + (f", with Airflow for {', '.join(sorted(self.bridged))}" if self.bridged else "")
        left = ", ".join(f"{task} ({code})" for task, code in sorted(self.manual.items()))
        return f"up to {left}" + (f"; not run: {', '.join(sorted(self.after))}" if self.after else "")


def comparison(converted: Converted, dag_id: str) -> Comparison:
    """How to compare a DAG, by what migration.json says of its tasks."""
    tasks = converted.tasks(dag_id)
    manual = {task_id: code_of(converted, dag_id, task) for task_id, task in tasks.items() if left(task)}
    after: set[str] = set()
    while more := {t for t, row in tasks.items() if t not in after and (manual.keys() | after) & set(row["upstream"])}:
        after |= more
    bridged = {t for t, row in tasks.items() if row["fidelity"] == "bridged"}
    return Comparison(manual, frozenset(after), frozenset(bridged))


def left(task: Record) -> bool:
    """Whether the task is left to a person."""
    return bool(task["fidelity"] == "manual")


def code_of(converted: Converted, dag_id: str, task: Record) -> str:
    """The code that the generated task raises; a finding at the task's own place has it, or KeyError is raised."""
    text = body(converted, task)
    codes = [row["code"] for row in converted.findings(dag_id, task["task_id"]) if f"{row['code']}: " in text]
    if not codes:
        raise KeyError(f"{dag_id}.{task['task_id']} is manual, but its code names none of its findings")
    return str(codes[0])


def body(converted: Converted, task: Record) -> str:
    """The generated text of a task."""
    place = task["becomes"][0]
    lines = (converted.folder / place["file"]).read_text().split("\n")
    return "\n".join(lines[place["line"] - 1 : place["end_line"]])


@dataclass(frozen=True)
class DagsterOutcome:
    world: World
    runs: list[Record]  # as dagster_run.py describes them

    def record(self, sample: Sample, run: Run) -> Record:
        date = dt.datetime.fromisoformat(run.logical_date)
        for record in self.runs:
            if record["dag_id"] == sample.dag_id and dt.datetime.fromisoformat(record["logical_date"]) == date:
                return record
        raise LookupError(f"no run of {sample.dag_id} at {date}")


@contextmanager
def samples_on_dagster(
    python: str, line: str, converted: Converted, airflow: Outcome, folder: Path
) -> Iterator[DagsterOutcome]:
    """`python` has Airflow of that line, which only bridged tasks may import."""
    runs = [
        request(converted, sample, run, airflow.record(sample, run))
        for sample in SAMPLES
        if sample.airflow == line and sample.executed
        for run in sample.runs
    ]
    with sample_world(folder / "world") as world:
        yield DagsterOutcome(world, on_dagster(python, converted, runs, world, folder))


def request(converted: Converted, sample: Sample, run: Run, on_airflow: Record) -> dict[str, Any]:
    """The Dagster run that answers an Airflow run; one that a task triggered there is started by hand here."""
    dag = converted.dags.get(sample.dag_id)
    asked = {
        "dag_id": sample.dag_id,
        "logical_date": run.logical_date,
        "run_type": "manual" if run.run_type == "triggered" else run.run_type,
        "conf": on_airflow["conf"] or {},
    }
    if dag is not None and dag["schedule"] is None and not dag["partitioned"] and run.run_type == "scheduled":
        # The schedule is left to a person, whose sensor would say which interval a run is about.
        asked["data_interval"] = on_airflow["data_interval"]
    return asked
