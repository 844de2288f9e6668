"""The connections of the Airflow project, one resource each."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from glob import glob
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

import dagster as dg

from ..airflow_compat.xcom import XComIOManager


class FileSystemResource(dg.ConfigurableResource[Any]):
    """A folder (Airflow connection type `fs`)."""

    path: str = "/"

    def get_path(self) -> str:
        """The folder's path."""
        return self.path

    def join(self, filepath: str) -> str:
        """The path of a file in the folder; an absolute one stays as it is."""
        return os.path.join(self.path, filepath)

    def exists(self, filepath: str, *, recursive: bool = False) -> bool:
        """Whether there is such a file, as Airflow's FileSensor decides: a pattern, or a folder with files in it.

        https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/file.html
        """
        found = glob(self.join(filepath), recursive=recursive)
        return any(Path(path).is_file() or any(files for _, _, files in os.walk(path)) for path in found)


class DbApiResource(dg.ConfigurableResource[Any]):
    """A database, with the methods of Airflow's database hooks.

    https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/index.html
    """

    placeholder: ClassVar[str] = "%s"
    """What stands for a value in this database's statements."""

    def using(self, **fields: Any) -> Any:
        """The same database with other values of some fields: `using(database="sales")`."""
        return self.model_copy(update=fields)

    def get_conn(self) -> Any:
        """A new connection, which the caller closes."""
        raise NotImplementedError

    @contextmanager
    def connect(self) -> Iterator[Any]:
        """A connection that is committed at the end, or rolled back after an exception, and closed."""
        with closing(self.get_conn()) as connection:
            self.begin(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def begin(self, connection: Any) -> None:
        """Start a transaction, where the driver does not do so by itself."""

    def set_autocommit(self, connection: Any, autocommit: bool) -> bool:
        """Let the driver commit each statement, or not. Returns whether it does: not every driver can."""
        return False

    def run(
        self,
        sql: str | Iterable[str],
        autocommit: bool = False,
        parameters: Iterable[Any] | Mapping[str, Any] | None = None,
        handler: Callable[[Any], Any] | None = None,
        split_statements: bool = False,
        return_last: bool = True,
    ) -> Any:
        """Execute one statement or several, in one transaction, with the same parameters.

        Returns what `handler` makes of the cursor (`fetch_all`), or None without one: the last statement's for a text,
        unless `return_last` is false; a list of all for a list of statements. Raises ValueError where there is none.
        """
        text = isinstance(sql, str)
        if isinstance(sql, str):
            statements = split_sql(sql) if split_statements else [sql] if sql.strip() else []
        else:
            statements = list(sql or ())
        if not statements:
            raise ValueError("List of SQL statements is empty")
        results = []
        with closing(self.get_conn()) as connection:
            commits_itself = self.set_autocommit(connection, autocommit)
            with closing(connection.cursor()) as cursor:
                for statement in statements:
                    self.execute(cursor, statement, parameters)
                    if handler is not None:
                        results.append(handler(cursor))
            if not commits_itself:
                connection.commit()
        if handler is None:
            return None
        return results[-1] if text and (return_last or not split_statements) else results

    def get_records(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] | None = None) -> Any:
        """All rows of a query."""
        return self.run(sql, parameters=parameters, handler=fetch_all)

    def get_first(self, sql: str, parameters: Iterable[Any] | Mapping[str, Any] | None = None) -> Any:
        """The first row of a query, or None."""
        return self.run(sql, parameters=parameters, handler=fetch_one)

    def get_pandas_df(self, sql: str, parameters: Any = None, **options: Any) -> Any:
        """The rows of a query as a pandas DataFrame. Needs the package pandas."""
        with closing(self.get_conn()) as connection:
            return import_module("pandas").read_sql(sql, con=connection, params=parameters, **options)

    def insert_rows(
        self,
        table: str,
        rows: Iterable[Sequence[Any]],
        target_fields: Sequence[str] | None = None,
        commit_every: int = 1000,
        replace: bool = False,
        **options: Any,
    ) -> None:
        """Insert rows, one by one, with a commit after each `commit_every` (0: only at the end)."""
        with closing(self.get_conn()) as connection, closing(connection.cursor()) as cursor:
            for number, row in enumerate(rows, 1):
                values = tuple(self.cell(value) for value in row)
                cursor.execute(
                    self.insert_statement(table, len(values), target_fields, replace, **options), values
                )
                if commit_every and number % commit_every == 0:
                    connection.commit()
            connection.commit()

    def insert_statement(
        self, table: str, count: int, target_fields: Sequence[str] | None, replace: bool, **options: Any
    ) -> str:
        """The statement that inserts (or with `replace`, replaces) a row of that many values."""
        fields = f" ({', '.join(target_fields)})" if target_fields else ""
        verb = "REPLACE" if replace else "INSERT"
        return f"{verb} INTO {table}{fields} VALUES ({','.join([self.placeholder] * count)})"

    def cell(self, value: Any) -> Any:
        """A value as it is given to the driver: text, as Airflow's hooks do where nothing better is known."""
        if value is None:
            return None
        return value.isoformat() if isinstance(value, datetime) else str(value)

    def execute(
        self, cursor: Any, statement: str, parameters: Iterable[Any] | Mapping[str, Any] | None = None
    ) -> None:
        """Execute one statement. Without parameters a percent sign in it is only a percent sign."""
        if parameters:
            cursor.execute(statement, parameters)
        else:
            cursor.execute(statement)


def fetch_all(cursor: Any) -> Any:
    """All rows of a cursor, or None after a statement that returns none."""
    return cursor.fetchall() if cursor.description is not None else None


def fetch_one(cursor: Any) -> Any:
    """The next row of a cursor, or None after a statement that returns none."""
    return cursor.fetchone() if cursor.description is not None else None


def fetch_dicts(cursor: Any) -> Any:
    """All rows of a cursor as dictionaries by column name, or None after a statement that returns none."""
    if cursor.description is None:
        return None
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def split_sql(sql: str) -> list[str]:
    """The statements in a text, without comments. Needs the package sqlparse, which Airflow uses too."""
    sqlparse = import_module("sqlparse")
    return [statement for statement in sqlparse.split(sqlparse.format(sql, strip_comments=True)) if statement]


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
                options |= {"database": options.get("database", database)} | (
                    {"schema": schema} if schema else {}
                )
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


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "fs_default": FileSystemResource(path=dg.EnvVar("FS_DEFAULT_PATH")),
            "warehouse": SqlResource(url=dg.EnvVar("WAREHOUSE_URL")),
            "io_manager": XComIOManager(airflow="2"),
        }
    )
