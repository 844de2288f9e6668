"""The words of Airflow for what became of plain assets in Dagster."""

from __future__ import annotations

import pytest

from migrator.verify.dagster_probe.runs import told_apart

UPSTREAM = {"fails": [], "skips": [], "behind_both": ["skips", "fails"], "last": ["behind_both"], "skipped": ["skips"]}


@pytest.mark.parametrize(("form", "state"), [("plain", "upstream_failed"), ("outcome graph", "skipped")])
def test_behind_a_failure_and_a_skip(form: str, state: str) -> None:
    """Dagster says of both that they were skipped, and fails the run; an outcome graph notes what it decides."""
    states = {"fails": ("failed", 1), "skips": ("skipped", 1)}
    rows = [
        {"task_id": name, "instances": [dict(zip(("state", "tries"), states.get(name, ("skipped", 0)), strict=True))]}
        for name in UPSTREAM
    ]
    dag = {"form": form, "tasks": [{"task_id": name, "upstream": up} for name, up in UPSTREAM.items()]}
    found = {row["task_id"]: row["instances"][0]["state"] for row in told_apart(dag, rows)}
    assert found == {
        "fails": "failed",
        "skips": "skipped",
        "behind_both": state,
        "last": state,
        "skipped": "skipped",
    }
