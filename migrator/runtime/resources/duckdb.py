"""A resource for DuckDB databases."""

from importlib import import_module
from typing import Any, ClassVar

from .dbapi import DbApiResource


class DuckDBResource(DbApiResource):
    """A DuckDB database (Airflow connection type `duckdb`).

    DuckDB commits each statement by itself, and each cursor is a connection of its own. Only what the connection of
    `connect()` executes itself (`connection.execute(…)`) is one transaction.
    """

    placeholder: ClassVar[str] = "?"

    path: str = ":memory:"

    def get_conn(self) -> Any:
        return import_module("duckdb").connect(self.path)  # only here, so that the project loads without it

    def begin(self, connection: Any) -> None:
        connection.begin()

    def cell(self, value: Any) -> Any:
        return value
