"""A resource for Snowflake databases."""

from importlib import import_module
from typing import Any

from .dbapi import DbApiResource


class SnowflakeDatabase(DbApiResource):
    """A Snowflake database (Airflow connection type `snowflake`), by snowflake-connector-python."""

    account: str
    user: str = ""
    password: str = ""
    warehouse: str = ""
    database: str = ""
    schema_name: str = ""
    role: str = ""

    def get_conn(self) -> Any:
        given = {
            "account": self.account,
            "user": self.user,
            "password": self.password,
            "warehouse": self.warehouse,
            "database": self.database,
            "schema": self.schema_name,
            "role": self.role,
        }
        connector = import_module("snowflake.connector")  # only here, so that the project loads without the driver
        return connector.connect(autocommit=False, **{name: value for name, value in given.items() if value})

    def set_autocommit(self, connection: Any, autocommit: bool) -> bool:
        connection.autocommit(autocommit)
        return autocommit

    def cell(self, value: Any) -> Any:
        return value
