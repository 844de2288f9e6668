"""What cannot be compared says so, with the reason: neither passed nor failed."""

from __future__ import annotations

import sys
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


def other_python(folder: Path) -> str:
    """An interpreter that has a package which the one of these tests has not."""
    folder.mkdir()
    (folder / "package_of_the_other_python.py").touch()
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return str(python)


@pytest.fixture(scope="module")
def unproven(verified: Verify, counted: Path, tmp_path_factory: pytest.TempPathFactory) -> Verification:
    defs = convert(DAGS, Path(tmp_path_factory.mktemp("unproven")) / "defs").folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COUNTED", str(counted))
        patch.setenv("OTHER_PYTHON", other_python(counted.with_name("other")))
        return verified(DAGS, defs, kinds=("graph", "templates", "run"), world=None, allow=("packed.packed",))


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


def test_a_task_with_packages_of_its_own(unproven: Verification) -> None:
    reason = "has an environment of its own in Airflow; Dagster's has no module package_of_the_other_python"
    assert outcomes(unproven, "packed")["run"] == "not run", detail(unproven, "packed", "run")
    assert detail(unproven, "packed", "run") == f"packed (_PythonExternalDecoratedOperator) {reason}"


def test_a_task_that_is_not_executed(unproven: Verification) -> None:
    """What a bridged operator would have worked with is not known, and no difference."""
    assert outcomes(unproven, "asked") == {"graph": "passed", "templates": "passed", "run": "passed"}
    assert "asking" in detail(unproven, "asked", "templates")


def test_a_name_that_is_missing_fails_though_nothing_is_executed(
    verified: Verify, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COUNTED", "OTHER_PYTHON"):
        monkeypatch.setenv(name, str(tmp_path / name))
    defs = convert(DAGS, tmp_path / "defs").folder
    (module,) = defs.rglob("asked/assets.py")
    text = module.read_text()
    assert '{ds}"' in text
    module.write_text(text.replace('{ds}"', '{day}"'))
    found = verified(DAGS, defs, kinds=("run",), world=None, dag_ids=("asked",))
    assert outcomes(found, "asked")["run"] == "failed"
