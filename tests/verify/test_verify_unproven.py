"""What cannot be compared says so, with the reason: neither passed nor failed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import detail, outcomes

DAGS = Path(__file__).parent / "unproven_dags"
Verify = Callable[..., Verification]


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(tmp_path_factory.mktemp("counted")) / "counted"


@pytest.fixture(scope="module")
def unproven(verified: Verify, counted: Path, tmp_path_factory: pytest.TempPathFactory) -> Verification:
    defs = convert(DAGS, Path(tmp_path_factory.mktemp("unproven")) / "defs").folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTED", str(counted))
        return verified(DAGS, defs, kinds=("graph", "templates", "run"), world=None)


def test_a_choice_that_airflow_does_not_reproduce(unproven: Verification) -> None:
    assert outcomes(unproven, "never_the_same")["run"] == "not run"
    assert detail(unproven, "never_the_same", "run") == "Airflow itself does not reproduce what way does"


def test_a_task_that_fails_as_was_said_before_is_not_run(unproven: Verification, counted: Path) -> None:
    assert outcomes(unproven, "announced") == {"graph": "passed", "templates": "not run", "run": "not run"}
    said = "it was said before that it fails when it is run: update (A2D509)"
    assert detail(unproven, "announced", "run") == said
    assert not counted.with_name("ran").exists()  # nothing of the DAG was


def test_a_task_that_works_with_what_was_not_executed(unproven: Verification) -> None:
    assert outcomes(unproven, "unanswered")["run"] == "not run"
    said = "post, which is not executed, fails in Airflow before it would be"
    assert detail(unproven, "unanswered", "run").startswith(said)
