"""The connections of the Airflow project, one resource each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar

import dagster as dg


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


class PostgresResource(DbApiResource):
    """A PostgreSQL database (Airflow connection type `postgres`)."""

    host: str = "localhost"
    port: int = 5432
    user: str = ""
    password: str = ""
    database: str = ""

    def get_conn(self) -> Any:
        psycopg = import_module("psycopg")  # only here, so that the project loads without the driver
        # This cursor puts the values into the text, as psycopg2 does, so that several statements can have parameters.
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            cursor_factory=psycopg.ClientCursor,
        )

    def set_autocommit(self, connection: Any, autocommit: bool) -> bool:
        connection.autocommit = autocommit
        return autocommit

    def cell(self, value: Any) -> Any:
        json = import_module("psycopg.types.json")
        return json.Json(value) if isinstance(value, (dict, list)) else value

    def insert_statement(
        self, table: str, count: int, target_fields: Sequence[str] | None, replace: bool, **options: Any
    ) -> str:
        """With `replace`, `replace_index` names the columns whose conflict is an update."""
        statement = super().insert_statement(table, count, target_fields, False)
        if not replace:
            return statement
        index = options.get("replace_index")
        if not target_fields or not index:
            raise ValueError("PostgreSQL ON CONFLICT upsert syntax requires column names and a replace_index")
        keys = [index] if isinstance(index, str) else list(index)
        updates = ", ".join(f"{name} = excluded.{name}" for name in target_fields if name not in keys)
        action = f"UPDATE SET {updates}" if updates else "NOTHING"
        return f"{statement} ON CONFLICT ({', '.join(keys)}) DO {action}"


@dg.definitions
def resources() -> dg.Definitions:
    return dg.Definitions(
        resources={
            "pg_sales": PostgresResource(
                host=dg.EnvVar("PG_SALES_HOST"),
                port=dg.EnvVar.int("PG_SALES_PORT"),
                user=dg.EnvVar("PG_SALES_USER"),
                password=dg.EnvVar("PG_SALES_PASSWORD"),
                database=dg.EnvVar("PG_SALES_DATABASE"),
            )
        }
    )
