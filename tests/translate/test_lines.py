"""Lines are Python's own: what else `str.splitlines` ends a line at stands in the middle of one."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from migrator import migrate
from migrator.report import report_files

DAG = """\
from datetime import datetime

from airflow import DAG
from airflow.decorators import task
from airflow.models import Variable
from airflow.operators.python import PythonOperator

SEPARATOR = "{odd}"
ZONE = Variable.get("zone")


def inlined(ti):
    rows = ti.xcom_pull("first")
    ti.xcom_push("rows", rows)
    return helper(Variable.get("region"))


def helper(region):
    return region + ZONE


def called():
    return Variable.get("region"), ZONE


with DAG("lines", schedule=None, start_date=datetime(2024, 1, 1)) as dag:

    @task.bash(env={{"REGION": "north"}})
    def command():
        return "echo hello"

    def make(table):
        def load():
            return table, Variable.get("region")

        return load

    first = PythonOperator(task_id="first", python_callable=lambda: Variable.get("first"))
    first >> PythonOperator(task_id="second", python_callable=inlined) >> command()
    for name in ("third", "fourth"):
        first >> PythonOperator(task_id=name, python_callable=called)
    for name in ("fifth", "sixth"):
        first >> PythonOperator(task_id=name, python_callable=make(name))
"""


def generated(folder: Path, odd: str) -> str:
    (folder / "lines.py").write_text(DAG.format(odd=odd), encoding="utf-8")
    return migrate(folder).rendered.files["airflow_dags/defs/lines/assets.py"]


@pytest.mark.parametrize("odd", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_other_line_ends_change_nothing(tmp_path: Path, odd: str) -> None:
    plain = generated(tmp_path, "-")
    assert plain.count("AIRFLOW_VAR_REGION") >= 3
    assert plain.count("AIRFLOW_VAR_ZONE") >= 2
    assert generated(tmp_path, odd) == plain


def test_python_s_warnings_about_the_user_s_code_are_not_ours(tmp_path: Path) -> None:
    (tmp_path / "lines.py").write_text(DAG.format(odd=r"\d").replace("return region + ZONE", 'return f"\\d{region}"'))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        report_files(migrate(tmp_path))
    assert told == []
