"""What is executed of the user's tasks, and what only where it is allowed."""

from __future__ import annotations

import pytest

from migrator.verify.plans import reaches_outside


@pytest.mark.parametrize(
    ("operator", "kind", "connection", "outside"),
    [
        ("PythonOperator", "python", None, False),
        ("BranchPythonOperator", "branch", None, False),
        ("_PythonVirtualenvDecoratedOperator", "python", None, True),
        ("BranchPythonVirtualenvOperator", "branch", None, True),
        ("BranchSQLOperator", "branch", "postgres", True),
        ("BranchSQLOperator", "branch", None, True),
        ("BranchSQLOperator", "branch", "sqlite", False),
        ("SQLExecuteQueryOperator", "sql", "duckdb", False),
        ("SQLExecuteQueryOperator", "sql", "snowflake", True),
        ("FileSensor", "file", None, True),
        ("GKEStartPodOperator", "other", None, True),
    ],
)
def test_what_reaches_outside(operator: str, kind: str, connection: str | None, outside: bool) -> None:
    task = {"operator": operator, "kind": kind, "connection": connection}
    assert reaches_outside(task, "d", "t", [], world=False) is outside
    for allowed in ("all", operator, "d.t"):
        assert not reaches_outside(task, "d", "t", [allowed], world=False)


def test_files_are_looked_for_in_a_world() -> None:
    assert not reaches_outside({"operator": "FileSensor", "kind": "file", "connection": None}, "d", "t", [], world=True)
