"""The checklist of what is left for a person, as Markdown and CSV."""

from __future__ import annotations

import csv
import io

import pytest

from migrator import migrate
from migrator.report import handwork, report_files
from migrator.report.model import FindingView, Place

DAG = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
with DAG("nightly", schedule=None):
    BashOperator(task_id="one", bash_command="echo 1", pool="narrow", pool_slots=3)
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("dags")
    (folder / "nightly.py").write_text(DAG)
    return report_files(migrate(folder))


def test_markdown(files: dict[str, str]) -> None:
    lines = files["report/hand-work.md"].splitlines()
    assert lines[:4] == ["# To be done by hand", "", "## nightly", ""]
    assert lines[4].startswith("- [ ] **one**: `pool_slots`: ")
    assert "(warning A2D303 argument-unsupported, `nightly.py:5`)" in lines[4]


def test_csv(files: dict[str, str]) -> None:
    (row,) = csv.DictReader(io.StringIO(files["report/hand-work.csv"]))
    assert (row["dag_id"], row["task_id"], row["code"], row["file"], row["line"]) == (
        "nightly", "one", "A2D303", "nightly.py", "5",
    )  # fmt: skip


def test_nothing_in_it_is_markup_or_a_formula() -> None:
    nasty = FindingView(
        "f",
        "A2D303",
        "n",
        "warning",
        "=1+1 `code` [x](javascript:alert(1)) <img> | *b*\n# h",
        "-help",
        Place("a`b.py", 1, 1),
        "@d",
    )
    parts = (handwork.Chapter("@d", "", (nasty,)),)
    text = handwork.markdown(parts)
    assert r"\[x\](javascript:alert(1)) \<img\> \| \*b\* \# h" in text
    assert "`code`" in text
    assert "`a'b.py:1`" in text
    rows = list(csv.reader(io.StringIO(handwork.table(parts))))
    assert rows[1][0] == "'@d"
    assert rows[1][7].startswith("'=1+1")
    assert rows[1][8] == "'-help"


def test_nothing_to_do_is_said() -> None:
    assert "Nothing: there are neither errors nor warnings." in handwork.markdown(())
