"""A resource for MySQL and MariaDB databases."""

from importlib import import_module
from typing import Any

from .dbapi import DbApiResource


class MySqlResource(DbApiResource):
    """A MySQL or MariaDB database (Airflow connection type `mysql`)."""

    host: str = "localhost"
    port: int = 3306
    user: str = ""
    password: str = ""
    database: str = ""

    def get_conn(self) -> Any:
        pymysql = import_module("pymysql")  # only here, so that the project loads without the driver
        return pymysql.connect(
            host=self.host, port=self.port, user=self.user, password=self.password, database=self.database or None
        )

    def set_autocommit(self, connection: Any, autocommit: bool) -> bool:
        connection.autocommit(autocommit)
        return autocommit

    def cell(self, value: Any) -> Any:
        return value
