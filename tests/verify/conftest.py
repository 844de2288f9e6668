"""What the tests of `migrate verify` share: DAG files, a world for them, generated projects and wrong copies."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification
from migrator.verify.session import Settings, verify

HERE = Path(__file__).parent
DAGS, BAD_DAGS, WORLD = HERE / "dags", HERE / "bad_dags", HERE / "world"


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of `dags/`."""
    return convert(DAGS, Path(tmp_path_factory.mktemp("verify")) / "defs").folder


@pytest.fixture(scope="session")
def verified(pytestconfig: pytest.Config, python_of: Callable[[str], str]) -> Callable[..., Verification]:
    """Verify with the Airflow 3 beside pytest, in the world of these tests."""
    cache = pytestconfig.cache.mkdir("airflow")

    def run(dags: Path, defs: Path, **options: object) -> Verification:
        asked = {"airflow_python": python_of("3"), "dagster_python": sys.executable, "cache": cache, "world": WORLD}
        return verify(Settings(dags=dags, defs=defs, **{**asked, **options}))  # type: ignore[arg-type]

    return run


def wrong_copy(defs: Path, to: Path, *changes: tuple[str, str, str]) -> Path:
    """A copy of a project in which texts of files are replaced, each of which must be there."""
    shutil.copytree(defs, to, ignore=shutil.ignore_patterns("__pycache__"))
    for file, old, new in changes:
        path = to / file
        text = path.read_text()
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new))
    return to


def outcomes(verification: Verification, dag_id: str) -> dict[str, str]:
    return {one.kind: one.outcome for one in verification.evidence if one.dag_id == dag_id}


def detail(verification: Verification, dag_id: str, kind: str) -> str:
    (found,) = [one.detail for one in verification.evidence if (one.dag_id, one.kind) == (dag_id, kind)]
    return found
