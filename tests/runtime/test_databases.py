"""The database resources do on real databases what Airflow's hooks do."""

from __future__ import annotations

import datetime as dt
import importlib
import sqlite3
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from migrator.runtime.resources.dbapi import DbApiResource, fetch_all, fetch_one
from migrator.runtime.resources.duckdb import DuckDBResource
from migrator.runtime.resources.mysql import MySqlResource
from migrator.runtime.resources.postgres import PostgresResource
from migrator.runtime.resources.sql import SqlResource
from migrator.runtime.resources.sqlite import SqliteResource

from .servers import free_port, other_user, program, running


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresResource]:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    initdb = program("initdb", "usr/lib/postgresql/*/bin")
    if initdb is None:
        pytest.skip("PostgreSQL is not installed")
    folder, port = tmp_path_factory.mktemp("postgres"), free_port()
    user = other_user(folder)
    subprocess.run(
        [initdb, "-D", "data", "-U", "me", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL, **user,
    )  # fmt: skip
    server = str(Path(initdb).resolve().with_name("postgres"))
    settings = f"-D data -p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k".split()
    resource = PostgresResource(host="127.0.0.1", port=port, user="me", password="x", database="postgres")
    command = [server, *settings, str(folder)]
    with running(command, lambda: resource.get_first("SELECT 1"), folder.parent / "postgres.log", cwd=folder, **user):
        yield resource


@pytest.fixture(scope="module")
def mysql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MySqlResource]:
    pytest.importorskip("pymysql", reason="pymysql is not installed")
    install, server = program("mariadb-install-db"), program("mariadbd", "usr/sbin")
    if install is None or server is None:
        pytest.skip("MariaDB is not installed")
    folder, port = tmp_path_factory.mktemp("mysql"), free_port()
    user = other_user(folder)
    common = ["--no-defaults", f"--datadir={folder}/data"]
    subprocess.run(
        [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
        cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user,
    )  # fmt: skip
    resource = MySqlResource(host="127.0.0.1", port=port, user="root", password="", database="mysql")
    settings = [f"--port={port}", "--bind-address=127.0.0.1", f"--socket={folder}/s", "--skip-log-bin"]
    log = folder.parent / "mysql.log"
    with running([server, *common, *settings], lambda: resource.get_first("SELECT 1"), log, cwd=folder, **user):
        yield resource


@pytest.fixture(
    params=[
        "sqlite",
        "duckdb",
        "postgres",
        "mysql",
        "sqlite by url",
        "duckdb by url",
        "postgres by url",
        "mysql by url",
    ]
)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DbApiResource]:
    kind, _, by_url = str(request.param).partition(" by ")
    resource: Any
    if kind in ("sqlite", "duckdb"):
        if kind == "duckdb":
            pytest.importorskip("duckdb")
        path = str(tmp_path / "database")
        resource = SqliteResource(path=path) if kind == "sqlite" else DuckDBResource(path=path)
        url = f"{kind}:///{path}"
    else:
        resource = request.getfixturevalue(kind)
        url = f"{kind}://{resource.user}:{resource.password}@{resource.host}:{resource.port}/{resource.database}"
    resource = SqlResource(url=url) if by_url else resource
    resource.run("CREATE TABLE things (id INTEGER PRIMARY KEY, name VARCHAR(20), price DECIMAL(8, 2), seen DATE)")
    yield resource
    resource.run("DROP TABLE things")


ROWS = [(1, "a", Decimal("1.50"), dt.date(2024, 1, 2)), (2, "b", None, None)]


def mark(database: DbApiResource) -> str:
    assert database.placeholder in ("?", "%s")
    return "?" if isinstance(database, SqlResource) and database.kind in ("sqlite", "duckdb") else database.placeholder


def test_rows(database: DbApiResource) -> None:
    database.insert_rows("things", ROWS, target_fields=["id", "name", "price", "seen"])
    assert [tuple(row)[:2] for row in database.get_records("SELECT * FROM things ORDER BY id")] == [(1, "a"), (2, "b")]
    assert tuple(database.get_first("SELECT id, name FROM things ORDER BY id DESC")) == (2, "b")
    assert database.get_first("SELECT id FROM things WHERE id > 5") is None
    assert database.get_records("SELECT id FROM things WHERE id > 5") in ([], ())
    found = database.get_first(f"SELECT name FROM things WHERE id = {mark(database)}", parameters=(1,))
    assert found[0] == "a"
    assert database.get_first("SELECT '50%'")[0] == "50%"


def test_several_statements(database: DbApiResource) -> None:
    statements = ["INSERT INTO things (id) VALUES (1)", "SELECT id FROM things", "SELECT COUNT(*) FROM things"]
    assert database.run(statements) is None
    seen = database.run(statements[1:], handler=fetch_all)
    assert [[tuple(row) for row in rows] for rows in seen] == [[(1,)], [(1,)]]
    assert tuple(database.run(statements[2], handler=fetch_one)) == (1,)
    for nothing in ("", "  ", []):
        with pytest.raises(ValueError, match="empty"):
            database.run(nothing)


def test_split_statements(database: DbApiResource) -> None:
    pytest.importorskip("sqlparse", reason="sqlparse is not installed")
    text = "INSERT INTO things (id, name) VALUES (1, 'a;b'); -- c; d\nSELECT name FROM things;"
    assert [tuple(row) for row in database.run(text, split_statements=True, handler=fetch_all)] == [("a;b",)]
    text = "SELECT 1; SELECT 2"
    seen = database.run(text, split_statements=True, return_last=False, handler=fetch_one)
    assert [tuple(row) for row in seen] == [(1,), (2,)]


def is_duckdb(database: DbApiResource) -> bool:
    return isinstance(database, DuckDBResource) or getattr(database, "kind", "") == "duckdb"


def test_connection_of_its_own(database: DbApiResource) -> None:
    """`connect()` is one transaction, for DuckDB too if the connection itself executes."""

    def insert(connection: Any) -> None:
        (connection if is_duckdb(database) else connection.cursor()).execute("INSERT INTO things (id) VALUES (1)")

    def insert_and_fail() -> None:
        with database.connect() as connection:
            insert(connection)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        insert_and_fail()
    assert database.get_first("SELECT COUNT(*) FROM things")[0] == 0
    with database.connect() as connection:
        insert(connection)
    assert database.get_first("SELECT COUNT(*) FROM things")[0] == 1


def test_one_transaction(database: DbApiResource) -> None:
    """What fails leaves nothing behind."""
    if is_duckdb(database):
        pytest.skip("DuckDB commits each statement")
    statements = ["INSERT INTO things (id) VALUES (1)", "INSERT INTO nowhere VALUES (1)"]
    with pytest.raises(Exception, match=r"(?i)nowhere"):
        database.run(statements)
    assert database.get_first("SELECT COUNT(*) FROM things")[0] == 0


@pytest.mark.parametrize("database", ["postgres", "mysql", "postgres by url", "mysql by url"], indirect=True)
def test_autocommit(database: DbApiResource) -> None:
    with pytest.raises(Exception, match=r"(?i)nowhere"):
        database.run(["INSERT INTO things (id) VALUES (1)", "INSERT INTO nowhere VALUES (1)"], autocommit=True)
    assert database.get_first("SELECT COUNT(*) FROM things")[0] == 1


def test_commit_every(database: DbApiResource) -> None:
    """Rows before a bad one stay where they were committed."""
    committed = 3 if is_duckdb(database) else 2
    with pytest.raises(Exception, match=r"(?i)constraint|duplicate|unique"):
        database.insert_rows("things", [(1,), (2,), (3,), (1,)], target_fields=["id"], commit_every=2)
    assert database.get_first("SELECT COUNT(*) FROM things")[0] == committed


@pytest.mark.parametrize("database", ["sqlite", "mysql"], indirect=True)
def test_replace(database: DbApiResource) -> None:
    for name in ("a", "b"):
        database.insert_rows("things", [(1, name)], target_fields=["id", "name"], replace=True)
    assert [tuple(row) for row in database.get_records("SELECT id, name FROM things")] == [(1, "b")]


def test_replace_in_postgres(postgres: PostgresResource) -> None:
    postgres.run("CREATE TABLE documents (id INTEGER PRIMARY KEY, body JSON)")
    for body in ({"a": 1}, {"a": 2}):
        postgres.insert_rows("documents", [(1, body)], ["id", "body"], replace=True, replace_index="id")
    assert postgres.get_records("SELECT * FROM documents") == [(1, {"a": 2})]
    with pytest.raises(ValueError, match="replace_index"):
        postgres.insert_rows("documents", [(1, {})], ["id", "body"], replace=True)


def test_postgres_parameters(postgres: PostgresResource) -> None:
    """As psycopg2 takes them: named ones, lists, several statements at once, percent signs doubled."""
    assert postgres.get_first("SELECT %(a)s::int + 1", {"a": 1}) == (2,)
    assert postgres.get_first("SELECT 2 = ANY(%s)", ([1, 2],)) == (True,)
    assert postgres.get_first("CREATE TEMP TABLE t AS SELECT %s::int AS x; SELECT 1", (5,)) is None
    assert postgres.get_first("SELECT '10%%', %s", ("x",)) == ("10%", "x")


def test_data_frames(database: DbApiResource) -> None:
    pytest.importorskip("pandas", reason="pandas is not installed")
    database.run("INSERT INTO things (id, name) VALUES (1, 'a')")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *a, **k: None)  # pandas would rather have SQLAlchemy
        frame = database.get_pandas_df("SELECT id, name FROM things")
    assert frame.to_dict("records") == [{"id": 1, "name": "a"}]


def test_same_as_airflow_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text affinity of what SqliteHook inserts, and its results, value by value."""
    pytest.importorskip("airflow", reason="Airflow is not installed beside pytest")
    hooks = importlib.import_module("airflow.providers.sqlite.hooks.sqlite")
    rows = [(1, 1.5, True, None, "x", dt.datetime(2024, 1, 2), dt.date(2024, 1, 2), b"b", Decimal("1.10"))]
    seen = []
    monkeypatch.setenv("AIRFLOW_CONN_SQLITE_DEFAULT", "sqlite://")
    for name in ("ours", "theirs"):
        path = tmp_path / name
        resource: Any = SqliteResource(path=str(path))
        if name == "theirs":
            resource = type("Hook", (hooks.SqliteHook,), {"get_conn": lambda self, path=path: sqlite3.connect(path)})()
        resource.run("CREATE TABLE t (a, b, c, d, e, f, g, h, i INTEGER)")
        resource.insert_rows("t", rows)
        resource.insert_rows("t", [(1,)], target_fields=["a"])
        seen.append(
            [
                resource.get_records("SELECT * FROM t"),
                resource.get_first("SELECT a, typeof(a) FROM t"),
                resource.run("SELECT a FROM t"),
                resource.run("SELECT a FROM t", handler=fetch_all),
                resource.run(["SELECT a FROM t", "SELECT b FROM t"], handler=fetch_one),
                resource.run("SELECT 1; SELECT 2", handler=fetch_one, split_statements=True),
                resource.run("SELECT 1; SELECT 2", handler=fetch_one, split_statements=True, return_last=False),
                resource.run("UPDATE t SET a = 2", handler=fetch_all),
                resource.get_first("SELECT a FROM t WHERE a = 7"),
                resource.get_records("SELECT a FROM t WHERE a = ?", parameters=["1"]),
            ]
        )
    assert seen[0] == seen[1]


def test_in_an_asset(tmp_path: Path) -> None:
    @dg.asset
    def made(warehouse: SqliteResource) -> list[Any]:
        warehouse.run("CREATE TABLE t (a)")
        return [warehouse.get_first("SELECT COUNT(*) FROM t")]

    resources = {"warehouse": SqliteResource(path=dg.EnvVar("WAREHOUSE_PATH"))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WAREHOUSE_PATH", str(tmp_path / "w.db"))
        assert dg.materialize([made], resources=resources).output_for_node("made") == [(0,)]


@pytest.mark.parametrize(
    ("url", "kind"),
    [("postgresql+psycopg://h/d", "postgres"), ("mariadb://h/d", "mysql"), ("sqlite:///x", "sqlite")],
)
def test_url_kinds(url: str, kind: str) -> None:
    assert SqlResource(url=url).kind == kind


def test_unknown_url() -> None:
    with pytest.raises(ValueError, match="oracle"):
        SqlResource(url="oracle://h/d").get_conn()
