"""templates: what a sensor of another DAG waits for, though it is not executed: dates, tasks and states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import detail, wrong_copy

Verify = Callable[..., Verification]
ASSETS = "airflow_dags/defs/waiting/assets.py"
DAG = """
from datetime import datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import DAG


def two_dates(logical_date):
    return [logical_date - timedelta(days=day) for day in (1, 2)]


with DAG("first", schedule="0 3 * * *", start_date=datetime(2024, 3, 1)):
    EmptyOperator(task_id="one") >> EmptyOperator(task_id="two")

with DAG("waiting", schedule="0 5 * * *", start_date=datetime(2024, 3, 1)):
    ExternalTaskSensor(task_id="run", external_dag_id="first", execution_delta=timedelta(hours=2), timeout=60)
    ExternalTaskSensor(
        task_id="tasks", external_dag_id="first", external_task_ids=["one", "two"], failed_states=["failed"],
        execution_date_fn=two_dates, timeout=60, mode="reschedule",
    )
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("waiting"))
    (folder / "dags").mkdir()
    (folder / "dags" / "waiting.py").write_text(DAG)
    return convert(folder / "dags", folder / "defs").folder


def verdict(verified: Verify, dags: Path, defs: Path) -> str:
    found = verified(dags, defs, kinds=("templates",), dag_ids=("waiting",), world=None)
    (outcome,) = {one.outcome for one in found.evidence}
    return f"{outcome}: {detail(found, 'waiting', 'templates')}"


def test_what_is_right_passes(project: Path, verified: Verify) -> None:
    assert verdict(verified, project.parent / "dags", project) == "passed: 4 rendered fields"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "timedelta(hours=2)",
            "timedelta(hours=3)",
            'dates ["2024-03-01T03:00:00+00:00"] in Airflow, ["2024-03-01T02:',
        ),
        ("for day in (1, 2)", "for day in (1, 3)", "tasks of 2024-03-01T05:00:00+00:00 waits for the dates"),
        (
            '["first", "two"]],\n            failed',
            '["first", "one"]],\n            failed',
            'tasks ["one", "two"] in Airflow',
        ),
        ('failed_states=["failed"]', 'failed_states=["skipped"]', 'states [["success"], ["failed"], []] in Airflow'),
    ],
)
def test_what_is_wrong_fails(old: str, new: str, said: str, project: Path, verified: Verify, tmp_path: Path) -> None:
    copy = wrong_copy(project, tmp_path / "defs", (ASSETS, old, new))
    answer = verdict(verified, project.parent / "dags", copy)
    assert answer.startswith("failed: ")
    assert said in answer
