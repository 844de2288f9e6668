"""A fault of ours costs the user as little as can be: one task, or one DAG, and never the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migrator import migrate, rules
from migrator.read import project as reading
from migrator.rules import api
from migrator.translate import project as translating

TWO_DAGS = """\
from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator

with DAG("{name}", schedule=None, start_date=datetime(2024, 1, 1)):
    BashOperator(task_id="say", bash_command="echo hello") >> EmptyOperator(task_id="end")
"""


@pytest.fixture
def dags(tmp_path: Path) -> Path:
    for name in ("first", "second"):
        (tmp_path / f"{name}.py").write_text(TWO_DAGS.format(name=name))
    return tmp_path


def fail(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("of our own making")


def test_a_rule_that_fails(dags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rules.load()
    path = "airflow.providers.standard.operators.bash.BashOperator"
    monkeypatch.setitem(api._RULES, path, replace(api._RULES[path], function=fail))
    migration = migrate(dags)
    found = [finding for finding in migration.findings if finding.code == "A2D606"]
    assert [(finding.dag_id, finding.task_id) for finding in found] == [("first", "say"), ("second", "say")]
    assert all("of our own making" in finding.message for finding in found)
    text = migration.rendered.files["airflow_dags/defs/first/assets.py"]
    assert "NotImplementedError(" in text
    assert "def end(" in text


@pytest.mark.parametrize("name", ["timing", "translate_dag"])
def test_a_translation_that_fails(dags: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    real = getattr(translating, name)

    def translate(what: Any, *more: Any, **options: Any) -> Any:
        return fail() if getattr(what, "dag", what).dag_id == "first" else real(what, *more, **options)

    monkeypatch.setattr(translating, name, translate)
    migration = migrate(dags)
    (found,) = [finding for finding in migration.findings if finding.severity == "error"]
    assert (found.code, found.dag_id) == ("A2D410", "first")
    assert [dag.dag_id for dag in migration.dagster.dags] == ["second"]


def test_a_reading_that_fails(dags: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(reading.Interpreter):
        def run_file(self, source: Any, *more: Any, **options: Any) -> Any:
            return fail() if source.file == "first.py" else super().run_file(source, *more, **options)

    monkeypatch.setattr(reading, "Interpreter", Failing)
    migration = migrate(dags, jobs=1)
    (found,) = [finding for finding in migration.findings if finding.severity == "error"]
    assert found.code == "A2D410"
    assert found.span is not None
    assert found.span.file == "first.py"
    assert [dag.dag_id for dag in migration.dagster.dags] == ["second"]
