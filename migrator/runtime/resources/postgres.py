"""A resource for PostgreSQL databases."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from .dbapi import DbApiResource


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
