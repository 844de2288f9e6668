"""Branches and short circuits among plain assets."""

import datetime as dt
from typing import Any

import dagster as dg
import pytest

from migrator.runtime.compat.branches import branch, chosen, short_circuit, truth, within
from migrator.runtime.compat.exceptions import AirflowException
from migrator.runtime.compat.task import airflow_task


def deciding(value: Any, *, airflow: str = "3") -> Any:
    return branch("a", "b", "c", airflow=airflow, groups={"g": ["b", "c"]})(lambda: value)()


@pytest.mark.parametrize(
    ("value", "followed"),
    [("a", ["a"]), (["c", "a"], ["a", "c"]), ("g", ["b", "c"]), (None, []), ([], []), (("a", "g"), ["a", "b", "c"])],
)
def test_what_a_branch_follows(value: Any, followed: list[str]) -> None:
    assert deciding(value)["skipmixin_key"] == {"followed": followed}


def test_what_a_branch_pushes() -> None:
    """In Airflow 3, one that skips something does not come to push what it returns."""
    assert "return_value" not in deciding("a")
    assert deciding("a", airflow="2")["return_value"] == "a"
    assert deciding(["a", "g"])["return_value"] == ["a", "g"]
    assert "return_value" not in deciding(None, airflow="2")


def test_what_a_branch_must_not_name() -> None:
    with pytest.raises(AirflowException, match="must contain only valid task_ids"):
        deciding(["a", "x"])
    with pytest.raises(AirflowException, match="has to name"):
        deciding(None, airflow="1")


@pytest.mark.parametrize("goes_on", [True, False])
def test_in_a_run(goes_on: bool) -> None:
    """What is left out ends without a value, and so does all that comes after it; the run is a success."""
    seen: list[Any] = []

    @dg.asset
    @short_circuit("load", "look", airflow="2")
    def rows() -> Any:
        return goes_on

    @dg.asset(ins={"rows": dg.AssetIn("rows")}, output_required=False)
    @airflow_task()
    @chosen("load", by="rows")
    def load(context: dg.AssetExecutionContext) -> int:
        return 1

    @dg.asset(output_required=False)
    @airflow_task()
    @chosen("look", by="rows")
    def look(rows: Any) -> None:
        seen.append(rows["return_value"])

    @dg.asset
    def after(load: int) -> int:
        return load + 1

    result = dg.materialize([rows, load, look, after], raise_on_error=False)
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key}
    assert result.success
    assert made == ({"rows", "load", "look", "after"} if goes_on else {"rows"})
    assert seen == ([True] if goes_on else [])


EARLY, LATE = dt.time(6), dt.time(18)


@pytest.mark.parametrize(
    ("hour", "lower", "upper", "timezone", "inside"),
    [
        (12, EARLY, LATE, "UTC", True),
        (5, EARLY, LATE, "UTC", False),
        (19, EARLY, LATE, "UTC", False),
        (19, LATE, EARLY, "UTC", True),  # until the next morning
        (5, LATE, EARLY, "UTC", False),
        (5, EARLY, LATE, "Europe/Berlin", True),
        (12, None, EARLY, "UTC", False),
        (12, dt.datetime(2024, 1, 1), None, "UTC", True),
        (12, dt.datetime(2024, 2, 3), dt.datetime(2024, 2, 2), "UTC", False),
        (12, dt.datetime(2024, 2, 2, 13, tzinfo=dt.timezone(dt.timedelta(hours=2))), None, "UTC", True),
    ],
)
def test_within(hour: int, lower: Any, upper: Any, timezone: str, inside: bool) -> None:
    assert within(dt.datetime(2024, 2, 2, hour, tzinfo=dt.timezone.utc), lower, upper, timezone) is inside


@pytest.mark.parametrize(
    ("row", "true"),
    [((1,), True), ((0, 1), False), ([[True]], True), (("Yes",), True), (["off"], False), (False, False)],
)
def test_truth(row: Any, true: bool) -> None:
    assert truth(row) is true


@pytest.mark.parametrize("row", [None, (None,), ("maybe",), (1.5,)])
def test_no_truth(row: Any) -> None:
    with pytest.raises(AirflowException):
        truth(row)
