"""ticks: whatever starts runs, on the DAGs of tests/cases/schedules, right and wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification

from .conftest import detail, outcomes, wrong_copy

DAGS = Path(__file__).parents[1] / "cases" / "schedules"
Verify = Callable[..., Verification]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(DAGS, Path(tmp_path_factory.mktemp("schedules")) / "defs").folder


def test_what_is_right_passes(verified: Verify, project: Path) -> None:
    found = verified(DAGS, project, kinds=("ticks",))
    assert [one for one in found.evidence if one.outcome == "failed"] == []
    assert detail(found, "always", "ticks") == "6 runs, one when the other has ended, by always_sensor"
    assert detail(found, "catching_up", "ticks") == "200 ticks, by catching_up_sensor"
    assert detail(found, "once", "ticks") == "1 ticks, by once_sensor"
    assert detail(found, "several_crons", "ticks") == "200 ticks"
    assert detail(found, "on_updates_and_time", "ticks") == (
        "200 ticks, 2 changes of the clocks, 61 updates of 1 assets, by on_updates_and_time_asset_sensor"
    )
    assert detail(found, "in_order", "ticks").startswith("200 ticks, by in_order_sensor; as A2D112 says: A run waits")
    left = {one.dag_id: one.detail for one in found.evidence if one.outcome == "not run"}
    assert left.keys() == {"matches", "on_an_alias"}
    assert left["matches"].startswith("Airflow's timetable fails: TypeError: can't compare")
    assert left["on_an_alias"].startswith("A2D103: The asset alias 'more'")


DAMAGES = [
    ("always", 'start=datetime.fromisoformat("2024-01-01T00', 'start=datetime.fromisoformat("2024-01-01T01'),
    ("catching_up", "import request_due", "import Intervals, request_latest"),
    (
        "catching_up",
        "return request_due(context, intervals,",
        "return request_latest(context, Intervals(intervals)) if",
    ),
    ("catching_up", '("MIGRATION_CUTOVER").get_value())', '("MIGRATION_CUTOVER") else None'),
    ("catching_up", " if cutover=", " if "),
    ("every_90_minutes", "timedelta(minutes=90)", "timedelta(minutes=60)"),
    ("in_order", ", after_success_of=job.name", ""),
    ("on_some_updates", "AllOf([", "AnyOf(["),
    ("on_updates_and_time", 'execution_timezone="Europe/Berlin"', 'execution_timezone="UTC"'),
    ("once", 'Dates([datetime.fromisoformat("2024-01-01', 'Dates([datetime.fromisoformat("2024-01-02'),
    ("several_crons", "30 18 * * 1-5", "30 18 * * 1-4"),
    ("stock", 'name="stock_schedule"', 'name="another_schedule"'),
    ("stock_value", 'dg.AssetKey(["stock", "stock"])', 'dg.AssetKey(["stock_value", "stock_value"])'),
]
FOUND = {
    "always": "run 1 is at 2024-01-01T00:07:01+00:00 in Airflow, None in Dagster",
    "catching_up": "Airflow makes up for runs that were missed (catchup), Dagster does not make up",
    "every_90_minutes": "run 2 is at 2024-01-01T01:30:00+00:00 in Airflow, at 2024-01-01T01:00:00+00:00 in Dagster",
    "in_order": "Airflow's tasks depend on their past, and a run in Dagster does not wait for the one before",
    "on_some_updates": "after the updates catching_up/load Airflow makes 0 runs, Dagster 1",
    "on_updates_and_time": "run 1 is at 2024-01-01T06:00:00+00:00 in Airflow, at 2024-01-01T07:00:00+00:00 in Dagster",
    "once": "run 1 is at 2024-01-01T00:00:00+00:00 in Airflow, at 2025-02-04T00:00:00+00:00 in Dagster",
    "several_crons": "run 10 is at 2024-01-05T18:30:00+00:00 in Airflow, at 2024-01-06T06:00:00+00:00 in Dagster",
    "stock": "CronTriggerTimetable in Airflow, nothing starts runs in Dagster",
    "stock_value": "after the updates stock/stock Airflow makes 1 runs, Dagster 0",
}


def test_what_is_wrong_fails(verified: Verify, project: Path, tmp_path: Path) -> None:
    changes = [(f"airflow_dags/defs/{dag_id}/assets.py", old, new) for dag_id, old, new in DAMAGES]
    found = verified(DAGS, wrong_copy(project, tmp_path / "defs", *changes), kinds=("load", "ticks"), ticks=50)
    for dag_id, expected in FOUND.items():
        assert outcomes(found, dag_id) == {"load": "passed", "ticks": "failed"}
        assert expected in detail(found, dag_id, "ticks")
    assert found.failed


def test_schedules_of_datasets_in_airflow_2(verified: Verify, python_of: Callable[[str], str], tmp_path: Path) -> None:
    """One that looks into the database while it is loaded needs one, though nothing is run."""
    dags = Path(__file__).parent / "dags_2"
    defs = convert(dags, tmp_path / "defs").folder
    found = verified(dags, defs, airflow_python=python_of("2"), kinds=("graph", "ticks"), ticks=20)
    assert detail(found, "either", "ticks").startswith("20 ticks, 61 updates of 1 assets"), found.evidence
    assert outcomes(found, "either") == {"graph": "passed", "ticks": "passed"}
    assert outcomes(found, "by_alias") == {"graph": "passed", "ticks": "not run"}
    assert detail(found, "by_alias", "ticks").startswith("A2D103")


def test_a_run_at_another_moment_is_named_by_its_date(
    verified: Verify, python_of: Callable[[str], str], tmp_path: Path
) -> None:
    """In Airflow 2 it is of the beginning of its interval, and asked for at the end."""
    dags = Path(__file__).parent / "dags_2"
    defs = convert(dags, tmp_path / "defs").folder
    wrong = wrong_copy(defs, tmp_path / "wrong", ("airflow_dags/defs/nightly/assets.py", '"0 2 * * *"', '"0 3 * * *"'))
    found = verified(dags, wrong, airflow_python=python_of("2"), kinds=("ticks",), ticks=5, dag_ids=("nightly",))
    at = "is at 2024-01-02T02:00:00+00:00 in Airflow, at 2024-01-02T03:00:00+00:00 in Dagster"
    assert detail(found, "nightly", "ticks") == f"run 1 of 2024-01-01T02:00:00+00:00 {at}"


def test_another_line_of_airflow_is_told(verified: Verify, tmp_path: Path) -> None:
    """Crons have no data intervals in Airflow 3."""
    dags = tmp_path / "dags"
    dags.mkdir()
    (dags / "nightly.py").write_text("""\
from datetime import datetime
from airflow.models import DAG
from airflow.operators.bash import BashOperator
with DAG("nightly", schedule="0 2 * * *", start_date=datetime(2024, 1, 1)):
    BashOperator(task_id="show", bash_command="echo {{ data_interval_end }}")
""")
    defs = convert(dags, tmp_path / "defs").folder
    found = verified(dags, defs, kinds=("graph", "ticks"), ticks=5)
    assert outcomes(found, "nightly") == {"graph": "passed", "ticks": "failed"}
    assert "converted as a DAG of Airflow 2, compared with 3." in detail(found, "nightly", "ticks")
