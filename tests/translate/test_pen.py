"""Values written as expressions read back as the same values."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import os
import pathlib
import re
import zoneinfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.airflow_model import Deferred, EnvRef, Symbol, TaskRef, Unknown, VariableRef
from migrator.dagster_model import Import
from migrator.translate.pen import CannotWriteError, Expression, Pen, format_string, string

NAMES = {
    "Decimal": decimal.Decimal,
    "Path": pathlib.Path,
    "ZoneInfo": zoneinfo.ZoneInfo,
    "date": dt.date,
    "datetime": dt.datetime,
    "time": dt.time,
    "timedelta": dt.timedelta,
    "timezone": dt.timezone,
    "re": re,
    "os": os,
    "json": json,
}
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
TIMES = st.datetimes() | st.dates() | st.timedeltas() | st.datetimes(timezones=st.timezones())
VALUES = st.recursive(
    PLAIN | TIMES,
    lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES)
def test_a_known_value_reads_back(value: object) -> None:
    assert eval(Pen().expression(value), dict(NAMES)) == value


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text() | st.sampled_from([Expression("ds"), Expression('row["key"]'), Expression("row['key']")])))
def test_a_format_string_reads_back(pieces: list[str]) -> None:
    names = {"ds": "2024-01-01", "row": {"key": "a \"b\" 'c'"}}
    expected = "".join(str(eval(p, dict(names))) if isinstance(p, Expression) else p for p in pieces)
    assert eval(format_string(list(pieces)), dict(names)) == expected


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(alphabet=st.sampled_from("ab\"'\\\n\t{} é%"), max_size=60))
def test_a_text_reads_back(text: str) -> None:
    assert eval(string(text)) == text


def test_python_3_10_reads_the_format_strings() -> None:
    """Before 3.12 an expression in an f-string may not hold its quote or a backslash."""
    assert format_string([Expression('f("a")'), " 'b' "]) == "f'{f(\"a\")} \\'b\\' '"
    assert not format_string([Expression('f("\\n")'), "x"]).startswith("f")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (VariableRef("bucket"), 'os.environ["AIRFLOW_VAR_BUCKET"]'),
        (VariableRef("bucket", True, "raw"), "os.environ.get(\"AIRFLOW_VAR_BUCKET\", 'raw')"),
        (VariableRef("rules", deserialize_json=True), 'json.loads(os.environ["AIRFLOW_VAR_RULES"])'),
        (VariableRef("a.b"), "get_variable('a.b')"),
        (EnvRef("HOME", required=True), "os.environ['HOME']"),
        (EnvRef("HOME", default="/"), "os.environ.get('HOME', '/')"),
        (Deferred("+", (VariableRef("bucket"), "/x")), "os.environ[\"AIRFLOW_VAR_BUCKET\"] + '/x'"),
        (Deferred("call", (Symbol("uuid.uuid4"),)), "uuid4()"),
        (Deferred("call", (Symbol("len"), "abc")), "len('abc')"),
        (Deferred("attribute", (Symbol("sys"),), "argv"), "sys.argv"),
        (Deferred("format", ("s3://", VariableRef("bucket"), "/")), "f's3://{os.environ[\"AIRFLOW_VAR_BUCKET\"]}/'"),
        (Deferred("if", (EnvRef("X"), 1, 2)), "(1 if os.environ.get('X') else 2)"),
    ],
)
def test_a_run_time_value_is_computed_again(value: object, text: str) -> None:
    assert Pen().expression(value) == text


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (Unknown("it comes from a file"), "it comes from a file"),
        ([1, {"a": Unknown("why")}], "why"),
        (Symbol("airflow.models.DagBag"), "airflow.models.DagBag, which only Airflow has"),
        (TaskRef("d", "t"), "the task t itself"),
    ],
)
def test_what_cannot_be_written_says_why(value: object, reason: str) -> None:
    with pytest.raises(CannotWriteError, match=re.escape(reason)):
        Pen().expression(value)


def test_imports_of_one_name_from_two_modules_are_told_apart() -> None:
    pen = Pen()
    assert pen.use("datetime", "timedelta") == "timedelta"
    assert pen.use("pandas", "timedelta") == "pandas_timedelta"
    assert pen.use("datetime", "timedelta") == "timedelta"
    assert pen.imports == {Import("datetime", "timedelta"), Import("pandas", "timedelta", "pandas_timedelta")}
