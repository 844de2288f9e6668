"""The report beside the project: written with it, rewritten whole, in nobody's way; and served."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from migrator import cli
from migrator.report.serve import server

DAG = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
with DAG("nightly", schedule="@daily"):
    BashOperator(task_id="one", bash_command="echo 1")
"""


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    folder = tmp_path / "dags"
    folder.mkdir()
    (folder / "nightly.py").write_text(DAG)
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "defs"


def run(*arguments: object) -> int:
    return cli.main([str(argument) for argument in arguments])


def report_of(out: Path) -> dict[str, str]:
    return {p.relative_to(out / "report").as_posix(): p.read_text() for p in (out / "report").rglob("*") if p.is_file()}


def test_it_is_written_with_the_project(dags: Path, out: Path) -> None:
    assert run(dags, "--out", out) == 0
    assert {"index.html", "dags/nightly.html", "report.css", "report.js"} <= report_of(out).keys()
    # Neither in the record nor among the copies to merge with: pages are not edited, only shown.
    assert not [path for path in json.loads((out / "migration.json").read_text())["files"] if path.startswith("report")]
    assert not (out / ".migrate" / "written" / "report").exists()


def test_it_can_be_left_out(dags: Path, out: Path) -> None:
    assert run(dags, "--out", out) == 0
    assert run(dags, "--out", out, "--no-report") == 0
    assert not (out / "report").exists()


def test_it_is_written_whole_each_time(dags: Path, out: Path) -> None:
    run(dags, "--out", out)
    before = report_of(out)
    (out / "report" / "index.html").write_text("scribbled over")
    (out / "report" / "dags" / "gone.html").write_text("of a DAG that is no more")
    (out / "report" / "notes.txt").write_text("mine")
    assert run(dags, "--out", out) == 0
    assert report_of(out) == {**before, "notes.txt": "mine"}


def test_it_is_no_part_of_a_check(dags: Path, out: Path) -> None:
    run(dags, "--out", out)
    (out / "report" / "index.html").unlink()
    assert run(dags, "--out", out, "--check") == 0
    assert not (out / "report" / "index.html").exists()


def test_evidence_does_not_occupy_the_folder(dags: Path, out: Path) -> None:
    run(dags, "--out", out)
    (out / "verification.json").write_text("{}")
    assert run(dags, "--out", out) == 0
    assert (out / "verification.json").read_text() == "{}"


def test_a_folder_with_a_report_of_somebody_elses_is_refused(dags: Path, out: Path) -> None:
    (out / "report").mkdir(parents=True)
    (out / "report" / "index.html").write_text("theirs")
    assert run(dags, "--out", out) == 1
    assert report_of(out) == {"index.html": "theirs"}


def test_without_source_the_pages_have_no_code(dags: Path, out: Path) -> None:
    run(dags, "--out", out, "--no-source")
    assert "echo 1" not in "".join(report_of(out).values())


@pytest.fixture
def served(dags: Path, out: Path) -> Iterator[str]:
    run(dags, "--out", out)
    with server(out) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_it_is_served(served: str, out: Path) -> None:
    with urllib.request.urlopen(f"{served}/") as answer:
        assert answer.read().decode() == (out / "report" / "index.html").read_text()
    with urllib.request.urlopen(f"{served}/dags/nightly.html") as answer:
        assert answer.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize("path", ["/../migration.json", "/%2e%2e/migration.json", "/dags/"])
def test_nothing_else_is_served(served: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{served}{path}")


def test_only_this_machine_is_answered(served: str) -> None:
    request = urllib.request.Request(f"{served}/", headers={"Host": "evil.example:80"})
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(request)


def test_a_folder_without_a_report_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report", tmp_path) == 2
    assert "holds no report" in capsys.readouterr().err
