"""What Airflow leaves to chance, and what it does not: no difference may hide behind the former."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.verify.chance import Judge, Side, choices, run_state, skipped_by_others
from migrator.verify.rules import as_all_success, decisions

STATES = {"S": "success", "F": "failed", "K": "skipped", "U": "upstream_failed"}
COLUMNS = ["S", "F", "K", "U", "SS", "SF", "SK", "SU", "FF", "FK", "FU", "KK", "KU", "UU", "SFK"]
TABLE = """
all_success                 run up  skip up  run up  skip up  up  ?   up  skip ?    up  ?
all_failed                  skip run skip run skip skip skip skip run skip run skip skip run skip
all_skipped                 skip skip run skip skip skip skip skip skip skip skip run skip skip skip
one_success                 run up  skip up  run run run run up  up  up  skip up  up  run
one_failed                  skip run skip run skip run skip run run run run skip run run run
one_done                    run run skip skip run run run run run run run skip skip skip run
none_failed                 run up  run up  run up  run up  up  up  up  run up  up  up
none_failed_min_one_success run up  skip up  run up  run up  up  up  up  skip up  up  up
none_skipped                run run skip run run run skip run run skip run skip skip run skip
all_done_min_one_success    run up  skip up  run run skip run up  skip up  skip skip up  skip
"""
"""Seen in Airflow 2.11.2 and 3.3.2, of which `?` is the one or the other by the order in which tasks end."""
WORDS = {"run": {"run"}, "up": {"upstream_failed"}, "skip": {"skipped"}, "?": {"skipped", "upstream_failed"}}


@pytest.mark.parametrize("line", TABLE.split("\n")[1:-1], ids=lambda line: str(line).split()[0])
def test_rules(line: str) -> None:
    rule, *expected = line.split()
    for column, word in zip(COLUMNS, expected, strict=True):
        assert decisions(rule, [STATES[letter] for letter in column]) == WORDS[word], column


def test_rules_that_always_run() -> None:
    for column in COLUMNS:
        states = [STATES[letter] for letter in column]
        assert decisions("always", states) == decisions("all_done", states) == {"run"}
    assert decisions("all_success", []) == {"run"}
    assert decisions("of_my_own", ["success"]) == frozenset()


def test_which_rules_plain_assets_keep() -> None:
    good, fails, skips = ["success"], ["success", "failed", "upstream_failed"], ["success", "skipped"]
    assert as_all_success("all_done", [good, good])
    assert not as_all_success("all_done", [fails])
    assert as_all_success("none_failed", [fails, fails])
    assert not as_all_success("none_failed", [fails, skips])
    assert as_all_success("none_failed_min_one_success", [fails])
    assert not as_all_success("one_failed", [fails] * 9)


def task(upstream: str = "", rule: str = "all_success", **others: Any) -> dict[str, Any]:
    plain = {"mapped": False, "in_mapped_group": False, "mapped_group": None, "feeds": None, "kind": "python"}
    ends = {"teardown": False, "fails_run": False, "ignores_rules": True}
    return {"upstream": upstream.split(), "trigger_rule": rule, **plain, **ends, **others}


def judged(tasks: dict[str, Any], how: dict[str, str], airflow: dict[str, str], dagster: dict[str, str]) -> str | None:
    forced = {name: {"outcome": [outcome]} for name, outcome in how.items()}  # none: they run their own code
    sides = []
    for states in (airflow, dagster):
        seen = {name: {-1: state} for name, state in states.items()}
        sides.append(Side(seen, skipped_by_others(tasks, seen, {})))
    return Judge(tasks, forced, *sides).real_difference()


RACE = {"a": task(), "b": task(), "c": task("a b"), "d": task("c", "all_done"), "e": task("c", "one_failed")}
HOW = {"a": "fail", "b": "skip", "c": "success", "d": "success", "e": "success"}
ENDED = {"a": "failed", "b": "skipped", "c": "upstream_failed", "d": "success", "e": "success"}


def test_a_skip_and_a_failure_are_a_race_with_what_follows_from_it() -> None:
    assert judged(RACE, HOW, ENDED, {**ENDED, "c": "skipped", "e": "skipped"}) is None


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"c": "success"}, "c"),  # neither of the two
        ({"d": "skipped"}, "d"),  # nothing before it differs
        ({"c": "skipped"}, "e"),  # it does not follow
        ({"c": "skipped", "e": "upstream_failed"}, "e"),
        ({"a": "success"}, "a"),
    ],
)
def test_a_difference_does_not_hide_behind_a_race(change: dict[str, str], first: str) -> None:
    dagster = {**ENDED, **change}
    assert judged(RACE, HOW, ENDED, dagster) == first


def test_a_branch_may_skip_what_has_run_early() -> None:
    tasks = {"b": task(kind="branch"), "x": task("b"), "y": task("b a", "one_success"), "a": task(), "z": task("y")}
    chosen = choices(tasks, {"b": {"outcome": ["success"], "value": ["x"]}}, [])
    states = {"b": {-1: "success"}, "a": {-1: "success"}}
    assert skipped_by_others(tasks, states, chosen) == {("y", -1)}
    how = {name: {"outcome": ["success"]} for name in tasks}
    ended = {name: {-1: "success"} for name in ("a", "b", "x", "z")}
    ran, skipped = {**ended, "y": {-1: "success"}}, {**ended, "y": {-1: "skipped"}, "z": {-1: "skipped"}}
    skips = frozenset({("y", -1)})
    assert Judge(tasks, how, Side(ran, skips), Side(skipped, skips)).real_difference() is None
    late = {**tasks, "y": task("b a")}  # this one has to wait for the branch
    assert Judge(late, how, Side(ran, skips), Side(skipped, skips)).real_difference() == "y"


def test_choices_are_those_airflow_noted() -> None:
    tasks = {"s": task(kind="short_circuit"), "a": task("s"), "b": task("a", "all_done"), "t": task("b", teardown=True)}
    assert choices(tasks, {"s": {"outcome": ["success"], "value": False}}, []) == {"s": {None: {"skipped": ["a", "b"]}}}
    noted = {"task_id": "s", "map_index": -1, "key": "skipmixin_key", "value": {"skipped": ["a"]}}
    assert choices(tasks, {}, [noted]) == {"s": {-1: {"skipped": ["a"]}}}


def mapped(upstream: str = "", rule: str = "all_success", **others: Any) -> dict[str, Any]:
    return task(upstream, rule, **{"mapped": True, **others})


EXPANDED = {"s": task(feeds={"key": "return_value", "element": "x"}), "u": task(), "m": mapped("s u"), "r": task("m")}


def verdict(tasks: dict[str, Any], how: dict[str, Any], airflow: dict[str, Any], dagster: dict[str, Any]) -> str | None:
    chosen = choices(tasks, how, [])
    sides = [Side(states, skipped_by_others(tasks, states, chosen)) for states in (airflow, dagster)]
    return Judge(tasks, how, *sides).real_difference()


def alone(**states: str) -> dict[str, dict[int, str]]:
    return {name: {-1: state} for name, state in states.items()}


def test_instances_are_judged_one_by_one() -> None:
    how = {name: {"outcome": ["success"]} for name in "sur"} | {"m": {"outcome": ["success", "fail"]}}
    ended = alone(s="success", u="success", r="upstream_failed") | {"m": {0: "success", 1: "failed"}}
    assert verdict(EXPANDED, how, ended, ended) is None
    assert verdict(EXPANDED, how, ended, {**ended, "m": {0: "failed", 1: "failed"}}) == "m"
    assert verdict(EXPANDED, how, ended, {**ended, "m": {0: "success", 1: "failed", 2: "success"}}) == "m"
    assert verdict(EXPANDED, how, ended, {**ended, "m": {0: "success"}}) == "m"
    assert verdict(EXPANDED, how, ended, {**ended, "m": {}}) == "m"
    assert verdict(EXPANDED, how, ended, {**ended, "m": {-1: "skipped"}, "r": {-1: "skipped"}}) == "m"


def test_what_is_not_expanded_is_skipped_or_has_failed_by_what_is_looked_at_first() -> None:
    how = {"s": {"outcome": ["fail"]}, "u": {"outcome": ["skip"]}, "m": {"outcome": ["skip", "fail"]}}
    ended = alone(s="failed", u="skipped", m="upstream_failed", r="upstream_failed")
    assert verdict(EXPANDED, how, ended, {**ended, **alone(m="skipped", r="skipped")}) is None
    assert verdict(EXPANDED, how, ended, {**ended, "m": {0: "skipped", 1: "failed"}}) == "m"
    early = {**EXPANDED, "m": mapped("s u", "one_success")}
    how = {name: {"outcome": ["success"]} for name in EXPANDED}
    ran = alone(s="success", u="success", r="success") | {"m": {0: "success", 1: "success"}}
    waited = {**ran, **alone(m="upstream_failed", r="upstream_failed")}
    assert verdict(early, how, ran, waited) is None  # it may start when `s` has not ended
    assert verdict(EXPANDED, how, ran, waited) == "m"


def test_instances_of_a_mapped_group_follow_their_own_upstream() -> None:
    grouped: dict[str, Any] = {"in_mapped_group": True, "mapped_group": "g"}
    tasks = {"a": task(**grouped), "b": task("a", **grouped)}
    how = {"a": {"outcome": ["fail", "success"]}, "b": {"outcome": ["success"]}}
    ended = {"a": {0: "failed", 1: "success"}, "b": {0: "upstream_failed", 1: "success"}}
    assert verdict(tasks, how, ended, ended) is None
    assert verdict(tasks, how, ended, {**ended, "b": {0: "upstream_failed", 1: "upstream_failed"}}) == "b"


def test_an_instance_of_a_branch_skips_what_has_its_index() -> None:
    grouped: dict[str, Any] = {"in_mapped_group": True, "mapped_group": "g"}
    tasks = {"b": task(kind="branch", **grouped), "x": task("b", **grouped), "y": task("b", "one_done", **grouped)}
    notes = [{"followed": ["x"]}, {"followed": ["x", "y"]}, {"followed": []}]
    rows = [{"task_id": "b", "map_index": i, "key": "skipmixin_key", "value": value} for i, value in enumerate(notes)]
    chosen = choices(tasks, {}, rows)
    states = {"b": {0: "success", 1: "success", 2: "failed"}}
    assert skipped_by_others(tasks, states, chosen) == {("y", 0)}
    how = {name: {"outcome": ["success"]} for name in tasks}
    skips = frozenset({("y", 0)})
    ended = {"b": dict.fromkeys(range(2), "success"), "x": dict.fromkeys(range(2), "success")}
    one, other = {**ended, "y": {0: "skipped", 1: "success"}}, {**ended, "y": {0: "success", 1: "success"}}
    assert Judge(tasks, how, Side(one, skips), Side(other, skips)).real_difference() is None  # it had run before
    late = {**ended, "y": {0: "skipped", 1: "skipped"}}
    assert Judge(tasks, how, Side(one, skips), Side(late, skips)).real_difference() == "y"


@pytest.mark.parametrize(
    ("airflow", "dagster", "first"),
    [
        (ENDED, {**ENDED, "c": "skipped", "e": "skipped"}, None),  # the race
        (ENDED, {**ENDED, "d": "failed"}, "d"),
        ({**ENDED, "d": "failed"}, ENDED, "d"),
        (ENDED, {**ENDED, "d": "skipped"}, "d"),
        ({**ENDED, "d": "skipped"}, ENDED, "d"),
        (ENDED, {**ENDED, "c": "skipped", "e": "success"}, "e"),
    ],
)
def test_what_a_task_does_by_itself_is_not_left_to_chance(
    airflow: dict[str, str], dagster: dict[str, str], first: str | None
) -> None:
    """Nobody forces outcomes: its own code has to end in the same way."""
    assert judged(RACE, {}, airflow, dagster) == first


def test_the_state_of_the_run_is_that_of_the_last_tasks() -> None:
    tasks = {"a": task(), "b": task("a", "all_done"), "t": task("b", teardown=True)}
    assert run_state(tasks, {"a": {-1: "failed"}, "b": {-1: "success"}, "t": {-1: "failed"}}) == "success"
    assert run_state(tasks, {"a": {-1: "success"}, "b": {-1: "failed"}, "t": {-1: "success"}}) == "failed"
    tasks["t"]["fails_run"] = True
    assert run_state(tasks, {"a": {-1: "success"}, "b": {-1: "success"}, "t": {-1: "failed"}}) == "failed"
