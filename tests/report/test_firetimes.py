"""The table of fire times beside the real Airflow, on both of its lines; and its two sides beside each other."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.tick_cases import CASES, dag_file

from migrator import Migration, migrate
from migrator.report.firetimes import COUNT, FireTimes, Tick, fire_times
from migrator.verify.workers import Probe

LINES = ("2", "3")
DIFFERENT = {case.name + catchup for case in CASES if case.differs for catchup in ("", "_catchup")}


@pytest.fixture(scope="module", params=LINES)
def line(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def migration(line: str, tmp_path_factory: pytest.TempPathFactory) -> Migration:
    folder = tmp_path_factory.mktemp(f"fire{line}")
    (folder / "dags.py").write_text(dag_file(line))
    return migrate(folder, airflow_version=line, jobs=1)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def tables(migration: Migration) -> dict[str, FireTimes]:
    return {dag.dag_id: fire_times(dag, migration.rendered.dags[dag.dag_id]) for dag in migration.airflow.dags}


def test_airflow_fires_then(
    line: str, tables: dict[str, FireTimes], tmp_path: Path, python_of: Callable[[str], str]
) -> None:
    (tmp_path / "dags.py").write_text(dag_file(line))
    settings = {"folder": str(tmp_path), "paths": [], "home": str(tmp_path / "home"), "cache": str(tmp_path / "cache")}
    probe = Probe("airflow", python_of(line), settings, dict(os.environ), tmp_path)
    try:
        answer = probe.ask("look", 120, file="dags.py", ticks=COUNT)
    finally:
        probe.close()
    assert answer["failed"] is None
    expected = {
        dag_id: [(after, start, end) for after, _, start, end in d["ticks"]] for dag_id, d in answer["dags"].items()
    }
    found = {dag_id: [told(row.airflow) for row in table.rows if row.airflow] for dag_id, table in tables.items()}
    compared = {dag_id for dag_id in expected if found[dag_id] and dag_id not in DIFFERENT}
    assert len(compared) > 60
    assert {i: found[i] for i in compared} == {i: expected[i] for i in compared}
    # What has no rows has none in Airflow either, or none that could be known beforehand.
    assert {i for i in expected if expected[i] and not found[i]} <= {"continuous"}


def told(tick: Tick | None) -> tuple[str, str | None, str | None]:
    assert tick is not None
    return tick.fires.isoformat(), iso(tick.start), iso(tick.end)


def iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def test_both_sides_agree(tables: dict[str, FireTimes]) -> None:
    different = {dag_id for dag_id, table in tables.items() if table.differ}
    assert different <= DIFFERENT
    assert sum(len(table.rows) == COUNT for table in tables.values()) > 60


def test_a_schedule_that_is_another_shows(migration: Migration) -> None:
    dag = next(dag for dag in migration.airflow.dags if dag.dag_id == "six")
    other = next(dag for dag in migration.airflow.dags if dag.dag_id == "weekday9")
    assert fire_times(dag, migration.rendered.dags["weekday9"]).differ
    assert not fire_times(other, migration.rendered.dags["weekday9"]).differ


def test_without_a_start_date_counting_begins_on_a_fixed_day(tmp_path: Path) -> None:
    (tmp_path / "dags.py").write_text(
        "from airflow.sdk import DAG\nfrom airflow.providers.standard.operators.empty import EmptyOperator\n"
        "with DAG('open', schedule='@daily'):\n    EmptyOperator(task_id='one')\n"
    )
    migration = migrate(tmp_path)
    (dag,) = migration.airflow.dags
    table = fire_times(dag, migration.rendered.dags["open"])
    assert [row.same for row in table.rows] == [True] * COUNT
    assert "2026-01-01, as the start date is not known" in table.since
