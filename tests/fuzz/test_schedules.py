"""Random schedules: the same runs at the same times as in Airflow; schedules.py runs thousands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from schedules import compared

DAGS = 25


@pytest.mark.parametrize("line", ["2", "3"])
def test_as_in_airflow(line: str, python_of: Callable[[str], str], tmp_path: Path) -> None:
    found = compared(range(DAGS), line, python_of(line), tmp_path, ticks=30)
    assert [one for one in found if one.outcome == "failed"] == []
    assert sum(one.outcome == "passed" for one in found) > DAGS * 0.9
