"""Signatures: what the tables say of operators, sensors, hooks and DAGs, and that an installed Airflow agrees."""

from __future__ import annotations

import importlib
import inspect
from datetime import timedelta
from enum import Enum
from typing import Any

import pytest

from migrator.read import names, signatures
from migrator.read.signatures import REQUIRED, Computed, Parameter

BASH = "airflow.providers.standard.operators.bash.BashOperator"
QUERY = "airflow.providers.common.sql.operators.sql.SQLExecuteQueryOperator"
POSTGRES = "airflow.providers.postgres.operators.postgres.PostgresOperator"
FILE_SENSOR = "airflow.providers.standard.sensors.filesystem.FileSensor"


def defaults(parameters: tuple[Parameter, ...]) -> dict[str, object]:
    return {item.name: item.default for item in parameters}


def test_an_operator() -> None:
    found = signatures.signature(BASH)
    assert found is not None
    assert found.kind == "operator"
    assert found.bases == ("airflow.sdk.BaseOperator",)
    assert found.own
    assert found.parameters[0] == Parameter("bash_command", REQUIRED, keyword_only=True)
    assert found.positional == ()
    assert found.template_fields == ("bash_command", "env", "cwd")
    assert found.template_ext == (".sh", ".bash")
    assert dict(found.template_fields_renderers) == {"bash_command": "bash", "env": "json"}


def test_inherited_init_and_fields() -> None:
    found = signatures.signature("airflow.providers.standard.operators.python.BranchPythonOperator")
    assert found is not None
    assert not found.own
    assert found.parameters[0].name == "python_callable"
    assert found.template_fields == ("templates_dict", "op_args", "op_kwargs")


def test_the_line_counts() -> None:
    first = signatures.signature(BASH, "1")
    assert first is not None
    assert first.positional == ("bash_command", "xcom_push", "env", "output_encoding")
    assert "cwd" not in signatures.template_fields(BASH, "1")


@pytest.mark.parametrize(
    ("path", "operator"),
    [
        (BASH, True),
        (FILE_SENSOR, True),
        ("airflow.sdk.BaseOperator", True),
        ("airflow.sdk.BaseSensorOperator", True),
        ("airflow.providers.postgres.hooks.postgres.PostgresHook", False),
        ("airflow.sdk.DAG", False),
        ("airflow.operators.subdag.SubDagOperator", True),
        ("airflow.providers.nobody.operators.x.XOperator", False),
        ("lib.operators.CurlOperator", False),
    ],
)
def test_kinds(path: str, operator: bool) -> None:
    assert signatures.is_operator(path) is operator


def test_mro_reaches_the_base() -> None:
    line = signatures.mro(FILE_SENSOR)
    assert line[0] == FILE_SENSOR
    assert line.index("airflow.sdk.BaseSensorOperator") < line.index("airflow.sdk.BaseOperator")
    assert signatures.mro("lib.operators.CurlOperator") == ("lib.operators.CurlOperator",)


def test_all_parameters() -> None:
    found = defaults(signatures.parameters(POSTGRES))
    assert found["postgres_conn_id"] == "postgres_default"
    assert found["sql"] is REQUIRED
    assert found["retries"] == 0
    assert next(iter(found)) == "postgres_conn_id"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (QUERY, {"conn_id": None}),
        ("airflow.providers.http.operators.http.HttpOperator", {"http_conn_id": "http_default"}),
        (
            "airflow.providers.google.cloud.operators.bigquery.BigQueryInsertJobOperator",
            {"gcp_conn_id": "google_cloud_default"},
        ),
        (
            "airflow.providers.amazon.aws.operators.s3.S3CreateBucketOperator",
            {"aws_conn_id": "aws_default"},
        ),
        ("airflow.providers.ssh.operators.ssh.SSHOperator", {"ssh_conn_id": None}),
        (BASH, {}),
    ],
)
def test_connection_parameters(path: str, expected: dict[str, object]) -> None:
    assert defaults(p for p in signatures.parameters(path) if p.name.endswith("conn_id")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1", {"schedule_interval": timedelta(days=1), "catchup": True, "concurrency": 16}),
        ("2", {"schedule": Computed("NOTSET"), "schedule_interval": Computed("NOTSET"), "catchup": True}),
        ("3", {"schedule": None, "catchup": False, "max_active_tasks": 16, "fail_fast": False}),
    ],
)
def test_dag_parameters(line: str, expected: dict[str, object]) -> None:
    found = defaults(signatures.dag_parameters(line))
    assert next(iter(found)) == "dag_id"
    assert {name: found[name] for name in expected} == expected
    assert ("schedule_interval" in found) is (line != "3")


@pytest.mark.parametrize("line", ["1", "2", "3"])
def test_base_operator_parameters(line: str) -> None:
    found = defaults(signatures.base_operator_parameters(line))
    assert found["task_id"] is REQUIRED
    assert found["retries"] == 0
    assert found["retry_delay"] == timedelta(minutes=5)
    assert found["trigger_rule"] == "all_success"
    assert found["weight_rule"] == "downstream"
    assert found["execution_timeout"] is None
    assert found["pool_slots"] == 1
    assert ("task_concurrency" in found) is (line != "3")
    assert ("do_xcom_push" in found) is True


def test_unknown() -> None:
    assert signatures.signature("lib.operators.CurlOperator") is None
    assert signatures.template_fields("lib.operators.CurlOperator") == ()
    assert signatures.parameters("lib.operators.CurlOperator") == ()


def test_every_record_reads() -> None:
    """No record refers to a field it lacks, and operators are operators because of what they derive from."""
    operators = signatures.known("operator")
    assert len(operators) > 1000
    for path in operators:
        found = signatures.signature(path)
        assert found is not None
        assert "airflow.sdk.BaseOperator" in signatures.mro(path), path
        assert len(set(defaults(found.parameters))) == len(found.parameters), path


def installed() -> list[str]:
    """The operators and sensors of the two providers the test environment has."""
    prefixes = ("airflow.providers.standard.", "airflow.providers.common.sql.")
    return [path for path in signatures.known() if signatures.is_operator(path) and path.startswith(prefixes)]


@pytest.mark.parametrize("path", installed())
@pytest.mark.filterwarnings("ignore")
def test_airflow_agrees(path: str) -> None:
    """The class Airflow 3 imports by the canonical path has the arguments, defaults and fields of the tables."""
    pytest.importorskip("airflow.sdk")
    module, _, name = path.rpartition(".")
    try:
        real: Any = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        pytest.skip(f"needs {error.name}")
    found = signatures.signature(path)
    assert found is not None
    assert names.canonical(path) == path
    assert names.task_type(path, "3") == real.__name__
    assert set(found.template_fields) == set(real.template_fields)
    assert found.template_ext == tuple(real.template_ext)
    assert dict(found.template_fields_renderers) == dict(real.template_fields_renderers)

    actual = [item for item in inspect.signature(real.__init__).parameters.values() if item.name != "self"]
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    plain = [item for item in actual if item.kind not in variable]
    assert [item.name for item in found.parameters] == [item.name for item in plain]
    for ours, theirs in zip(found.parameters, plain, strict=True):
        assert ours.keyword_only is (theirs.kind is inspect.Parameter.KEYWORD_ONLY), ours.name
        assert ours.required is (theirs.default is inspect.Parameter.empty), ours.name
        if not ours.required and not isinstance(ours.default, Computed):
            default = theirs.default.value if isinstance(theirs.default, Enum) else theirs.default
            assert ours.default == default, ours.name
