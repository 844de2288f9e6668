"""Which runs the updates of assets' partitions start, and what those are about: tests/asset_events/partitions.py."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from support.converted import Converted, Record, without_airflow
from test_asset_events import SUPPORT, answer

from migrator import migrate
from migrator.write import write

DAGS = Path(__file__).parent / "asset_events" / "partitions.py"
DAYS = [f"2026-03-{day:02}T00:00:00" for day in range(2, 9)]
TOLD: list[dict[str, list[str]]] = [
    {"regions": ["us|2026-03-01T05:00:00", "eu|2026-03-01T23:00:00"], "shards": ["us"]},
    {"shards": ["eu", "mars", "eu"], "days": DAYS[:2]},
    {"shards": ["apac"], "days": [*DAYS[2:], "2026-03-01T00:00:00"], "regions": ["us"]},
    {"shards": ["apac"]},
]


def request_of(dag_id: str, hour: int, conf: Record) -> Record:
    date = f"2026-03-01T{hour:02}:00:00+00:00"
    return {"file": "partitions.py", "dag_id": dag_id, "logical_date": date, "run_type": "manual", "conf": conf}


RUNS = [
    request_of("hourly", 2, {}),
    *(request_of("told", 4 + number, conf) for number, conf in enumerate(TOLD)),
    request_of("hourly", 3, {}),
    request_of("cities", 9, {}),
]


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, python_of: Callable[[str], str]
) -> tuple[list[Record], list[Record]]:
    """Those of Airflow, and those of Dagster, in the order they were made."""
    python, folder = python_of("3"), tmp_path_factory.mktemp("partitions")
    (folder / "dags").mkdir()
    copy(DAGS, folder / "dags")
    spec = {"dags_folder": str(folder / "dags"), "cache": str(pytestconfig.cache.mkdir("airflow")), "runs": RUNS}
    there = answer([python, str(SUPPORT / "asset_events_on_airflow.py")], spec, folder / "airflow.json", os.environ)
    assert there["import_errors"] == {}

    migration = migrate(folder / "dags")
    assert [f.message for f in migration.rendered.findings if f.severity != "info"] == []
    assert write(migration.rendered, folder / "defs").ok
    converted = Converted(folder / "defs")
    command = [python, str(SUPPORT / "asset_events_on_dagster.py"), str(converted.folder), converted.record["package"]]
    return there["runs"], answer(command, RUNS, folder / "dagster.json", without_airflow({}))


def told(run: Record) -> tuple[str, str, list[str]]:
    """A run's DAG, its state, and what its tasks returned."""
    values = [row["value"] for row in run.get("xcoms", run["tasks"])]
    return run["dag_id"], run["state"], sorted(str(value) for value in values if value is not None)


def test_the_same_runs_about_the_same_partitions(runs: tuple[list[Record], list[Record]]) -> None:
    there, here = ([told(run) for run in made] for made in runs)
    assert sorted(here) == sorted(there)
    counts = {dag_id: sum(run[0] == dag_id for run in there) for dag_id, _, _ in there}
    assert counts == {
        **{"hourly": 2, "told": 4, "same_hour": 2, "after_that": 2, "by_day": 1, "by_month": 4, "by_region": 2},
        **{"known_shards": 4, "all_shards": 1, "two_shards": 1, "week": 1, "spread": 4, "months_of_year": 24},
        **{"cities": 1, "of_cities": 1},
    }
    assert all(state == "success" for _, state, _ in there)


def test_dates_of_partitions(runs: tuple[list[Record], list[Record]]) -> None:
    """By the mapper, or of the run that has updated what is mapped to itself."""
    found = {
        (run["dag_id"], row["value"][0]): row["value"][2] for run in runs[1] for row in run["tasks"] if _about(row)
    }
    assert found["after_that", "2026-03-01T02:00:00"] == "2026-03-01 02:00:00+00:00"
    assert found["by_day", "2026-03-01"] == "2026-02-28 15:00:00+00:00"
    assert found["by_region", "eu|2026-03-01"] == "2026-03-01 00:00:00+00:00"
    assert found["week", "2026-03-02 (W10)"] == "2026-03-02 00:00:00+00:00"
    assert found["all_shards", "all"] == "None"


def _about(row: Record) -> bool:
    return row["task_id"] == "about" and row["value"] is not None
