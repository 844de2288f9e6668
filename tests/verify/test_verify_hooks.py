"""Functions around tasks, on both lines of Airflow: what they skip and fail, and runs in which they are not called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from support.cases import CASES
from support.converted import convert

from migrator.verify.evidence import Verification
from migrator.verify.plans import Chance

FAILING_FAST = ("beside_others", "before_the_last", "torn_down", "among_instances", "after_retries")
DAGS = {"hooks": ("hooks", "hooks_among_rules", "hooks_of_a_class"), "hooks_2": ("hooks_2", "methods_2")}


@pytest.mark.parametrize(("topic", "line"), [("hooks", "3"), ("hooks_2", "2")])
def test_tasks_end_as_their_hooks_say(
    topic: str, line: str, verified: Callable[..., Verification], python_of: Callable[[str], str], tmp_path: Path
) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    copy(CASES / topic / "dag.py", dags)
    defs, kinds = convert(dags, tmp_path / "defs").folder, ("graph", "run")
    settings = {"airflow_python": python_of(line), "dag_ids": DAGS[topic], "world": None, "seconds": 200}
    for chance in (None, Chance(8)):
        found = verified(dags, defs, kinds=kinds, outcomes=chance, **settings)
        assert [one for one in found.evidence if one.outcome != "passed"] == []
        assert len(found.evidence) == len(kinds) * len(DAGS[topic])


@pytest.mark.parametrize(("topic", "line"), [("fail_fast", "3"), ("fail_stop", "2")])
def test_the_first_failure_stops_the_others(
    topic: str, line: str, verified: Callable[..., Verification], python_of: Callable[[str], str], tmp_path: Path
) -> None:
    """The order in which tasks run, and so which is the first, is left to chance."""
    dags = tmp_path / "dags"
    dags.mkdir()
    text = (CASES / "fail_fast" / "dag.py").read_text()
    if line == "2":
        text = text.replace("fail_fast=", "fail_stop=").replace(
            "airflow.sdk import DAG, ", "airflow.decorators import "
        )
        text = f"from airflow import DAG\n{text}"
    (dags / "dag.py").write_text(text)
    converted = convert(dags, tmp_path / "defs")
    assert {dag["form"] for dag in converted.dags.values()} == {"outcome graph"}
    for chance in (None, Chance(6)):
        settings = {"outcomes": chance, "world": None, "seconds": 200, "airflow_python": python_of(line)}
        found = verified(dags, converted.folder, kinds=("run",), **settings)
        assert {one.dag_id: one.outcome for one in found.evidence} == dict.fromkeys(FAILING_FAST, "passed"), (
            found.evidence
        )
