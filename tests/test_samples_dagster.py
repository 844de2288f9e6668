"""What `migrate` writes for sample_dags/ loads without Airflow, and does on Dagster what the DAGs do on Airflow."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.converted import DEPRECATIONS_ARE_ERRORS, Converted, Record, run_python, undefined_names
from support.engines import differences, instances
from support.sample_world import SAMPLE_DAGS, World
from support.samples import SAMPLES, Sample
from support.samples_on_airflow import Outcome
from support.samples_on_dagster import Comparison, DagsterOutcome, comparison, samples_on_dagster

OUTPUT = Path(__file__).parents[1] / "output"
EXECUTED = [sample for sample in SAMPLES if sample.executed]
every_sample = pytest.mark.parametrize("sample", EXECUTED, ids=lambda sample: sample.dag_id)


# --- the project ---------------------------------------------------------------------------------------------------


def test_output_is_what_migrate_writes(converted_samples: Converted) -> None:
    committed, written = Converted(OUTPUT).files(), converted_samples.files()
    assert committed.keys() == written.keys()
    assert [path for path, content in written.items() if committed[path] != content] == []


def test_validates_without_airflow(converted_samples: Converted) -> None:
    done = run_python(converted_samples.folder, "-m", "dagster", "definitions", "validate", **DEPRECATIONS_ARE_ERRORS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Validation successful" in done.stdout + done.stderr


def test_has_no_name_that_nothing_defines(converted_samples: Converted) -> None:
    assert undefined_names(converted_samples.folder) == ""


def test_its_own_tests_pass(converted_samples: Converted) -> None:
    done = run_python(converted_samples.folder, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def test_the_process_that_validates_has_no_airflow(tmp_path: Path) -> None:
    done = run_python(tmp_path, "-c", "import airflow.models")
    assert "does without Airflow" in done.stderr


def test_every_sample_is_converted(converted_samples: Converted) -> None:
    files = {dag_id: dag["file"] for dag_id, dag in converted_samples.dags.items()}
    assert files == {sample.dag_id: sample.file for sample in SAMPLES}
    for dag in converted_samples.dags.values():
        assert dag["complete"], dag["dag_id"]
        assert dag["job"] is not None, dag["dag_id"]
        assert [task["task_id"] for task in dag["tasks"] if not task["becomes"]] == []


# --- runs ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def dagster_3(
    converted_samples: Converted,
    airflow_3: Outcome,
    python_of: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DagsterOutcome]:
    folder = tmp_path_factory.mktemp("dagster3")
    with samples_on_dagster(python_of("3"), "3", converted_samples, airflow_3, folder) as outcome:
        yield outcome


@pytest.fixture(scope="session")
def dagster_2(
    converted_samples: Converted,
    airflow_2: Outcome,
    python_of: Callable[[str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[DagsterOutcome]:
    folder = tmp_path_factory.mktemp("dagster2")
    with samples_on_dagster(python_of("2"), "2", converted_samples, airflow_2, folder) as outcome:
        yield outcome


@pytest.fixture
def airflow(sample: Sample, request: pytest.FixtureRequest) -> Outcome:
    outcome: Outcome = request.getfixturevalue(f"airflow_{sample.airflow}")
    return outcome


@pytest.fixture
def dagster(sample: Sample, request: pytest.FixtureRequest) -> DagsterOutcome:
    outcome: DagsterOutcome = request.getfixturevalue(f"dagster_{sample.airflow}")
    return outcome


@every_sample
def test_does_what_it_does_on_airflow(
    sample: Sample,
    converted_samples: Converted,
    airflow: Outcome,
    dagster: DagsterOutcome,
    record_property: Callable[[str, object], None],
) -> None:
    how = comparison(converted_samples, sample.dag_id)
    record_property("compared", str(how))
    for run in sample.runs:
        expected, got = airflow.record(sample, run), dagster.record(sample, run)
        assert "error" not in got, got["error"]
        mine, theirs = ({task["task_id"] for task in run["tasks"]} for run in (got, expected))
        assert theirs == mine
        translated = sorted(mine - how.manual.keys() - how.after)
        assert [what for task in translated for what in differences(task, got, expected)] == []
        if how.whole:
            assert got["state"] == expected["state"]
        else:
            check_what_is_left(got, how, converted_samples, sample)


def check_what_is_left(got: Record, how: Comparison, converted: Converted, sample: Sample) -> None:
    """Tasks left to a person say so as soon as it is their turn, and nothing behind them runs.

    In an outcome graph, what comes behind one that failed may have to run: that is what a trigger rule is for.
    """
    reached = False
    states = {task["task_id"]: task["state"] for task in got["tasks"]}
    for task_id, code in how.manual.items():
        before = {states[upstream] for upstream in converted.tasks(sample.dag_id)[task_id]["upstream"]}
        if before <= {"success"}:
            reached = True
            assert states[task_id] == "failed", task_id
            errors = instances(task_id, got)[-1]["errors"]
            assert all(error.startswith(f"NotImplementedError: {code}: ") for error in errors), task_id
        elif converted.dags[sample.dag_id]["form"] == "plain":
            assert states[task_id] in ("skipped", "upstream_failed"), task_id
    if converted.dags[sample.dag_id]["form"] == "plain":
        assert {states[task_id] for task_id in how.after} <= {"skipped", "upstream_failed"}
        assert got["state"] == "failed" or not reached


@pytest.mark.parametrize("line", ["2", "3"])
def test_leaves_what_it_leaves_on_airflow(
    line: str, converted_samples: Converted, request: pytest.FixtureRequest
) -> None:
    """Rows, files, posts and mails of every sample that runs whole."""
    world: World = request.getfixturevalue(f"dagster_{line}").world
    whole = [s for s in EXECUTED if s.airflow == line and comparison(converted_samples, s.dag_id).whole]
    assert whole
    missing: list[str] = []
    for sample in whole:
        missing += [f"{sample.dag_id}: {what}" for what in left_out(sample, world)]
    assert missing == []


def left_out(sample: Sample, world: World) -> Iterator[str]:
    for query, rows in sample.rows.items():
        try:
            found: Any = world.rows(query)
        except sqlite3.OperationalError as error:
            found = error
        if found != [pytest.approx(row) for row in rows]:
            yield f"{query} gives {found}"
    for file, text in sample.exports.items():
        found = (world.folder / "exports" / file).read_text() if (world.folder / "exports" / file).is_file() else None
        if found != text:
            yield f"{file} is {found!r}"
    yield from (f"{post} was not posted" for post in sample.posts if post not in world.posted)
    for subject in sample.mails:
        if not any(f"Subject: {subject}" in mail for mail in world.mails):
            yield f"no mail about {subject!r}"


@pytest.mark.parametrize("line", ["2", "3"])
def test_leaves_nothing_else(line: str, converted_samples: Converted, request: pytest.FixtureRequest) -> None:
    """No file or post is there that is not there on Airflow, but what a task that was not reached would remove."""
    there: World = request.getfixturevalue(f"airflow_{line}").world
    here: World = request.getfixturevalue(f"dagster_{line}").world
    expected, got = files_of(there), files_of(here)
    assert got
    cut_short = [s for s in EXECUTED if s.airflow == line and not comparison(converted_samples, s.dag_id).whole]
    texts = [(SAMPLE_DAGS / sample.file).read_text() for sample in cut_short]
    left_over = {path for path in got.keys() - expected.keys() if any(path.name in text for text in texts)}
    differing = [str(path) for path, content in got.items() if expected.get(path) != content]
    assert [path for path in differing if Path(path) not in left_over] == []
    assert [post for post in here.posted if post not in there.posted] == []


def files_of(world: World) -> dict[Path, bytes]:
    """What lies in the world's folder but the warehouse, whose rows are compared instead."""
    files = {path: path.read_bytes() for path in sorted(world.folder.rglob("*")) if path.is_file()}
    return {path.relative_to(world.folder): text for path, text in files.items() if path.name != "warehouse.db"}


def test_the_table_of_comparisons(converted_samples: Converted) -> None:
    """Most samples are compared whole; what is left to a person is left under one of the codes that mean that."""
    table = {sample.dag_id: comparison(converted_samples, sample.dag_id) for sample in EXECUTED}
    codes = {code for how in table.values() for code in how.manual.values()}
    print(json.dumps({dag_id: str(how) for dag_id, how in table.items()}, indent=1))
    assert codes <= {"A2D202", "A2D205", "A2D304", "A2D401", "A2D402", "A2D403", "A2D408"}
    assert sum(how.whole for how in table.values()) > len(table) / 2
