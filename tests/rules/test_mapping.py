"""mapping.md is current, and every rule says what it does and what it rests on."""

from __future__ import annotations

import pytest

from migrator.rules import all_rules, load
from migrator.rules.api import Rule
from migrator.rules.document import PLACE, mapping

load()


def test_mapping_is_current() -> None:
    assert PLACE.read_text(encoding="utf-8") == mapping(), "run `python -m migrator.rules.document`"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_rule_is_documented(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert len(rule.documentation) == 2
    assert bool(rule.differences) == (rule.fidelity == "approximate")
