"""Every argument that an operator has on any Airflow line is read by its rule, or is one every operator has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stub import apply, function

from migrator.rules import all_rules, load
from migrator.rules.common import COMMON

load()
DATA = Path(__file__).parents[2] / "migrator" / "read" / "data"
BASES = {"airflow.sdk.BaseOperator", "airflow.sdk.BaseSensorOperator"}
LINES = {"only1": "1", "only2": "2"}
# What stands for an argument where the rule looks at its type.
SAMPLES: dict[str, Any] = {
    "sql": "SELECT 1",
    "bash_command": "true",
    "metrics_thresholds": {"COUNT(*)": 2},
    "days_back": -7,
    "week_day": "MONDAY",
    "table": "t",
    "date_filter_column": "ds",
    "endpoint": "x",
    "external_dag_id": "other",
    "trigger_dag_id": "other",
}


def signatures() -> dict[str, dict[str, Any]]:
    """Line -> class -> its record; line "" is what the lines share."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(DATA.glob("signatures*.json")):
        line = next((number for name, number in LINES.items() if file.stem.endswith(name)), "")
        found.setdefault(line, {}).update(json.loads(file.read_text()))
    return found


SIGNATURES = signatures()


def own_arguments(path: str, line: str) -> Iterator[str]:
    record = SIGNATURES.get(line, {}).get(path) or SIGNATURES[""].get(path)
    if record is None or path == "airflow.sdk.BaseOperator":
        return
    yield from (p[0] for p in record.get("params", ()) if isinstance(p, list))
    if any(p == "**kwargs" for p in record.get("params", ())) or not record.get("params"):
        for base in record.get("bases", ()):
            yield from own_arguments(base, line)


def cases() -> Iterator[tuple[str, str]]:
    for rule in all_rules():
        if rule.fidelity == "manual":
            continue
        for path in (rule.operator, *rule.aliases):
            if path.startswith("@") or ".decorators." in path:  # what a decorator takes is the operator's
                continue
            for line in "123":
                if SIGNATURES.get(line, {}).get(path) or SIGNATURES[""].get(path):
                    yield path, line


@pytest.mark.parametrize(("path", "line"), list(cases()))
def test_every_argument_is_read(path: str, line: str) -> None:
    names = set(own_arguments(path, line)) - {"context", "dag", "task_id"}
    unread = set(names)
    for wanted in sorted(names):  # alone, so that no other argument decides whether it is looked at
        given = {name: value for name, value in SAMPLES.items() if name in names}
        given |= {wanted: SAMPLES.get(wanted)}
        for name in names & {"conn_id", "http_conn_id", "slack_conn_id", "fs_conn_id"}:
            given[name] = "c"
        given.setdefault("http_conn_id" if "webhook_token" in names else "mode", "poke")
        _, view = apply(path, line, callable_=function("f"), **{k: v for k, v in given.items() if k in names})
        if wanted in view.read:
            unread.discard(wanted)
    assert unread - set(COMMON) - {"kwargs_to_upstream"} == set()


def test_the_table_of_common_arguments_is_complete() -> None:
    for line in "123":
        record = SIGNATURES.get(line, {}).get("airflow.sdk.BaseOperator") or SIGNATURES[""]["airflow.sdk.BaseOperator"]
        names = {p[0] for p in record["params"] if isinstance(p, list)}
        assert names - set(COMMON) == set()
