"""What is executed of the user's tasks, and what only where it is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from migrator.verify import execution
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


@pytest.mark.parametrize(
    ("connection", "beside", "reason"),
    [
        ("sqlite", True, ""),
        ("sqlite", False, "what runs is decided by pick, for which Airflow has to be installed beside Dagster"),
        ("mysql", False, "what runs is decided outside the machine, by query, pick (see --allow)"),
    ],
)
def test_what_decides_and_is_not_executed(connection: str, beside: bool, reason: str) -> None:
    tasks = {
        "query": {"operator": "BranchSQLOperator", "kind": "branch", "connection": connection},
        "pick": {"operator": "ByParity", "kind": "branch", "connection": None},
    }
    rows = [{"task_id": "query", "fidelity": "exact"}, {"task_id": "pick", "fidelity": "bridged"}]
    plan = execution.Plan(dates=2, outcomes=None, allow=(), seconds=60, has_world=False)
    dag = {"dag_id": "d", "tasks": rows}
    side: Any = None  # nothing is asked of the engines
    one = execution.Execution(plan, side, side, dag, {"tasks": tasks}, {"airflow": beside, "assets": {}})
    assert one.decided_outside() == reason
