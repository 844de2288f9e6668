"""graph: retries, their delays, time limits and callbacks, which a run without a failure does not show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import HERE, detail, wrong_copy

DAGS = HERE / "tried_dags"
Verify = Callable[..., Verification]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(DAGS, Path(tmp_path_factory.mktemp("tried")) / "defs").folder


def test_what_is_right_passes(verified: Verify, project: Path) -> None:
    found = verified(DAGS, project, kinds=("graph",))
    assert {one.detail for one in found.evidence} == {"3 tasks, 2 edges", "2 tasks, 1 edges, all_done"}
    assert not found.failed


def test_each_difference_is_told(verified: Verify, project: Path, tmp_path: Path) -> None:
    folder = "airflow_dags/defs/tried_"
    wrong = wrong_copy(
        project,
        tmp_path / "defs",
        (f"{folder}fewer/assets.py", "max_retries=2", "max_retries=1"),
        (f"{folder}sooner/assets.py", "delay=30", "delay=3"),
        (f"{folder}unlimited/assets.py", "execution_timeout=120", "execution_timeout=None"),
        (f"{folder}silent/assets.py", "on_failure_callback=tell", "on_success_callback=tell"),
        (f"{folder}graph/assets.py", "on_retry_callback=tell", "retry_exponential_backoff=False"),
    )
    found = verified(DAGS, wrong, kinds=("graph",))
    said = {
        dag_id.removeprefix("tried_"): detail(found, dag_id, "graph") for dag_id in (o.dag_id for o in found.evidence)
    }
    assert said == {
        "fewer": "task limited has 2 retries in Airflow, 1 in Dagster",
        "sooner": "task limited has 30 seconds between tries in Airflow, 3 in Dagster",
        "unlimited": "task limited has 120 seconds as its time limit in Airflow, no in Dagster",
        "silent": "task telling has an on_failure_callback in Airflow, and none in Dagster",
        "graph": "task last has an on_retry_callback in Airflow, and none in Dagster",
    }
