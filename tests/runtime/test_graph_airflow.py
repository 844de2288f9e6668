"""Outcome graphs against the real Airflow: each trigger rule after each upstream state, and 60 random DAGs.

tests/fuzz/outcome_graph.py runs thousands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from support.random_dags import RULES, random_dag
from support.random_dags_compare import compare, on_airflow
from support.rule_dag import rule_dag

COMBINATIONS = ["S", "F", "K", "U", "SS", "SF", "SK", "SU", "FF", "FK", "FU", "KK", "KU", "UU", "SFK"]
DAGS = 60


@pytest.mark.parametrize("airflow", ["2", "3"])
def test_like_airflow(
    airflow: str, python_of: Callable[[str], str], tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """All states of tasks and runs, and all values, but for what Airflow itself leaves to chance."""
    dags = [random_dag(seed, airflow) for seed in range(DAGS)]
    cache = pytestconfig.cache.mkdir("airflow")
    with dg.DagsterInstance.ephemeral() as instance:
        found = compare(dags, airflow, python_of(airflow), tmp_path, cache, instance)
    assert found.different == {}
    assert found.equal > DAGS * 0.8


@pytest.mark.parametrize("airflow", ["2", "3"])
def test_rule_table(airflow: str, python_of: Callable[[str], str], tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """The table that test_graph_rules.py holds the function and the graph against is what Airflow does."""
    from .test_graph_rules import TABLE, rows

    rules = ["all_success", *RULES[:-1]] + (["all_done_min_one_success"] if airflow == "3" else [])
    dag = rule_dag(rules, COMBINATIONS, airflow)
    cache = pytestconfig.cache.mkdir("airflow")
    (result,) = on_airflow([dag], python_of(airflow), tmp_path, cache)[dag["dag_id"]]
    assert not isinstance(result, str)
    expected = {(rule, states): state or "success" for rule, states, state in rows(TABLE) if rule in rules}
    found = {tuple(name.split("__")): state for (name, _), state in result.states.items() if "__" in name}
    differing = {key for key in expected if found[key] != expected[key]}
    # Airflow gives either to all_success after a skipped and a failed task, by which it sees first.
    assert all(rule == "all_success" and "K" in names and {*names} & {*"FU"} for rule, names in differing)
    assert found.keys() == expected.keys()
