"""A resource for any database that a URL names."""

import sqlite3
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .dbapi import DbApiResource


class SqlResource(DbApiResource):
    """A database by its URL, as an Airflow connection has it: `postgres://user:password@host:5432/database`.

    The scheme says which: sqlite, postgres, mysql, duckdb or snowflake. Each needs its driver: psycopg, pymysql, duckdb
    or snowflake-connector-python.
    """

    url: str

    @property
    def kind(self) -> str:
        """The URL's scheme without a driver, in one spelling: `postgres` for `postgresql+psycopg`."""
        scheme = urlsplit(self.url).scheme.split("+")[0]
        return {"postgresql": "postgres", "mariadb": "mysql"}.get(scheme, scheme)

    def get_conn(self) -> Any:
        parts = urlsplit(self.url)
        given = {
            "host": parts.hostname,
            "port": parts.port,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
        }
        known: dict[str, Any] = {name: value for name, value in given.items() if value}
        options: dict[str, Any] = dict(parse_qsl(parts.query))
        name = unquote(parts.path[1:])
        match self.kind:
            case "sqlite":
                return sqlite3.connect(_path(self.url))
            case "duckdb":
                return import_module("duckdb").connect(_path(self.url) or ":memory:")
            case "postgres":
                psycopg = import_module("psycopg")
                return psycopg.connect(dbname=name, cursor_factory=psycopg.ClientCursor, **known, **options)
            case "mysql":
                return import_module("pymysql").connect(database=name or None, **known, **options)
            case "snowflake":
                account = options.pop("account", known.pop("host", None))
                database, _, schema = name.partition("/")
                options |= {"database": options.get("database", database)} | ({"schema": schema} if schema else {})
                connector = import_module("snowflake.connector")
                return connector.connect(account=account, autocommit=False, **known, **options)
        raise ValueError(f"no database driver is known for {self.kind!r}")

    def begin(self, connection: Any) -> None:
        if self.kind == "duckdb":  # the others begin by themselves
            connection.begin()

    def set_autocommit(self, connection: Any, autocommit: bool) -> bool:
        if self.kind == "postgres":
            connection.autocommit = autocommit
        elif self.kind in ("mysql", "snowflake"):
            connection.autocommit(autocommit)
        else:
            return False
        return autocommit

    def insert_statement(self, table: str, count: int, *more: Any, **options: Any) -> str:
        statement = super().insert_statement(table, count, *more, **options)
        return statement.replace("%s", "?") if self.kind in ("sqlite", "duckdb") else statement

    def cell(self, value: Any) -> Any:
        return super().cell(value) if self.kind == "sqlite" else value


def _path(url: str) -> str:
    """A file's path as Airflow reads it: absolute in `sqlite:///a/b` and `sqlite://%2Fa%2Fb`, relative in `sqlite://a`."""
    parts = urlsplit(url)
    path = unquote(parts.path).lstrip("/")
    return unquote(parts.netloc) or (f"/{path}" if path else "")
