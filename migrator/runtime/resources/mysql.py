"""A resource for MySQL and MariaDB databases."""

from importlib import import_module
from typing import Any, ClassVar

from .dbapi import DbApiResource


class MySqlResource(DbApiResource):
    """A MySQL or MariaDB database (Airflow connection type `mysql`)."""

    host: str = "localhost"
    port: int = 3306
    user: str = ""
    password: str = ""
    database: str = ""

    supports_autocommit: ClassVar[bool] = True

    def get_conn(self) -> Any:
        pymysql = import_module("pymysql")  # only here, so that the project loads without the driver
        return pymysql.connect(
            host=self.host, port=self.port, user=self.user, password=self.password, database=self.database or None
        )

    def cell(self, value: Any) -> Any:
        return value
