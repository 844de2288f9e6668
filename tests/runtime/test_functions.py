"""Connections, Variables, delays and verdicts on data are what Airflow's own functions give."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sql_tables import CHECKS, DS, SETUP, SQL_TEXTS
from tables import BACKOFF, CONNECTIONS, POKES, VARIABLES

from migrator.runtime.compat import sql
from migrator.runtime.compat.connections import ConnectionAccessor, get_connection
from migrator.runtime.compat.exceptions import AirflowNotFoundException, AirflowRuntimeError, VariableNotFound
from migrator.runtime.compat.sensors import next_interval
from migrator.runtime.compat.standins import BaseHook, Connection, Variable
from migrator.runtime.compat.tries import backoff
from migrator.runtime.compat.variables import get_variable
from migrator.runtime.resources.dbapi import split_sql
from migrator.runtime.resources.sqlite import SqliteResource

from .conftest import Truth

FAILED = ("! AirflowException", "! AirflowFailException")


def answer(function: Any) -> Any:
    try:
        return function()
    except Exception as error:
        return f"! {type(error).__name__}"


def test_connections(truth: Truth, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = ("conn_type", "host", "login", "password", "schema", "port", "extra", "description", "extra_dejson")
    for text in CONNECTIONS:
        monkeypatch.setenv("AIRFLOW_CONN_TRUTH", text)
        expected = truth.functions["connections"][text]
        try:
            ours = get_connection("truth")
        except Exception:
            assert isinstance(expected, str), text
            assert expected.startswith("! "), text
            continue
        got = {name: getattr(ours, name) for name in fields} | {"uri": answer(ours.get_uri)}
        if truth.airflow == "2" and got["password"] == "":  # Airflow 2.11 forgets it, 3.3 keeps it
            got |= {"password": None, "uri": got["uri"].replace(":@", "@")}
        assert got == expected, text


def test_missing_connection() -> None:
    with pytest.raises(AirflowNotFoundException, match="AIRFLOW_CONN_NOWHERE"):
        get_connection("nowhere")
    assert ConnectionAccessor().get("nowhere", 5) == 5


@pytest.mark.usefixtures("variables")
def test_variables(truth: Truth) -> None:
    for key in (*VARIABLES, "mixed_case"):
        expected = truth.functions["variables"][key]
        text, parsed, with_default = (
            answer(lambda k=key: get_variable(k)),
            answer(lambda k=key: get_variable(k, deserialize_json=True)),
            get_variable(key, "default"),
        )
        assert [text, with_default] == [expected[0], expected[2]], key
        if str(expected[1]).startswith("!"):  # Airflow 3.3 reports broken JSON as a missing Variable
            assert parsed.startswith("!"), key
        else:
            assert parsed == expected[1], key


def test_missing_variable() -> None:
    assert get_variable("nowhere", None) is None
    assert issubclass(VariableNotFound, KeyError)
    assert issubclass(VariableNotFound, AirflowRuntimeError)
    with pytest.raises(VariableNotFound, match="AIRFLOW_VAR_NOWHERE"):
        get_variable("nowhere")


@pytest.mark.usefixtures("variables")
def test_stand_ins(truth: Truth, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """What helper modules of the user's have for Airflow's classes gives what those give."""
    for key in (*VARIABLES, "mixed_case"):
        expected = truth.functions["variables"][key]
        assert [answer(lambda k=key: Variable.get(k)), Variable.get(key, "default")] == [expected[0], expected[2]], key
    assert Variable.get("nowhere", default_var=None) is None
    assert Variable.get("nowhere", default=1, deserialize_json=True) == 1
    with pytest.raises(VariableNotFound):
        Variable.get("nowhere")

    class Hook(BaseHook):
        def host(self) -> str | None:
            self.log.warning("asked")
            return self.get_connection("truth").host

    monkeypatch.setenv("AIRFLOW_CONN_TRUTH", "http://a.example")
    assert Hook().host() == Connection.get("truth").host == "a.example"
    assert caplog.records[-1].name.endswith("Hook")
    with pytest.raises(AirflowNotFoundException):
        BaseHook.get_connection("nowhere")


def test_backoff(truth: Truth) -> None:
    for case, expected in zip(BACKOFF, truth.functions["backoff"], strict=True):
        multiplier = case["multiplier"] if truth.airflow == "3" else 2.0
        date = case["date"].replace("T", " ")
        ours = backoff(case["delay"], multiplier, f"dag#task#{date}", case["try_number"], case["most"])
        assert ours == expected, case


def test_poke_intervals(truth: Truth) -> None:
    for case, expected in zip(POKES, truth.functions["pokes"], strict=True):
        ours = next_interval(
            case["poke_interval"], "adhoc_airflow#task#12.5", case["count"], case["timeout"] - 7, case["max_wait"]
        )
        assert ours == expected, case


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> SqliteResource:
    path = tmp_path_factory.mktemp("checked") / "checked.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(SETUP)
    return SqliteResource(path=str(path))


def verdict(database: SqliteResource, kind: str, arguments: dict[str, Any]) -> str:
    rest = dict(arguments)
    match kind:
        case "first_row":
            found = sql.check_first_row(database.get_first(rest["sql"]))
        case "value":
            found = sql.check_value(database.get_first(rest.pop("sql")), **rest)
        case "interval":
            found = sql.check_interval(database, ds=DS, **rest)
        case "threshold":
            found = sql.check_threshold(database, **rest)
        case "columns":
            found = sql.check_columns(database, **rest)
        case _:
            found = sql.check_table(database, **rest)
    found.check_result()
    found.require()
    return "passed"


def test_sql_checks(truth: Truth, database: SqliteResource) -> None:
    """Passed or failed alike; where Airflow's operator raises another error, so do we."""
    outcomes = truth.functions["sql"]
    assert {"passed", "! AirflowException", "! TypeError", "! ValueError", "! OperationalError"} == set(outcomes)
    for (kind, arguments), expected in zip(CHECKS, outcomes, strict=True):
        assert answer(lambda k=kind, a=arguments: verdict(database, k, a)) == expected, (kind, arguments)


def test_sql_failure_without_retry() -> None:
    with pytest.raises(sql.AirflowFailException):
        sql.check_first_row([0]).require(retry_on_failure=False)


def test_split_sql(truth: Truth) -> None:
    pytest.importorskip("sqlparse")
    for text in SQL_TEXTS:
        assert split_sql(text) == truth.functions["split"][text]
