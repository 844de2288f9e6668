"""Both real engines: what is right passes, each kind of evidence fails for what it is there to find."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from support.cases import CASES
from support.converted import convert

from migrator.codes import CODES
from migrator.verify.evidence import KINDS, Verification
from migrator.verify.plans import Chance

from .conftest import BAD_DAGS, DAGS, detail, outcomes, wrong_copy

Verify = Callable[..., Verification]


@pytest.fixture(scope="module")
def right(verified: Verify, generated: Path) -> Verification:
    return verified(DAGS, generated)


def test_what_is_right_passes(right: Verification) -> None:
    assert [one for one in right.evidence if one.outcome != "passed"] == []
    assert {one.kind for one in right.evidence} == set(KINDS)
    assert not right.failed
    assert right.findings() == ()


def test_evidence_says_what_was_compared(right: Verification) -> None:
    assert detail(right, "clock", "graph") == "3 tasks, 2 edges"
    assert detail(right, "clock", "ticks") == "200 ticks, 2 changes of the clocks"
    assert detail(right, "clock", "templates") == "6 rendered fields"
    assert detail(right, "outside", "ticks") == "25 ticks"
    assert detail(right, "outside", "run") == "2 runs of 2 tasks; not executed: fetch (HttpOperator)"
    assert detail(right, "unstable", "run").startswith("2 runs of 3 tasks; it fails in both (never: ValueError")
    changing = "not compared, for Airflow itself does not reproduce it: what identity returns"
    assert detail(right, "late", "run") == f"2 runs of 2 tasks; {changing}; not executed: add (Add)"
    assert detail(right, "shop", "effects") == "3 files changed"


def test_the_record_is_the_same_for_the_same_input(right: Verification) -> None:
    record = json.loads(right.text())
    assert record["summary"]["run"] == {"passed": 6, "failed": 0, "not run": 0}
    assert all(set(row) == {"dag_id", "kind", "outcome", "detail", "about"} for row in record["evidence"])
    assert [row["seconds"] >= 0 for row in right.document(seconds=True)["evidence"]]


@pytest.fixture(scope="module")
def wrong(verified: Verify, generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Verification:
    folder = "airflow_dags/defs"
    defs = wrong_copy(
        generated,
        Path(tmp_path_factory.mktemp("wrong")) / "defs",
        (f"{folder}/clock/assets.py", '    deps=[["clock", "second"]],\n', ""),
        (f"{folder}/clock/assets.py", 'f"echo day {ds}"', 'f"echo date {ds}"'),
        (f"{folder}/shop/assets.py", "('{ds}', 1)", "('{ds}', 10)"),
        (f"{folder}/shop/assets.py", 'return found["days"] + 1', 'return found["days"] + 2'),
        (f"{folder}/outside/assets.py", '"0 * * * *"', '"5 * * * *"'),
        (f"{folder}/unstable/assets.py", 'raise ValueError(f"never with {value}")', "print(value)"),
    )
    return verified(DAGS, defs)


def test_a_dropped_edge_fails(wrong: Verification) -> None:
    text = "Airflow's edge second -> third is not in Dagster: third waits for nothing"
    assert detail(wrong, "clock", "graph") == text
    assert outcomes(wrong, "clock")["load"] == "passed"


def test_a_changed_template_fails(wrong: Verification) -> None:
    text = "first.bash_command of 2024-03-25T01:30:00+00:00: Airflow renders 'echo day 2024-03-25', "
    assert detail(wrong, "clock", "templates") == text + "Dagster worked with 'echo date 2024-03-25'"


def test_a_changed_value_fails(wrong: Verification) -> None:
    text = "run of 2024-01-30T00:00:00+00:00: task report: Airflow pushed {'return_value': 11}, the asset's value is 12"
    assert detail(wrong, "shop", "run") == text
    assert outcomes(wrong, "shop")["run"] == "failed"


def test_a_task_that_fails_in_one_engine_only_fails(wrong: Verification) -> None:
    """Its own code has no chance to end otherwise: no race explains that."""
    found = detail(wrong, "unstable", "run")
    assert "task never is failed in Airflow, success in Dagster (Airflow: ValueError: never with 7)" in found


def test_changed_sql_fails(wrong: Verification) -> None:
    assert "Airflow renders \"INSERT INTO orders VALUES ('2024-01-30', 1)" in detail(wrong, "shop", "templates")
    found = detail(wrong, "shop", "effects")
    assert found.startswith("shop.db, table orders: 2 rows only in Airflow's, 2 only in Dagster's; only in Airflow's")


def test_a_changed_cron_fails(wrong: Verification) -> None:
    found = detail(wrong, "outside", "ticks")
    assert found == "run 1 is at 2024-03-01T00:00:00+00:00 in Airflow, at 2024-03-01T00:05:00+00:00 in Dagster"


def test_what_failed_is_a_finding_at_its_dag(wrong: Verification) -> None:
    assert wrong.failed
    found = [finding for finding in wrong.findings() if finding.dag_id == "outside"]
    assert [finding.code for finding in found if finding.message.startswith("ticks: ")] == ["A2D901"]
    assert all(finding.span is not None and finding.span.file == "outside.py" for finding in found)
    assert CODES["A2D901"].severity == "error"


def test_forced_outcomes(verified: Verify, generated: Path) -> None:
    """Nothing is executed, and both engines make the same of the same successes, failures and skips."""
    found = verified(DAGS, generated, kinds=("run",), outcomes=Chance(12, seed=3))
    assert {one.dag_id: one.outcome for one in found.evidence} == dict.fromkeys(
        ("always", "clock", "late", "outside", "shop", "unstable"), "passed"
    ), found.evidence
    assert detail(found, "clock", "run").endswith("12 runs of 3 tasks, outcomes random:12:3")


def test_forced_outcomes_find_a_changed_trigger_rule(verified: Verify, tmp_path: Path) -> None:
    defs = convert(CASES / "outcome_graph" / "dag.py", tmp_path / "defs").folder
    damage = ("airflow_dags/defs/outcome_graph/assets.py", 'trigger_rule="one_failed"', 'trigger_rule="none_failed"')
    wrong = wrong_copy(defs, tmp_path / "wrong", damage)
    found = verified(CASES / "outcome_graph" / "dag.py", wrong, kinds=("run",), outcomes=Chance(10), world=None)
    assert outcomes(found, "outcome_graph") == {"run": "failed"}
    assert "task alarm is " in detail(found, "outcome_graph", "run")


def test_what_hangs_or_crashes_in_dagster_is_evidence_about_itself(
    verified: Verify, generated: Path, tmp_path: Path
) -> None:
    folder = "airflow_dags/defs"
    defs = wrong_copy(
        generated,
        tmp_path / "defs",
        (f"{folder}/outside/assets.py", 'return "done"', "import time\n\n    time.sleep(3600)"),
        (f"{folder}/shop/assets.py", 'return found["days"] + 1', "os.abort()"),
    )
    found = verified(DAGS, defs, dag_ids=("outside", "shop", "unstable"), seconds=15, kinds=("graph", "run", "effects"))
    ended = "the process ended with status -6 and left no answer"
    for dag_id, reason in (("outside", "stopped after 15 seconds"), ("shop", ended)):
        assert outcomes(found, dag_id) == {"graph": "passed", "run": "failed", "effects": "not run"}
        assert detail(found, dag_id, "run") == f"Dagster: {reason}"
        assert detail(found, dag_id, "effects") == f"the run failed: Dagster: {reason}"
    assert outcomes(found, "unstable") == dict.fromkeys(("graph", "run", "effects"), "passed")


def test_a_file_that_hangs_or_crashes_is_evidence_about_itself(verified: Verify, tmp_path: Path) -> None:
    defs = convert(BAD_DAGS, tmp_path / "defs").folder
    found = verified(BAD_DAGS, defs, seconds=15, kinds=("load", "graph", "run"))
    assert {one.outcome for one in found.evidence if one.kind == "load"} == {"passed"}
    for dag_id, reason in (
        ("hangs", "Airflow does not load hangs.py: stopped after 15 seconds"),
        ("crashes", "Airflow does not load crashes.py: the process ended with status -6 and left no answer"),
        ("raises", "Airflow does not load raises.py: KeyError: 'A_VARIABLE_OF_THAT_MACHINE'"),
    ):
        assert outcomes(found, dag_id) == {"load": "passed", "graph": "not run", "run": "not run"}
        assert detail(found, dag_id, "graph") == reason
    assert outcomes(found, "sound") == dict.fromkeys(("load", "graph", "run"), "passed")
    assert detail(found, "slow", "run") == "Airflow: stopped after 15 seconds"
    assert {finding.code for finding in found.findings()} == {"A2D902"}
