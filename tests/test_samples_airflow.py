"""Every sample DAG does on real Airflow what samples.py says: the reference for the other engine."""

from __future__ import annotations

from typing import Any

import pytest
from support.sample_world import SAMPLE_DAGS
from support.samples import SAMPLES, Run, Sample
from support.samples_on_airflow import Outcome

EXECUTED = [sample for sample in SAMPLES if sample.executed]


@pytest.fixture
def outcome(sample: Sample, request: pytest.FixtureRequest) -> Outcome:
    return request.getfixturevalue(f"airflow_{sample.airflow}")


@pytest.mark.parametrize("sample", EXECUTED, ids=lambda sample: sample.dag_id)
def test_runs_as_expected(sample: Sample, outcome: Outcome) -> None:
    for run in sample.runs:
        check_run(outcome.record(sample, run), run)
        run_id = outcome.record(sample, run)["run_id"]
        triggered = [r["dag_id"] for r in outcome.runs if r["triggered_by"] == [sample.dag_id, run_id]]
        assert triggered == list(run.triggers)


@pytest.mark.parametrize("sample", EXECUTED, ids=lambda sample: sample.dag_id)
def test_leaves_what_is_expected(sample: Sample, outcome: Outcome) -> None:
    for query, rows in sample.rows.items():
        assert outcome.world.rows(query) == [pytest.approx(row) for row in rows], query
    for file, text in sample.exports.items():
        assert outcome.world.export(file) == text, file
    for post in sample.posts:
        assert post in outcome.world.posted
    for subject in sample.mails:
        assert any(f"Subject: {subject}" in mail for mail in outcome.world.mails), subject


def test_the_table_names_every_sample_file() -> None:
    ignored = {line.strip("/") for line in (SAMPLE_DAGS / ".airflowignore").read_text().split()}
    files = {path.relative_to(SAMPLE_DAGS) for path in SAMPLE_DAGS.rglob("*.py")}
    assert {file.as_posix() for file in files if file.parts[0] not in ignored} == {s.file for s in SAMPLES}
    assert len({sample.dag_id for sample in SAMPLES}) == len(SAMPLES)
    assert all(sample.runs if sample.executed else sample.reason for sample in SAMPLES)


def check_run(record: dict[str, Any], run: Run) -> None:
    assert "error" not in record, record["error"]
    errors = {name(task): task["errors"] for task in record["tasks"] if task["errors"]}
    assert record["state"] == run.state, errors
    states = {name(task): task["state"] for task in record["tasks"]}
    assert {task: state for task, state in states.items() if state != "success"} == run.tasks, errors
    tries = {name(task): task["tries"] for task in record["tasks"] if task["state"] in ("success", "failed")}
    assert {task: count for task, count in tries.items() if count != 1} == run.tries, errors
    xcoms = {name(x) + ("" if x["key"] == "return_value" else f":{x['key']}"): x["value"] for x in record["xcoms"]}
    assert {key: xcoms.get(key) for key in run.xcoms} == run.xcoms


def name(row: dict[str, Any]) -> str:
    return row["task_id"] if row["map_index"] < 0 else f"{row['task_id']}[{row['map_index']}]"
