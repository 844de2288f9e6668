"""Evidence in the report: put into pages that are there, kept while it holds, called out of date when it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migrator import cli, migrate
from migrator.report import report_files
from migrator.report.evidence import parsed
from migrator.report.splice import add_evidence, spliced

from .html_pages import Page

DAGS = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
for name in ("one", "two"):
    with DAG(name, schedule="@daily"):
        BashOperator(task_id="say", bash_command=f"echo {name}")
"""
DIFFERENCE = "task say: <b>success</b> in Airflow,\nfailed in Dagster; password='hunter2-prod'"
VERIFICATION = {
    "schema": 1,
    "airflow": "3.3.2",
    "dagster": "1.13.27",
    "evidence": [
        {"dag_id": "one", "kind": "load", "outcome": "passed", "detail": "both load"},
        {"dag_id": "one", "kind": "run", "outcome": "passed", "detail": "2 runs"},
        {"dag_id": "two", "kind": "load", "outcome": "passed", "detail": ""},
        {"dag_id": "two", "kind": "run", "outcome": "failed", "detail": DIFFERENCE},
        {"dag_id": "two", "kind": "a new kind", "outcome": "not run", "detail": {"because": ["no reason"]}},
        {"dag_id": 5},
        "nonsense",
    ],
}


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "dags.py").write_text(DAGS)
    return folder


@pytest.fixture
def defs(dags: Path, tmp_path: Path) -> Path:
    """A project that was verified."""
    out = tmp_path / "defs"
    convert(dags, out)
    (out / "verification.json").write_text(json.dumps(VERIFICATION))
    assert add_evidence(out, modules(out)) == 3
    return out


def convert(dags: Path, out: Path) -> None:
    assert cli.main([str(dags), "--out", str(out), "--quiet"]) == 0


def modules(out: Path) -> dict[str, str | None]:
    return {dag["dag_id"]: dag["module"] for dag in json.loads((out / "migration.json").read_text())["dags"]}


def page(out: Path, name: str) -> Page:
    return Page((out / "report" / name).read_text())


def outcomes(out: Path) -> list[str]:
    return [cell.attributes["data-evidence"] for cell in page(out, "index.html").all("td", "evidence")]


def test_before_verify_there_is_none(dags: Path, tmp_path: Path) -> None:
    convert(dags, tmp_path / "defs")
    assert outcomes(tmp_path / "defs") == ["none", "none"]


def test_verify_puts_it_into_the_pages(defs: Path) -> None:
    assert outcomes(defs) == ["passed", "failed"]
    assert "1 of 2" in page(defs, "index.html").all("div", "cards")[0].text.replace("\n", " ")
    two = page(defs, "dags/two.html")
    assert two.faults == []
    shown = two.all("table", "evidence")[0].text
    # The first difference in full, as text, and without what looks like a secret.
    assert "<b>success</b> in Airflow,\nfailed in Dagster" in shown
    assert "hunter2-prod" not in shown
    assert "a new kind" in shown
    assert "Airflow 3.3.2 beside Dagster 1.13.27" in two.all("section", "block")[0].text
    assert "Same outcome of every task: no." in two.all("p", "banner")[0].text


def test_pages_filled_later_are_those_written_with_it(dags: Path) -> None:
    migration = migrate(dags)
    evidence = parsed(json.dumps(VERIFICATION))
    without, with_it = report_files(migration), report_files(migration, evidence=evidence)
    assert without != with_it
    assert {path: spliced(text, evidence) for path, text in without.items()} == with_it
    assert {path: spliced(text, {}) for path, text in with_it.items()} == without


def test_the_next_conversion_keeps_it(dags: Path, defs: Path) -> None:
    before = {path: path.read_text() for path in (defs / "report").rglob("*.html")}
    convert(dags, defs)
    assert {path: path.read_text() for path in (defs / "report").rglob("*.html")} == before


def test_what_was_verified_and_changed_is_out_of_date(dags: Path, defs: Path) -> None:
    (dags / "dags.py").write_text(DAGS.replace("echo {name}", "echo {name} again"))
    for _ in range(2):  # nor is it taken for fresh by the conversion after that
        convert(dags, defs)
        assert outcomes(defs) == ["out of date", "out of date"]
    assert "has changed since" in page(defs, "dags/one.html").all("section", "block")[0].text


def test_so_is_code_that_a_person_has_edited(dags: Path, defs: Path) -> None:
    module = defs / str(modules(defs)["two"])
    module.write_text(module.read_text() + "\n# edited\n")
    convert(dags, defs)
    assert outcomes(defs) == ["passed", "out of date"]


def test_a_changed_helper_concerns_every_dag(dags: Path, defs: Path) -> None:
    helper = defs / "airflow_dags" / "airflow_compat" / "bash.py"
    helper.write_text(helper.read_text() + "\n# edited\n")
    convert(dags, defs)
    assert outcomes(defs) == ["out of date", "out of date"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"evidence": 3}'])
def test_what_is_no_evidence_is_passed_over(dags: Path, defs: Path, text: str) -> None:
    (defs / "verification.json").write_text(text)
    convert(dags, defs)
    assert outcomes(defs) == ["none", "none"]


def test_without_a_report_there_is_nothing_to_do(dags: Path, tmp_path: Path) -> None:
    out = tmp_path / "defs"
    assert cli.main([str(dags), "--out", str(out), "--no-report", "--quiet"]) == 0
    (out / "verification.json").write_text(json.dumps(VERIFICATION))
    assert add_evidence(out, modules(out)) == 0


def test_code_that_was_edited_is_called_so(dags: Path, defs: Path) -> None:
    """What was verified is what is on disk; the listing is what was generated."""
    path = modules(defs)["one"]
    assert path is not None
    assert page(defs, "dags/one.html").all("p", "banner") == []
    file = defs / path
    file.write_text(file.read_text().replace("echo one", "echo uno"))
    add_evidence(defs, modules(defs))
    for _ in range(2):  # a conversion afterwards says so, too
        (banner,) = page(defs, "dags/one.html").all("p", "banner")
        assert banner.text.startswith(f"Edited since it was generated: {path}. ")
        assert not [b for b in page(defs, "dags/two.html").all("p", "banner") if "Edited" in b.text]
        convert(dags, defs)
