"""Airflow connections as resources: which class serves a connection type, and how its fields are configured.

A resource's fields are environment variables named `<CONN_ID>_<FIELD>`. Exported connections (`airflow connections
export`, `--connections FILE`) tell the type and which fields are in use; nothing secret of them is kept.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import yaml

from ..dagster_model import Code, EnvVariable, Import, Resource
from ..records import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource: where it is in an Airflow Connection (`extra.key` for the JSON extra).

    An `optional` field is only configured when an exported connection has it: a `dg.EnvVar` must be set.
    """

    name: str
    source: str
    description: str
    example: str = ""
    integer: bool = False
    secret: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class ResourceType:
    """The class that serves a connection type: its runtime file, fields and what it needs installed."""

    class_name: str
    source: str
    label: str
    fields: tuple[Field, ...]
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """What is kept of an exported connection: its type, which fields are set, and values that are no secret."""

    conn_id: str
    conn_type: str
    given: frozenset[str] = frozenset()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HookResource:
    """How a hook is replaced by a resource.

    `positional` are the names of its constructor's positional arguments; `conn_id` is the one that holds the connection
    id. `replaced` constructor arguments are fields for the resource's `using(…)`, and `passed` are such fields with the
    hook's own default. `methods` are those the resource has under the same name and with the same meaning.
    """

    conn_type: str
    conn_id: str
    default: str
    positional: tuple[str, ...]
    methods: frozenset[str]
    replaced: tuple[tuple[str, str], ...] = ()
    passed: tuple[tuple[str, Any], ...] = ()


def _server(port: int) -> tuple[Field, ...]:
    return (
        Field("host", "host", "host name", "localhost"),
        Field("port", "port", "port", str(port), integer=True),
        Field("user", "login", "user name"),
        Field("password", "password", "password", secret=True),
        Field("database", "schema", "database"),
    )


RESOURCES: dict[str, ResourceType] = {
    "sqlite": ResourceType(
        "SqliteResource", "sqlite", "SQLite database", (Field("path", "host", "file of the database"),)
    ),
    "postgres": ResourceType(
        "PostgresResource", "postgres", "Postgres database", _server(5432), ("psycopg[binary]>=3.1",)
    ),
    "mysql": ResourceType("MySqlResource", "mysql", "MySQL database", _server(3306), ("pymysql>=1.1",)),
    "snowflake": ResourceType(
        "SnowflakeDatabase",
        "snowflake",
        "Snowflake account",
        (
            Field("account", "extra.account", "account identifier"),
            Field("user", "login", "user name"),
            Field("password", "password", "password", secret=True),
            Field("warehouse", "extra.warehouse", "warehouse"),
            Field("database", "extra.database", "database"),
            Field("schema_name", "schema", "schema"),
            Field("role", "extra.role", "role", optional=True),
        ),
        ("snowflake-connector-python>=3.7", "sqlparse>=0.5"),
    ),
    "duckdb": ResourceType(
        "DuckDBResource", "duckdb", "DuckDB database", (Field("path", "host", "file of the database"),), ("duckdb>=1",)
    ),
    "sql": ResourceType(
        "SqlResource",
        "sql",
        "database",
        (Field("url", "uri", "URL, such as postgresql://user:password@host/database", secret=True),),
    ),
    "http": ResourceType(
        "HttpResource",
        "http",
        "HTTP service",
        (
            Field("base_url", "base_url", "base URL", "https://example.com"),
            Field("login", "login", "user name", optional=True),
            Field("password", "password", "password", secret=True, optional=True),
        ),
        ("requests>=2.31",),
    ),
    "slack": ResourceType(
        "SlackResource",
        "slack",
        "Slack API",
        (
            Field("token", "password", "API token", secret=True),
            Field("base_url", "extra.base_url", "address of the API", optional=True),
        ),
        ("requests>=2.31",),
    ),
    "slackwebhook": ResourceType(
        "SlackWebhookResource",
        "slack_webhook",
        "Slack incoming webhook",
        (Field("url", "password", "URL of the webhook", secret=True),),
        ("requests>=2.31",),
    ),
    "smtp": ResourceType(
        "SmtpResource",
        "smtp",
        "mail server",
        (
            Field("host", "host", "host name", "localhost"),
            Field("port", "port", "port", "25", integer=True),
            Field("from_email", "extra.from_email", "sender", "airflow@example.com"),
            Field("login", "login", "user name", optional=True),
            Field("password", "password", "password", secret=True, optional=True),
        ),
    ),
    "fs": ResourceType(
        "FileSystemResource",
        "filesystem",
        "folder",
        (Field("path", "extra.path", "folder paths are relative to", "/"),),
    ),
}

DATABASES = frozenset({"sqlite", "postgres", "mysql", "snowflake", "duckdb", "sql"})
"""Connection types whose resource has the methods of Airflow's DbApiHook."""

_DATABASE_METHODS = frozenset({"get_conn", "run", "get_records", "get_first", "insert_rows", "get_pandas_df"})


def _database_hook(conn_type: str, *replaced: tuple[str, str], conn_id: str = "") -> HookResource:
    name = conn_id or f"{conn_type}_conn_id"
    return HookResource(conn_type, name, f"{conn_type}_default", (name,), _DATABASE_METHODS, replaced)


HOOKS: dict[str, HookResource] = {
    "airflow.providers.sqlite.hooks.sqlite.SqliteHook": _database_hook("sqlite"),
    "airflow.providers.postgres.hooks.postgres.PostgresHook": _database_hook(
        "postgres", ("schema", "database"), ("database", "database")
    ),
    "airflow.providers.mysql.hooks.mysql.MySqlHook": _database_hook("mysql", ("schema", "database")),
    "airflow.providers.snowflake.hooks.snowflake.SnowflakeHook": _database_hook(
        "snowflake", ("warehouse", "warehouse"), ("database", "database"), ("schema", "schema_name"), ("role", "role")
    ),
    "airflow.providers.duckdb.hooks.duckdb.DuckDBHook": _database_hook("duckdb"),
    "airflow.providers.http.hooks.http.HttpHook": HookResource(
        "http",
        "http_conn_id",
        "http_default",
        ("method", "http_conn_id"),
        frozenset({"run"}),
        passed=(("method", "POST"),),
    ),
    "airflow.providers.slack.hooks.slack_webhook.SlackWebhookHook": HookResource(
        "slackwebhook", "slack_webhook_conn_id", "slack_default", (), frozenset({"send", "send_text"})
    ),
    "airflow.providers.standard.hooks.filesystem.FSHook": HookResource(
        "fs", "fs_conn_id", "fs_default", ("fs_conn_id",), frozenset({"get_path"})
    ),
}


def hook_resource(hook_path: str) -> HookResource | None:
    """What replaces a hook, by its canonical class path; None where it is left to Airflow."""
    return HOOKS.get(hook_path)


def parameter_name(conn_id: str) -> str:
    """A connection id as the name of a resource and of the parameter that receives it."""
    name = re.sub(r"\W", "_", conn_id, flags=re.ASCII) or "connection"
    name = f"conn_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) or name in ("context", "config", "airflow", "dg", "xcom") else name


def resource_for(conn_id: str, conn_type: str | None, exported: Exported | None = None, name: str = "") -> Resource:
    """The resource for a connection. A type that no class serves becomes a database given by its URL.

    `exported` adds the optional fields the connection has, and examples for `.env.example`.
    """
    kind = RESOURCES.get(normal_type(conn_type or ""), RESOURCES["sql"])
    arguments = []
    variables = []
    for item in kind.fields:
        if item.optional and (exported is None or item.source.removeprefix("extra.") not in exported.given):
            continue
        variable = f"{_prefix(conn_id)}_{item.name.removesuffix('_name').upper()}"
        reader = "dg.EnvVar.int" if item.integer else "dg.EnvVar"
        arguments.append((item.name, Code(f'{reader}("{variable}")', (Import("dagster", alias="dg"),))))
        known = exported.values.get(item.source.removeprefix("extra."), "") if exported else ""
        example = "" if item.secret else known or item.example
        variables.append(
            EnvVariable(variable, f"Connection `{conn_id}` ({kind.label}): {item.description}", example, item.secret)
        )
    return Resource(
        name=name or parameter_name(conn_id),
        class_name=kind.class_name,
        arguments=tuple(arguments),
        class_source=kind.source,
        requirements=kind.requirements,
        env=tuple(variables),
        description=f"Airflow connection `{conn_id}`: {kind.label}.",
    )


def _prefix(conn_id: str) -> str:
    prefix = re.sub(r"[^A-Z0-9]", "_", conn_id.upper())
    return f"CONN_{prefix}" if not prefix or prefix[0].isdigit() else prefix


def normal_type(conn_type: str) -> str:
    """A connection type as Airflow compares it: `postgresql` and `google-cloud-platform` are aliases."""
    conn_type = conn_type.lower().replace("-", "_")
    return {"postgresql": "postgres", "mssql+pymssql": "mssql", "https": "http"}.get(conn_type, conn_type)


def parse_export(text: str) -> dict[str, Exported]:
    """The connections in a file of `airflow connections export` (JSON, YAML or env) or `list -o json|yaml`.

    Raises ValueError when the text is none of these. Passwords, logins and unknown extras are not kept.
    """
    try:
        data = yaml.safe_load(text)  # JSON is YAML
    except yaml.YAMLError:
        data = None
    if isinstance(data, list) and all(isinstance(row, dict) and "conn_id" in row for row in data):
        data = {row["conn_id"]: row for row in data}
    if not isinstance(data, dict):
        data = _environment_lines(text)
    found = {}
    for conn_id, entry in data.items():
        parts = _uri_parts(entry) if isinstance(entry, str) else entry
        if isinstance(parts, dict):
            found[str(conn_id)] = _without_secrets(str(conn_id), parts)
    return found


def _environment_lines(text: str) -> dict[str, str]:
    lines = [line.strip().removeprefix("export ") for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or not all("=" in line for line in lines):
        raise ValueError("not an export of Airflow connections in JSON, YAML or env format")
    entries = {}
    for line in lines:
        name, _, value = line.partition("=")
        conn_id = name.strip()
        if conn_id.startswith("AIRFLOW_CONN_"):
            conn_id = conn_id.removeprefix("AIRFLOW_CONN_").lower()
        entries[conn_id] = value.strip().strip("'\"")
    return entries


def _uri_parts(text: str) -> dict[str, Any] | None:
    """A connection as URI, or as the JSON that Airflow accepts in its place."""
    if text.lstrip().startswith("{"):
        try:
            loaded = json.loads(text)
        except ValueError:
            return None
        return loaded if isinstance(loaded, dict) else None
    url = urlsplit(text)
    if not url.scheme:
        return None
    try:
        port = url.port
    except ValueError:
        port = None
    extra = dict(parse_qsl(url.query, keep_blank_values=True))
    return {
        "conn_type": url.scheme,
        "host": unquote(url.hostname or ""),
        "login": unquote(url.username or ""),
        "password": url.password,
        "port": port,
        "schema": unquote(url.path.lstrip("/")),
        "extra": json.loads(extra["__extra__"]) if "__extra__" in extra else extra,
    }


# What may be shown as an example: names of places, never who or with what.
_PUBLIC = ("account", "base_url", "database", "from_email", "path", "region", "role", "warehouse")


def _without_secrets(conn_id: str, parts: Mapping[str, Any]) -> Exported:
    conn_type = normal_type(str(parts.get("conn_type") or ""))
    extra = parts.get("extra")
    if isinstance(extra, str):
        try:
            extra = json.loads(extra)
        except ValueError:
            extra = {}
    extra = (
        {str(k).removeprefix(f"extra__{conn_type}__"): v for k, v in extra.items()} if isinstance(extra, dict) else {}
    )
    given = {name for name in ("host", "login", "password", "port", "schema") if parts.get(name) not in (None, "")}
    given |= {name for name, value in extra.items() if value not in (None, "")}
    values = {name: str(extra[name]) for name in _PUBLIC if isinstance(extra.get(name), str)}
    if not conn_type.startswith("slack"):  # older ones hold the token in the host
        values |= {name: str(parts[name]) for name in ("host", "port", "schema") if name in given}
    if conn_type == "http" and "host" in values:
        values["base_url"] = _base_url(values)
    values = {name: value for name, value in values.items() if not set("@?") & set(value) or name == "from_email"}
    return Exported(conn_id, conn_type, frozenset(given), values)


def _base_url(values: Mapping[str, str]) -> str:
    """As Airflow's HttpHook makes it of host, schema and port."""
    host = values["host"]
    url = host if "://" in host else f"{values.get('schema') or 'http'}://{host}"
    return f"{url}:{values['port']}" if "port" in values else url
