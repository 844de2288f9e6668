"""The table of fire times beside the real Airflow, on both of its lines; and its two sides beside each other."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.tick_cases import CASES, dag_file

from migrator import Migration, migrate
from migrator.report import report_files
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


def differ(times: FireTimes) -> bool:
    return any(row.same is False for row in times.rows)


def test_airflow_fires_then(
    line: str, tables: dict[str, FireTimes], tmp_path: Path, python_of: Callable[[str], str]
) -> None:
    (tmp_path / "dags.py").write_text(dag_file(line))
    settings = {"folder": str(tmp_path), "paths": [], "home": str(tmp_path / "home"), "cache": str(tmp_path / "cache")}
    probe = Probe("airflow", python_of(line), settings, dict(os.environ), tmp_path)
    try:
        answer = probe.ask("look", 120, file="dags.py", ticks=COUNT, dates={})
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
    different = {dag_id for dag_id, table in tables.items() if differ(table)}
    assert different <= DIFFERENT
    assert sum(len(table.rows) == COUNT for table in tables.values()) > 60


def test_a_schedule_that_is_another_shows(migration: Migration) -> None:
    dag = next(dag for dag in migration.airflow.dags if dag.dag_id == "six")
    other = next(dag for dag in migration.airflow.dags if dag.dag_id == "weekday9")
    assert differ(fire_times(dag, migration.rendered.dags["weekday9"]))
    assert not differ(fire_times(other, migration.rendered.dags["weekday9"]))


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


@pytest.mark.parametrize("later", [dt.timedelta(0), dt.timedelta(seconds=1), dt.timedelta(days=1000, hours=5)])
def test_from_the_cut_over_on_the_times_go_on_as_they_were(
    migration: Migration, tables: dict[str, FireTimes], later: dt.timedelta
) -> None:
    """What is told from a cut-over on is what was told from the start date, without what falls due before it."""
    compared = 0
    for dag in migration.airflow.dags:
        told_before = [row.airflow for row in tables[dag.dag_id].rows if row.airflow]
        if len(told_before) < COUNT:
            continue
        cutover = told_before[3].fires + later
        module = migration.rendered.dags[dag.dag_id]
        table = fire_times(dag, module, cutover.isoformat())
        assert table.since == f"the cut-over, {cutover.astimezone(ZoneInfo(table.zone)):%Y-%m-%d %H:%M}"
        assert not differ(table) or dag.dag_id in DIFFERENT, dag.dag_id
        for side in ("airflow", "dagster"):
            ticks = [tick for row in table.rows if (tick := getattr(row, side))]
            assert all(tick.fires >= cutover for tick in ticks), (dag.dag_id, side)
            if later < dt.timedelta(days=1):
                before = [tick for row in tables[dag.dag_id].rows if (tick := getattr(row, side))]
                kept = [tick for tick in before if tick.fires >= cutover]
                assert ticks[: len(kept)] == kept, (dag.dag_id, side)
            elif ticks:
                compared += 1
                again = fire_times(dag, module, ticks[4].fires.isoformat())
                assert [t for row in again.rows if (t := getattr(row, side))][: len(ticks) - 4] == ticks[4:], dag.dag_id
    assert compared > 60 or later < dt.timedelta(days=1)


def test_a_date_before_the_cut_over_was_airflows(tmp_path: Path) -> None:
    (tmp_path / "dags.py").write_text(
        "from datetime import datetime\nfrom airflow.sdk import DAG\n"
        "from airflow.providers.standard.operators.empty import EmptyOperator\n"
        "with DAG('only', schedule='@once', start_date=datetime(2024, 1, 1)):\n    EmptyOperator(task_id='one')\n"
        "with DAG('all', schedule='@daily', start_date=datetime(2024, 1, 1), catchup=True):\n"
        "    EmptyOperator(task_id='one')\n"
    )
    for cutover, number in (("2023-12-01", 1), ("2024-02-01", 0)):
        migration = migrate(tmp_path, cutover=cutover)
        dags = {dag.dag_id: dag for dag in migration.airflow.dags}
        table = fire_times(dags["only"], migration.rendered.dags["only"], migration.cutover)
        assert len(table.rows) == number
        assert ("Nothing falls due from the cut-over, 2024-02-01 00:00, on" in table.airflow_note) == (number == 0)
    page = report_files(migration)["report/dags/all.html"]
    assert "from the cut-over, 2024-02-01 00:00" in page
    assert "Thu 2024-02-01 00:00" in page
    assert "none was given with <code>--cutover" not in page
    assert "none was given with <code>--cutover" in report_files(migrate(tmp_path))["report/dags/all.html"]
