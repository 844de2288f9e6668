"""DAGs of tests/cases on both engines: what they read beside their files, and of the objects in the context."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.cases import CASES
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import outcomes

Verify = Callable[..., Verification]
ALL = {"load": "passed", "templates": "passed", "run": "passed"}


def project(topic: str, folder: Path) -> tuple[Path, Path]:
    return CASES / topic, convert(CASES / topic, folder / "defs").folder


def test_the_copies_are_read(tmp_path: Path, verified: Verify) -> None:
    allow = ("own_files.count", "own_files.hive")
    found = verified(*project("own_files", tmp_path), kinds=tuple(ALL), world=None, allow=allow)
    assert outcomes(found, "own_files") == ALL


def test_a_file_that_is_not_there_fails(tmp_path: Path, verified: Verify) -> None:
    dags, defs = project("own_files", tmp_path)
    (defs / "airflow_dags" / "dag_files" / "conf" / "limits.json").unlink()
    (run,) = verified(dags, defs, kinds=("run",), world=None).evidence
    assert run.outcome == "failed"
    assert "limits is success in Airflow, failed in Dagster" in run.detail


@pytest.mark.parametrize("line", ["3", "2"])
def test_objects_of_the_context(line: str, tmp_path: Path, verified: Verify, python_of: Callable[[str], str]) -> None:
    text = (CASES / "context_objects" / "dag.py").read_text()
    lost = ("only_airflow()", "only_airflows_templates")  # announced to fail, so nothing would be run
    text = "\n".join(row for row in text.split("\n") if not row.strip().startswith(lost) and lost[1] not in row)
    if line == "2":
        text = text.replace("airflow.providers.standard.", "airflow.").replace(
            "airflow.sdk import DAG, get_current_context, task",
            "airflow.decorators import task\nfrom airflow.operators.python import get_current_context",
        )
        text = text.replace("with DAG(", "from airflow import DAG\n\nwith DAG(")
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "dag.py").write_text(text)
    defs = convert(dags, tmp_path / "defs").folder
    found = verified(dags, defs, kinds=tuple(ALL), world=None, airflow_python=python_of(line))
    assert [one.detail for one in found.evidence if one.outcome == "failed"] == []
    assert outcomes(found, "context_objects") == ALL
