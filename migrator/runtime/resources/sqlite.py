"""A resource for SQLite databases."""

import sqlite3
from typing import ClassVar

from .dbapi import DbApiResource


class SqliteResource(DbApiResource):
    """A SQLite database (Airflow connection type `sqlite`)."""

    placeholder: ClassVar[str] = "?"

    path: str

    def get_conn(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path)
