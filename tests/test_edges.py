"""DAGs of the things that are easily got wrong, each task the same on Dagster as on Airflow.

The samples show what a team has; these show how tasks end, what travels between them, and what they know of their run.
None of their tasks may be left to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.converted import Converted, Record, convert
from support.engines import differences, on_airflow, on_dagster
from support.sample_world import sample_world

EDGES = Path(__file__).with_name("edges")
CHECKS = ("checked", "checked_finally", "checked_well", "outputs", "outputs_by_outcome")
BRANCHES = ("size_of_0", "size_of_5", "size_of_500", "alone", "beside")
RUNS = {
    "2": [
        ("legacy.py", "legacy", "2024-03-04T04:30:00+00:00"),
        ("sensors.py", "sensors", "2024-03-04T06:00:00+00:00"),
        *(("templates.py", dag, "2024-03-04T06:00:00+00:00") for dag in ("templates", "native", "strict_no_more")),
        *(("checks.py", dag, "2024-03-04T06:00:00+00:00") for dag in CHECKS),
        ("late_branches.py", "late_branches", "2024-03-04T00:00:00+00:00"),
        ("mapped.py", "mapped", "2024-03-04T00:00:00+00:00"),
        ("pushes.py", "pushes", "2024-03-04T00:00:00+00:00"),
        ("instances.py", "instances", "2024-03-04T00:00:00+00:00"),
        ("decisions.py", "decisions", "2024-03-04T00:00:00+00:00"),
        *(("branches.py", dag, "2024-03-04T00:00:00+00:00") for dag in BRANCHES),
    ],
    "3": [
        ("values.py", "values", "2024-03-04T00:00:00+00:00"),
        *(
            ("functions.py", dag, "2024-03-04T06:00:00+00:00")
            for dag in ("functions", "functions_of_red", "functions_of_blue")
        ),
        ("flow.py", "flow", "2024-03-04T12:00:00+00:00"),
        ("flow.py", "flow", "2024-03-11T11:00:00+00:00"),  # after New York's clocks changed
        ("sensors.py", "sensors", "2024-03-04T06:00:00+00:00"),
        *(("templates.py", dag, "2024-03-04T06:00:00+00:00") for dag in ("templates", "native", "strict_no_more")),
        *(("checks.py", dag, "2024-03-04T06:00:00+00:00") for dag in CHECKS),
        ("late_branches.py", "late_branches", "2024-03-04T00:00:00+00:00"),
        ("mapped.py", "mapped", "2024-03-04T00:00:00+00:00"),
        ("pushes.py", "pushes", "2024-03-04T00:00:00+00:00"),
        ("instances.py", "instances", "2024-03-04T00:00:00+00:00"),
        ("decisions.py", "decisions", "2024-03-04T00:00:00+00:00"),
    ],
}
ALL = [(line, number) for line, runs in RUNS.items() for number in range(len(runs))]


@dataclass(frozen=True)
class Both:
    """What came of the runs of a line, in the same order."""

    converted: Converted
    airflow: list[Record]
    dagster: list[Record]


@pytest.fixture(scope="session")
def both(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, python_of: Callable[[str], str]
) -> Callable[[str], Both]:
    made: dict[str, Both] = {}

    def find(line: str) -> Both:
        if line not in made:
            dags, folder, python = EDGES / f"airflow{line}", tmp_path_factory.mktemp(f"edges{line}"), python_of(line)
            runs: list[Record] = [
                {"file": file, "dag_id": dag_id, "logical_date": date, "run_type": "scheduled", "conf": {}}
                for file, dag_id, date in RUNS[line]
            ]
            converted = convert(dags, folder / "defs")
            with sample_world(folder / "there") as world:
                there = on_airflow(python, dags, runs, world, folder, pytestconfig.cache.mkdir("airflow"))
            with sample_world(folder / "here") as world:
                here = on_dagster(python, converted, runs, world, folder)
            made[line] = Both(converted, there, here)
        return made[line]

    return find


@pytest.mark.parametrize(("line", "number"), ALL, ids=[f"{RUNS[line][n][1]}-{n}" for line, n in ALL])
def test_every_task_is_the_same(line: str, number: int, both: Callable[[str], Both]) -> None:
    outcome = both(line)
    there, here = outcome.airflow[number], outcome.dagster[number]
    assert "error" not in there, there["error"]
    assert "error" not in here, here["error"]
    tasks = {task["task_id"] for task in there["tasks"]}
    assert {task["task_id"] for task in here["tasks"]} == tasks
    found = [what for task_id in sorted(tasks) for what in differences(task_id, here, there)]
    assert not found, "\n".join(found)
    assert here["state"] == there["state"]


@pytest.mark.parametrize("line", RUNS)
def test_nothing_is_left_to_a_person(line: str, both: Callable[[str], Both]) -> None:
    tasks = [task for dag in both(line).converted.record["dags"] for task in dag["tasks"]]
    assert tasks
    assert [task["task_id"] for task in tasks if task["fidelity"] in ("manual", "bridged")] == []
