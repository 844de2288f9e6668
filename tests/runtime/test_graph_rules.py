"""Trigger rules: the table of what each makes of its upstream tasks' states, in the function and in runs of a graph."""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
import pytest
from support.random_dags_dagster import build, run
from support.rule_dag import STATES, rule_dag

from migrator.runtime.compat.rules import decide

# Airflow 2.11.2 and 3.3.2, as their own runs have it (test_graph_airflow compares with them again). S success,
# F failed, K skipped, U upstream_failed. Where all_success has a skipped and a failed task the failed one ended first.
TABLE = """
rule                          S    F    K    U    SS   SF   SK   SU   FF   FK   FU   KK   KU   UU  SFK
all_success                 RUN  upF skip  upF  RUN  upF skip  upF  upF  upF  upF skip  upF  upF  upF
all_failed                 skip  RUN skip  RUN skip skip skip skip  RUN skip  RUN skip skip  RUN skip
all_done                    RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN
all_skipped                skip skip  RUN skip skip skip skip skip skip skip skip  RUN skip skip skip
one_success                 RUN  upF skip  upF  RUN  RUN  RUN  RUN  upF  upF  upF skip  upF  upF  RUN
one_failed                 skip  RUN skip  RUN skip  RUN skip  RUN  RUN  RUN  RUN skip  RUN  RUN  RUN
one_done                    RUN  RUN skip skip  RUN  RUN  RUN  RUN  RUN  RUN  RUN skip skip skip  RUN
none_failed                 RUN  upF  RUN  upF  RUN  upF  RUN  upF  upF  upF  upF  RUN  upF  upF  upF
none_failed_min_one_success RUN  upF skip  upF  RUN  upF  RUN  upF  upF  upF  upF skip  upF  upF  upF
none_skipped                RUN  RUN skip  RUN  RUN  RUN skip  RUN  RUN skip  RUN skip skip  RUN skip
all_done_min_one_success    RUN  upF skip  upF  RUN  RUN skip  RUN  upF skip  upF skip skip  upF skip
"""

# Airflow 1.10.15, from its own TriggerRuleDep; the rules that are not here do not exist there.
TABLE_1 = """
rule                          S    F    K    U    SS   SF   SK   SU   FF   FK   FU   KK   KU   UU  SFK
all_success                 RUN  upF skip  upF  RUN  upF skip  upF  upF  upF  upF skip  upF  upF  upF
all_failed                 skip  RUN skip  RUN skip skip skip skip  RUN skip  RUN skip skip  RUN skip
all_done                    RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN  RUN
one_success                 RUN skip skip skip  RUN  RUN  RUN  RUN skip skip skip skip skip skip  RUN
one_failed                 skip  RUN skip  RUN skip  RUN skip  RUN  RUN  RUN  RUN skip  RUN  RUN  RUN
none_failed                 RUN  upF  RUN  upF  RUN  upF  RUN  upF  upF  upF  upF  RUN  upF  upF  upF
none_failed_or_skipped      RUN  upF skip  upF  RUN  upF  RUN  upF  upF  upF  upF skip  upF  upF  upF
none_skipped                RUN  RUN skip  RUN  RUN  RUN skip  RUN  RUN skip  RUN skip skip  RUN skip
"""
WORDS = {"RUN": None, "upF": "upstream_failed", "skip": "skipped"}


def rows(table: str) -> Iterator[tuple[str, str, str | None]]:
    header, *lines = table.strip().splitlines()
    for line in lines:
        rule, *words = line.split()
        for states, word in zip(header.split()[1:], words, strict=True):
            yield rule, states, WORDS[word]


@pytest.mark.parametrize("airflow", ["1", "2", "3"])
def test_table(airflow: str) -> None:
    table = list(rows(TABLE_1 if airflow == "1" else TABLE))
    ours = [
        (rule, states, decide(rule, sorted((STATES[one] for one in states), key="failed".__ne__), airflow=airflow))
        for rule, states, _ in table
    ]
    failed_first = [
        (rule, states, decide(rule, [STATES[one] for one in sorted(states, key="UFSK".index)], airflow=airflow))
        for rule, states, _ in table
    ]
    assert failed_first == table
    # all_success goes by the first; no other rule minds the order
    assert all(rule == "all_success" or row in table for row, (rule, *_) in zip(ours, ours, strict=True))


def test_first_decides() -> None:
    assert decide("all_success", ["success", "skipped", "failed"]) == "skipped"
    assert decide("all_success", ["upstream_failed", "skipped"]) == "upstream_failed"


def test_teardown() -> None:
    def of(*setups: str) -> str | None:
        return decide("all_done_setup_success", [*setups, "failed", "skipped"], setups)

    assert of() is None
    assert of("success", "failed") is None
    assert of("skipped", "skipped") == "skipped"
    assert of("failed") == of("skipped", "upstream_failed") == "upstream_failed"


def test_immediate() -> None:
    assert decide("always", ["failed"]) is decide("dummy", ["skipped"], airflow="1") is None


def test_unknown_rule() -> None:
    with pytest.raises(ValueError, match="all_good"):
        decide("all_good", ["success"])


@pytest.mark.parametrize("airflow", ["1", "2", "3"])
def test_runs(airflow: str) -> None:
    """The same table by running a DAG of a task for each of its cells."""
    table = list(rows(TABLE_1 if airflow == "1" else TABLE))
    rules = list(dict.fromkeys(rule for rule, _, _ in table))
    dag = rule_dag(rules, list(dict.fromkeys(states for _, states, _ in table)), airflow)
    with dg.DagsterInstance.ephemeral() as instance:
        _, states, _ = run(build(dag, airflow), instance)
    expected = {(rule, names): state or "success" for rule, names, state in table}
    found = {tuple(name.split("__")): state for (name, _), state in states.items() if "__" in name}
    differing = {key for key in expected if found[key] != expected[key]}
    # Here skipped tasks come to their end before failed ones, or not.
    assert all(rule == "all_success" and "K" in names and {*names} & {*"FU"} for rule, names in differing)
