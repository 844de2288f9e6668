"""The fire times of a DAG's page."""

from __future__ import annotations

from pathlib import Path

from migrator import migrate
from migrator.report.firetimes import fire_times

ALWAYS = """\
from datetime import datetime

from airflow import DAG
from airflow.operators.empty import EmptyOperator

with DAG("always", schedule="@daily", start_date=datetime.min, end_date=datetime.max, catchup=False):
    EmptyOperator(task_id="end")
"""


def test_a_dag_that_has_always_been_there(tmp_path: Path) -> None:
    (tmp_path / "always.py").write_text(ALWAYS)
    migration = migrate(tmp_path)
    (dag,), (module,) = migration.airflow.dags, migration.dagster.dags
    found = fire_times(dag, module)
    assert found.since == "2026-01-01, as the start date means always"
    assert found.rows
    assert all(row.same for row in found.rows)
