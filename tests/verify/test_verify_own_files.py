"""Files that tasks read by paths made from `__file__`: each engine has its own copy; what comes of it is equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.cases import CASES
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import outcomes

DAGS = CASES / "own_files"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(DAGS, Path(tmp_path_factory.mktemp("own_files")) / "defs").folder


def test_the_copies_are_read(project: Path, verified: Callable[..., Verification]) -> None:
    found = verified(DAGS, project, kinds=("load", "templates", "run"), world=None, allow=("own_files.count",))
    assert outcomes(found, "own_files") == {"load": "passed", "templates": "passed", "run": "passed"}


def test_a_file_that_is_not_there_fails(project: Path, verified: Callable[..., Verification]) -> None:
    limits = project / "airflow_dags" / "dag_files" / "conf" / "limits.json"
    limits.unlink()
    found = verified(DAGS, project, kinds=("run",), world=None)
    (run,) = found.evidence
    assert run.outcome == "failed"
    assert "limits is success in Airflow, failed in Dagster" in run.detail
