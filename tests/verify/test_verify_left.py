"""run: where Airflow ends a run and leaves an instance scheduled, what it would have made of that is compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification
from migrator.verify.plans import Chance

from .conftest import HERE, detail, wrong_copy

DAGS = HERE / "left_dags"
SAID = "Airflow itself may end the run before it has come to all instances of repaired_at_once.repair"
Verify = Callable[..., Verification]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(DAGS, Path(tmp_path_factory.mktemp("left")) / "defs").folder


def test_the_instance_is_run_and_named(verified: Verify, project: Path) -> None:
    found = verified(DAGS, project, kinds=("run",))
    assert not found.failed, found.evidence
    assert SAID in detail(found, "left_0", "run")
    assert "may end" not in detail(found, "left_1", "run")


def test_forced_outcomes(verified: Verify, project: Path) -> None:
    found = verified(DAGS, project, kinds=("run",), outcomes=Chance(12))
    assert not found.failed, found.evidence
    assert SAID in detail(found, "left_0", "run")


def test_what_it_does_is_compared(verified: Verify, project: Path, tmp_path: Path) -> None:
    file = "airflow_dags/defs/left_0/assets.py"
    defs = wrong_copy(project, tmp_path / "defs", (file, 'return f"repaired {item}"', "raise ValueError(item)"))
    found = verified(DAGS, defs, kinds=("run",), dag_ids=("left_0",))
    difference = "task repaired_at_once.repair is [skipped, success] in Airflow, [skipped, failed] in Dagster"
    assert difference in detail(found, "left_0", "run")
