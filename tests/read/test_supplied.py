"""Values that the user says variables have: they decide what is read; without them it stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from migrator.airflow_model import Project, VariableRef
from migrator.read.project import read
from migrator.read.supplied import NOTHING, Supplied

SOURCE = """\
import json
import os

from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator

STAGE = os.environ.get("STAGE", "dev")
TABLES = json.loads(Variable.get("tables"))

with DAG(f"{STAGE}_load", schedule="@daily" if os.environ["STAGE"] == "prod" else None):
    for table in TABLES:
        BashOperator(task_id=f"load_{table}", bash_command=Variable.get("command"))
    if Variable.get("options", deserialize_json=True)["check"]:
        BashOperator(task_id="check", bash_command="true")
    if "LATE" in os.environ and os.getenv("LATE") == "yes":
        BashOperator(task_id="late", bash_command="true")
"""
SUPPLIED = Supplied({"STAGE": "prod", "LATE": "yes"}, {"tables": '["a", "b"]', "options": '{"check": true}'})


def project(folder: Path, supplied: Supplied) -> Project:
    (folder / "dag.py").write_text(SOURCE)
    return read(folder, supplied=supplied)


def test_without_them_the_dag_has_no_name(tmp_path: Path) -> None:
    found = project(tmp_path, NOTHING)
    assert found.dags == ()
    (finding,) = [f for f in found.findings if f.code == "A2D012" and "dag_id" in f.message]
    assert "STAGE" in finding.message
    assert "--env" in finding.definition.action


def test_with_them_it_is_read_as_airflow_would_load_it(tmp_path: Path) -> None:
    (dag,) = project(tmp_path, SUPPLIED).dags
    assert dag.dag_id == "prod_load"
    assert dag.complete
    assert (dag.schedule.kind, dag.schedule.value, dag.schedule.only_if) == ("cron", "0 0 * * *", True)
    assert [task.task_id for task in dag.tasks] == ["load_a", "load_b", "check", "late"]
    assert not any(task.conditional or task.repeated for task in dag.tasks)


def test_what_was_not_said_stays_a_reference(tmp_path: Path) -> None:
    (dag,) = project(tmp_path, SUPPLIED).dags
    command = dag.tasks[0].argument("bash_command")
    assert command is not None
    assert command.value == VariableRef("command")


def test_each_value_that_was_used_is_told_of(tmp_path: Path) -> None:
    told = [f for f in project(tmp_path, SUPPLIED).findings if f.code == "A2D017"]
    assert {f.severity for f in told} == {"info"}
    assert {f.message.split(" is taken")[0] for f in told} == {
        "environment variable STAGE",
        "environment variable LATE",
        "Airflow variable tables",
        "Airflow variable options",
    }


@pytest.mark.parametrize("value", ["", "{", "[1"])
def test_a_value_that_is_not_json_fails_as_in_airflow(value: str, tmp_path: Path) -> None:
    found = project(tmp_path, Supplied({"STAGE": "prod"}, {"tables": "[]", "options": value}))
    assert [f.code for f in found.findings if f.severity == "error"] == ["A2D008"]
