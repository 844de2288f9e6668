"""Connections become resources, and exports are read without their secrets."""

from __future__ import annotations

import json

import pytest

from migrator.rules.connections import hook_resource, parameter_name, parse_export, resource_for

EXPORT = {
    "pg-main": {
        "conn_type": "postgres",
        "host": "db.internal",
        "login": "etl",
        "password": "hunter2",
        "schema": "sales",
        "port": 5433,
        "extra": json.dumps({"sslmode": "require", "token": "hunter2"}),
    },
    "api": {"conn_type": "http", "host": "api.example.com", "schema": "https", "login": "me", "password": "hunter2"},
    "open": {"conn_type": "http", "host": "https://open.example.com", "port": None},
    "chat": {"conn_type": "slackwebhook", "host": "https://hooks.slack.com/services/hunter2", "password": None},
}


def test_a_database() -> None:
    found = resource_for("pg-main", "postgres")
    assert (found.name, found.class_name, found.class_source) == ("pg_main", "PostgresResource", "postgres")
    assert [(name, code.text) for name, code in found.arguments] == [
        ("host", 'dg.EnvVar("PG_MAIN_HOST")'),
        ("port", 'dg.EnvVar.int("PG_MAIN_PORT")'),
        ("user", 'dg.EnvVar("PG_MAIN_USER")'),
        ("password", 'dg.EnvVar("PG_MAIN_PASSWORD")'),
        ("database", 'dg.EnvVar("PG_MAIN_DATABASE")'),
    ]
    assert [v.name for v in found.env if v.secret] == ["PG_MAIN_PASSWORD"]


def test_optional_fields_and_examples_come_from_an_export() -> None:
    known = parse_export(json.dumps(EXPORT))
    assert [v.name for v in resource_for("api", "http").env] == ["API_BASE_URL"]
    found = resource_for("api", "http", known["api"])
    assert [(v.name, v.example) for v in found.env] == [
        ("API_BASE_URL", "https://api.example.com"),
        ("API_LOGIN", ""),
        ("API_PASSWORD", ""),
    ]
    assert [v.name for v in resource_for("open", "http", known["open"]).env] == ["OPEN_BASE_URL"]
    examples = {v.name: v.example for v in resource_for("pg-main", "postgres", known["pg-main"]).env}
    assert examples["PG_MAIN_HOST"] == "db.internal"
    assert examples["PG_MAIN_PORT"] == "5433"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(EXPORT),
        json.dumps([{"conn_id": k, **v} for k, v in EXPORT.items()]),
        "pg-main:\n  conn_type: postgres\n  host: db.internal\n  password: hunter2\n",
        "pg-main=postgresql://etl:hunter2@db.internal:5433/sales?token=hunter2\n# a comment\n",
        "export AIRFLOW_CONN_PG-MAIN='postgres://etl:hunter2@db.internal/sales'",
        'pg-main={"conn_type": "postgres", "host": "db.internal", "password": "hunter2"}',
    ],
)
def test_every_format_of_an_export(text: str) -> None:
    known = parse_export(text)
    assert known["pg-main"].conn_type == "postgres"
    assert known["pg-main"].values["host"] == "db.internal"
    assert "hunter2" not in repr(known)
    assert "etl" not in repr(known)


def test_what_is_no_export() -> None:
    with pytest.raises(ValueError, match="not an export"):
        parse_export("just some text")


def test_a_type_nobody_serves_is_a_database_by_its_url() -> None:
    found = resource_for("9 lives", "oracle")
    assert (found.name, found.class_name) == ("conn_9_lives", "SqlResource")
    assert [v.name for v in found.env] == ["CONN_9_LIVES_URL"]
    assert parameter_name("class") == "class_"


def test_hooks() -> None:
    found = hook_resource("airflow.providers.postgres.hooks.postgres.PostgresHook")
    assert found is not None
    assert (found.conn_type, found.default) == ("postgres", "postgres_default")
    assert "get_sqlalchemy_engine" not in found.methods
    assert hook_resource("airflow.providers.ssh.hooks.ssh.SSHHook") is None
