"""When DAGs run, and the time their runs are about: Airflow's timetables against what the project asks for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import Converted, run_python
from support.tick_cases import CASES, dag_file

from migrator import migrate
from migrator.write import write

SUPPORT = Path(__file__).with_name("support")
COUNT = 50
DIFFERENT = {case.name + catchup for case in CASES if case.differs for catchup in ("", "_catchup")[: 1 + case.both]}
Runs = dict[str, list[list[str]]]


@pytest.fixture(scope="module", params=["2", "3"])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, python_of: Callable[[str], str]
) -> tuple[Runs, Runs, Converted]:
    """What each engine says, and the project."""
    line = request.param
    python = python_of(line)
    folder = tmp_path_factory.mktemp(f"ticks{line}")
    dags = folder / "dags" / "dags.py"
    dags.parent.mkdir()
    dags.write_text(dag_file(line))
    command = [python, str(SUPPORT / "ticks_on_airflow.py"), str(dags), str(COUNT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as airflow:
        assert write(migrate(dags.parent, airflow_version=line, jobs=1).rendered, folder / "defs").ok
        said, errors = airflow.communicate(timeout=120)
    assert airflow.returncode == 0, errors
    expected = folder / "expected.json"
    expected.write_text(said)
    done = run_python(
        folder / "defs",
        str(SUPPORT / "ticks_on_dagster.py"),
        str(folder / "defs"),
        str(expected),
        MIGRATION_CUTOVER="2000-01-01",
    )
    assert done.returncode == 0, done.stderr
    return json.loads(said), json.loads(done.stdout), Converted(folder / "defs")


def test_the_same_runs_at_the_same_times(both: tuple[Runs, Runs, Converted]) -> None:
    airflow, dagster, _ = both
    assert sum(map(len, airflow.values())) > 3000
    different = {dag_id: (airflow[dag_id], dagster[dag_id]) for dag_id in airflow.keys() - DIFFERENT}
    assert {dag_id: (one, other) for dag_id, (one, other) in different.items() if one != other[:COUNT]} == {}


def test_a_tick_that_differs_is_a_finding(both: tuple[Runs, Runs, Converted]) -> None:
    airflow, dagster, project = both
    found = {dag_id for dag_id in airflow if any(f["code"] == "A2D112" for f in project.findings(dag_id))}
    assert found == DIFFERENT
    for dag_id in DIFFERENT:
        assert len(set(map(tuple, airflow[dag_id])) ^ set(map(tuple, dagster[dag_id][:COUNT]))) <= 4
