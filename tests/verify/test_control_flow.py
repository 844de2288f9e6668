"""Control flow on both real engines, with tasks that succeed, fail and skip by chance: states, tries, values, runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copy

import pytest
from support.cases import CASES
from support.converted import convert

from migrator.verify.evidence import Verification
from migrator.verify.plans import Chance

CASES_AND_FORMS = {
    "optional_outputs": {
        "size_of_orders": "optional outputs",
        "by_group": "optional outputs",
        "latest": "optional outputs",
        "short": "optional outputs",
        "shared_with_another": "outcome graph",
        "chosen_by_name": "outcome graph",
    },
    "mapping": {"mapping": "outcome graph"},
}


@pytest.mark.parametrize("topic", CASES_AND_FORMS)
def test_every_form_is_exact(topic: str, verified: Callable[..., Verification], tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    copy(CASES / topic / "dag.py", dags)
    converted = convert(dags, tmp_path / "defs")
    assert {dag_id: dag["form"] for dag_id, dag in converted.dags.items()} == CASES_AND_FORMS[topic]
    kinds = ("load", "graph", "run")
    for chance in (None, Chance(8)) if topic == "optional_outputs" else (None,):
        found = verified(dags, converted.folder, kinds=kinds, outcomes=chance, world=None, seconds=200)
        assert [one for one in found.evidence if one.outcome != "passed"] == []
        assert len(found.evidence) == len(kinds) * len(converted.dags)


def test_branches_that_are_no_plain_functions_can_be_forced(
    verified: Callable[..., Verification], tmp_path: Path
) -> None:
    """One chooses in the midst of its query, others in a process or an environment of their own, which is not built."""
    dags = tmp_path / "dags"
    dags.mkdir()
    copy(CASES / "branch_family" / "dag.py", dags)
    defs = convert(dags, tmp_path / "defs").folder
    some = ("branches_by_query", "branches_elsewhere", "branches_in_virtualenvs")
    found = verified(dags, defs, kinds=("run",), dag_ids=some, outcomes=Chance(4), world=None, seconds=200)
    assert {one.dag_id: one.outcome for one in found.evidence} == dict.fromkeys(some, "passed"), found.evidence


def test_branches_of_ones_own_by_the_bases_of_airflow_2(
    verified: Callable[..., Verification], python_of: Callable[[str], str], tmp_path: Path
) -> None:
    dags, python = Path(__file__).parent / "dags_of_branches", python_of("2")
    converted = convert(dags, tmp_path / "defs")
    tasks = converted.tasks("own_branches")
    assert {name: tasks[name]["rule"] for name in ("own", "monday")} == dict.fromkeys(
        ("own", "monday"), "BaseBranchOperator"
    )
    kinds, both = ("graph", "run"), {"airflow_python": python, "dagster_python": python}
    for chance in (None, Chance(4)):
        found = verified(dags, converted.folder, kinds=kinds, outcomes=chance, world=None, **both)
        assert [one.outcome for one in found.evidence] == ["passed", "passed"], found.evidence
