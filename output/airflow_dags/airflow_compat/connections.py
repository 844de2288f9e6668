"""Airflow's connections, read from the environment variables Airflow reads them from.

https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html#storing-connections-in-environment-variables
"""

import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from .exceptions import AirflowException, AirflowNotFoundException


@dataclass
class Connection:
    """A connection with the attributes Airflow's has. `extra` is text, `extra_dejson` what it says."""

    conn_id: str
    conn_type: str | None = None
    host: str | None = None
    login: str | None = None
    password: str | None = None
    schema: str | None = None
    port: int | None = None
    extra: str | None = None
    description: str | None = None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extra fields; empty where `extra` is not JSON."""
        try:
            extra: Any = json.loads(self.extra) if self.extra else {}
        except json.JSONDecodeError:
            return {}
        return extra  # type: ignore[no-any-return]  # Airflow does not insist on a dict either

    def get_uri(self) -> str:
        """The connection as a URI, as Airflow writes it."""
        uri = f"{self.conn_type.lower().replace('_', '-')}://" if self.conn_type else "//"
        host = self.host or ""
        if "://" in host:
            protocol, host = host.split("://", 1)
            uri += f"{protocol}://"
        login = quote(self.login or "", safe="")
        password = f":{quote(self.password, safe='')}" if self.password is not None else ""
        authority = f"{login}{password}@" if login or password else ""
        block = authority + quote(host, safe="")
        if self.port is not None:
            block += f":{self.port}" if block or self.port else f"@:{self.port}"
        if self.schema:
            block += f"/{quote(self.schema, safe='')}"
        uri += block
        if self.extra:
            fields = self.extra_dejson
            plain = isinstance(fields, dict) and fields and all(isinstance(value, str) for value in fields.values())
            query = urlencode(fields if plain else {"__extra__": self.extra})
            uri += ("" if self.schema else "/") + f"?{query}"
        return uri

    @classmethod
    def parse(cls, conn_id: str, text: str) -> "Connection":
        """A connection from a URI or from JSON. Raises AirflowException or ValueError where it is neither."""
        return _from_json(conn_id, text) if text.strip().startswith("{") else _from_uri(conn_id, text)


def get_connection(conn_id: str) -> Connection:
    """The connection in the environment variable AIRFLOW_CONN_<ID>.

    Raises AirflowNotFoundException where there is no such variable.
    """
    text = os.environ.get(f"AIRFLOW_CONN_{conn_id.upper()}")
    if not text:
        raise AirflowNotFoundException(
            f"The conn_id `{conn_id}` isn't defined: set AIRFLOW_CONN_{conn_id.upper()} to its URI or JSON"
        )
    return Connection.parse(conn_id, text)


class ConnectionAccessor:
    """`conn` in templates: `{{ conn.warehouse.host }}`, `{{ conn.get("warehouse", none) }}`."""

    def __getattr__(self, conn_id: str) -> Connection:
        if conn_id.startswith("__"):  # copying and pickling look for such methods
            raise AttributeError(conn_id)
        return get_connection(conn_id)

    def get(self, conn_id: str, default_conn: Any = None) -> Any:
        """The connection, or `default_conn` where there is none."""
        try:
            return get_connection(conn_id)
        except AirflowNotFoundException:
            return default_conn


def _from_json(conn_id: str, text: str) -> Connection:
    fields = json.loads(text)
    extra = fields.pop("extra", None)
    if extra:
        fields["extra"] = extra if isinstance(extra, str) else json.dumps(extra)
    conn_type = fields.pop("conn_type", None)
    if conn_type:
        fields["conn_type"] = _conn_type(conn_type)
    port = fields.pop("port", None)
    if port:
        fields["port"] = int(port)
    return Connection(conn_id, **fields)


def _from_uri(conn_id: str, uri: str) -> Connection:
    count = uri.count("://")
    scheme = urlsplit(uri).scheme
    # `http://https://host` names the protocol of the host after the type of the connection.
    rest = uri.replace(f"{scheme}://", "" if count == 2 else "//")
    before = rest.split("://", 1)[0] if count == 2 else ""
    if count > 2 or "@" in before or ":" in before:
        raise AirflowException(f"Invalid connection string: {uri}.")
    parts = urlsplit(rest)
    host = _host(parts)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    return Connection(
        conn_id,
        conn_type=_conn_type(scheme),
        host=f"{parts.scheme}://{host}" if host and count == 2 and parts.scheme else host,
        login=unquote(parts.username) if parts.username else parts.username,
        password=unquote(parts.password) if parts.password else parts.password,
        schema=unquote(parts.path[1:]),
        port=parts.port,
        extra=query.get("__extra__", json.dumps(query)) if parts.query else None,
    )


def _host(parts: SplitResult) -> str:
    """urlsplit lower-cases a host name, and Airflow leaves it so, except where it is a quoted path."""
    host = unquote(parts.hostname or "")
    if "/" not in host:
        return host
    return unquote(parts.netloc.rsplit("@", 1)[-1].split(":", 1)[0])


def _conn_type(name: str) -> str:
    return "postgres" if name == "postgresql" else name.replace("-", "_")
