"""Airflow operators run inside Dagster assets, on both lines of Airflow, without a metadata database."""

from __future__ import annotations

import pytest

from migrator.runtime.compat import bridge, exceptions

from .conftest import Truth

EXPECTED = {
    "bash": "2024-03-05 pv bridged",
    "sql": [["2024-03-05", 1]],
    "child": "s",
    "python": ["2024-03-05", "20240305", "t"],
    "sensor": None,
    "deferring": ["twice", 2, "2024-03-05"],
}
SKIPPED = ("bash_skip", "skip", "sensor_soft")
FAILED = {
    "bash_fail": "AirflowException: Bash command failed",
    "sensor_timeout": "Failure: AirflowSensorTimeout: Sensor has timed out",
    "fail": "Failure: AirflowFailException: no more",
    "error": "ValueError: bad",
    "undefined": "UndefinedError: 'absent' is undefined",
}


def test_operators(truth: Truth) -> None:
    seen = truth.bridged
    assert {name: seen[name]["value"] for name in EXPECTED} == EXPECTED
    assert seen["custom"]["pushed"] == {"rows": 3}
    assert seen["custom"]["value"] == {
        "query": "day = '2024-03-05'",
        "options": {"a": ["pv", 1]},
        "same": True,
        "task": "t",
        "variable": "value",
        "connection": "h.com",
        "try": 1,
        "run_id": "scheduled__2024-03-05T00:00:00+00:00",
    }
    assert seen["deferrable"]["success"]


@pytest.mark.parametrize("name", SKIPPED)
def test_skipped(truth: Truth, name: str) -> None:
    answer = truth.bridged[name]
    assert (answer["success"], answer["value"]) == (True, "no output")


@pytest.mark.parametrize("name", FAILED)
def test_failed(truth: Truth, name: str) -> None:
    answer = truth.bridged[name]
    assert not answer["success"]
    assert FAILED[name] in answer["error"]


@pytest.mark.parametrize("name", ["AirflowSkipException", "AirflowFailException"])
def test_functions_raise_the_exceptions_of_the_runtime_for_those_of_airflow(name: str) -> None:
    theirs = pytest.importorskip("airflow.sdk.exceptions", reason="Airflow 2 has them elsewhere")

    def fails(text: str) -> None:
        raise getattr(theirs, name)(text)

    with pytest.raises(getattr(exceptions, name), match="no more") as raised:
        bridge.airflow_function(fails)("no more")
    assert isinstance(raised.value.__cause__, getattr(theirs, name))
    assert bridge.airflow_function(len)("abc") == 3
