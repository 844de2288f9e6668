"""What stands in your own helper modules for classes of Airflow's: the same names, as far as those modules use them."""

import logging
from typing import Any

from .connections import Connection as EnvironmentConnection
from .connections import get_connection
from .variables import MISSING, get_variable


class Variable:
    """Airflow's Variables, read with `Variable.get`."""

    @staticmethod
    def get(key: str, default_var: Any = MISSING, deserialize_json: bool = False, *, default: Any = MISSING) -> Any:
        """The Variable; `default_var` is what Airflow before 3 calls the default."""
        given = default if default_var is MISSING else default_var
        return get_variable(key, given, deserialize_json=deserialize_json)


class Connection(EnvironmentConnection):
    """A connection, which Airflow 3 gives by `Connection.get`."""

    @staticmethod
    def get(conn_id: str) -> EnvironmentConnection:
        """The connection. Raises AirflowNotFoundException where it is not set."""
        return get_connection(conn_id)


class LoggingMixin:
    """What gives classes a logger."""

    @property
    def log(self) -> logging.Logger:
        """A logger named after the class."""
        return logging.getLogger(f"{type(self).__module__}.{type(self).__qualname__}")


class BaseHook(LoggingMixin):
    """The class that hooks are derived from."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        super().__init__()

    @classmethod
    def get_connection(cls, conn_id: str) -> EnvironmentConnection:
        """The connection. Raises AirflowNotFoundException where it is not set."""
        return get_connection(conn_id)
