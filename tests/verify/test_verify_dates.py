"""--dates: the runs that the scheduler makes for them, also where they are far from the ticks that are compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import convert

from migrator.verify.evidence import Verification
from migrator.verify.plans import Dates

from .conftest import HERE, detail, outcomes, wrong_copy

DAGS = HERE / "dated_dags"
SCHEDULED = {
    "at_six": "2024-02-29T06:00,2031-03-01T06:00",
    "every_five_hours": "2024-02-29T10:00,2031-03-01T12:00",
    "of_a_week": "2024-02-29T06:00,2031-03-01T06:00",
}
Verify = Callable[..., Verification]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return convert(DAGS, Path(tmp_path_factory.mktemp("dated")) / "defs").folder


def test_dates_of_the_schedule_are_run_as_scheduled(verified: Verify, project: Path) -> None:
    """The templates name the run and its interval: what either side takes for a run by hand shows in them."""
    dates = Dates.parse([f"{dag_id}={dates}" for dag_id, dates in SCHEDULED.items()])
    found = verified(DAGS, project, kinds=("templates", "run"), dates=dates, ticks=20)
    assert not found.failed, found.evidence
    for dag_id in SCHEDULED:
        assert outcomes(found, dag_id) == {"templates": "passed", "run": "passed"}, found.evidence
    assert detail(found, "at_six", "run") == "2 runs of 1 tasks"


def test_other_dates_are_run_by_hand_and_said_to_be(verified: Verify, project: Path) -> None:
    dates = Dates.parse(["2024-02-29T07:00", "every_five_hours=2024-02-29T11:00"])
    found = verified(DAGS, project, kinds=("run",), dates=dates, dag_ids=("every_five_hours",))
    said = "1 runs of 1 tasks; no dates of its schedule, so run as by hand: 2024-02-29T11:00:00+00:00"
    assert detail(found, "every_five_hours", "run") == said


def test_a_date_that_is_none_of_dagsters_fails(verified: Verify, project: Path, tmp_path: Path) -> None:
    change = ("airflow_dags/defs/at_six/assets.py", "0 6 * * *", "0 7 * * *")
    defs = wrong_copy(project, tmp_path / "defs", change)
    found = verified(DAGS, defs, kinds=("run",), dates=Dates.parse(["2024-02-29T06:00"]), dag_ids=("at_six",))
    assert "no partition begins at 2024-02-29 06:00:00+00:00" in detail(found, "at_six", "run")
