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
