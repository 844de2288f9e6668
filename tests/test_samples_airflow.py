"""Every sample DAG does on real Airflow what samples.py says: the reference for the other engine."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.sample_world import SAMPLE_DAGS, World, sample_world
from tests.support.samples import SAMPLES, Run, Sample

RUNNER = Path(__file__).parent / "support" / "airflow_run.py"


class Line:
    """All runs of one Airflow line, made by one process in one world."""

    def __init__(self, world: World, answer: dict[str, Any]) -> None:
        self.world, self.answer = world, answer

    def record(self, sample: Sample, run: Run) -> dict[str, Any]:
        """What came of a run: one that was asked for, or one that another run triggered."""
        date = dt.datetime.fromisoformat(run.logical_date)
        for record in self.answer["runs"]:
            kind = "triggered" if record["triggered_by"] else record["run_type"]
            same = dt.datetime.fromisoformat(record["logical_date"]) == date
            if (record["dag_id"], kind, same) == (sample.dag_id, run.run_type, True):
                return record
        raise LookupError(f"no {run.run_type} run of {sample.dag_id} at {date}")


def run_line(python: str, line: str, folder: Path, cache: Path) -> Iterator[Line]:
    spec = folder / "spec.json"
    runs = [
        {
            "file": s.file,
            "dag_id": s.dag_id,
            "logical_date": r.logical_date,
            "run_type": r.run_type,
            "conf": r.conf,
        }
        for s in SAMPLES
        if s.airflow == line and s.executed
        for r in s.runs
        if r.run_type != "triggered"
    ]
    with sample_world(folder / "world") as world:
        spec.write_text(json.dumps({"dags_folder": str(SAMPLE_DAGS), "cache": str(cache), "runs": runs}))
        done = subprocess.run(
            [python, str(RUNNER), str(spec)],
            env=os.environ | world.env,
            stdout=subprocess.PIPE,
            stderr=(folder / "airflow.log").open("w"),
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, (folder / "airflow.log").read_text()[-4000:]
        yield Line(world, json.loads(done.stdout))


@pytest.fixture(scope="session")
def airflow_3(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Line]:
    if importlib.util.find_spec("airflow") is None:
        pytest.skip("Airflow is not installed beside pytest")
    yield from run_line(sys.executable, "3", tmp_path_factory.mktemp("airflow3"), pytestconfig.cache.mkdir("airflow"))


@pytest.fixture(scope="session")
def airflow_2(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Line]:
    python = os.environ.get("MIGRATE_AIRFLOW2_PYTHON")
    if not python:
        pytest.skip("MIGRATE_AIRFLOW2_PYTHON names no Python that has Airflow 2.11")
    yield from run_line(python, "2", tmp_path_factory.mktemp("airflow2"), pytestconfig.cache.mkdir("airflow"))


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.executed], ids=lambda s: s.dag_id)
def test_runs_as_expected(sample: Sample, request: pytest.FixtureRequest) -> None:
    line: Line = request.getfixturevalue(f"airflow_{sample.airflow}")
    for run in sample.runs:
        check_run(line.record(sample, run), run)
    for query, rows in sample.rows.items():
        assert line.world.rows(query) == [pytest.approx(row) for row in rows], query
    for file, text in sample.exports.items():
        assert line.world.export(file) == text, file
    for post in sample.posts:
        assert post in line.world.posted
    for subject in sample.mails:
        assert any(f"Subject: {subject}" in mail for mail in line.world.mails)


def test_what_triggers_what(request: pytest.FixtureRequest) -> None:
    for sample in SAMPLES:
        for run in sample.runs if sample.executed else ():
            line: Line = request.getfixturevalue(f"airflow_{sample.airflow}")
            made = line.record(sample, run)["run_id"]
            triggered = [r["dag_id"] for r in line.answer["runs"] if r["triggered_by"] == [sample.dag_id, made]]
            assert triggered == list(run.triggers)


def check_run(record: dict[str, Any], run: Run) -> None:
    assert "error" not in record, record["error"]
    errors = {task["task_id"]: task["errors"] for task in record["tasks"] if task["errors"]}
    assert record["state"] == run.state, errors
    assert_tasks(record, run)
    xcoms = {name(x) + ("" if x["key"] == "return_value" else f":{x['key']}"): x["value"] for x in record["xcoms"]}
    assert {key: xcoms.get(key) for key in run.xcoms} == run.xcoms


def assert_tasks(record: dict[str, Any], run: Run) -> None:
    states = {name(task): task["state"] for task in record["tasks"]}
    assert {task: state for task, state in states.items() if state != "success"} == run.tasks
    tries = {name(task): task["tries"] for task in record["tasks"] if task["state"] in ("success", "failed")}
    assert {task: count for task, count in tries.items() if count != 1} == run.tries


def name(row: dict[str, Any]) -> str:
    return row["task_id"] if row["map_index"] < 0 else f"{row['task_id']}[{row['map_index']}]"
