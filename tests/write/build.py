"""Dagster models by hand, for tests of the writer."""

from __future__ import annotations

import re
from typing import Any

from migrator.dagster_model import (
    Asset,
    Carried,
    CarriedBody,
    Code,
    DagModule,
    DagRecord,
    Fate,
    Job,
    Origin,
    Project,
    Rewrite,
    TaskRecord,
)
from migrator.source import SourceFile, Span


def source(text: str, file: str = "dags/example.py") -> SourceFile:
    """A user's file."""
    return SourceFile(file, file.removesuffix(".py").replace("/", "."), text)


def span_of(file: SourceFile, text: str, nth: int = 0) -> Span:
    """The span of the nth occurrence of `text` in a file."""
    start = -1
    for _ in range(nth + 1):
        start = file.text.index(text, start + 1)
    end = start + len(text)

    def place(offset: int) -> tuple[int, int]:
        before = re.split(r"\r\n|\r|\n", file.text[:offset])
        return len(before), len(before[-1])

    line, column = place(start)
    end_line, end_column = place(end)
    return Span(file.file, line, column, end_line, end_column)


def rewrite(file: SourceFile, old: str, new: str, nth: int = 0) -> Rewrite:
    return Rewrite(span_of(file, old, nth), new)


def carried(file: SourceFile, text: str, name: str, kind: Any, *rewrites: Rewrite, **more: Any) -> Carried:
    return Carried(name, file, span_of(file, text), kind, rewrites, **more)


def body(file: SourceFile, text: str | None = None, *rewrites: Rewrite, **more: Any) -> CarriedBody:
    return CarriedBody(
        file, span_of(file, text if text is not None else file.text.strip("\n")), rewrites=rewrites, **more
    )


def asset(key: str, text: str = "return None", **more: Any) -> Asset:
    """An asset `dag/task` whose body is text of ours, or whatever `body` says."""
    parts = tuple(key.split("/"))
    more.setdefault("body", Code(text))
    more.setdefault("group", parts[0])
    more.setdefault("function", parts[-1])
    return Asset(key=parts, origin=Origin(parts[0], parts[-1]), **more)


def dag(dag_id: str = "d", *assets: Asset, **more: Any) -> DagModule:
    """A DAG with a job."""
    more.setdefault("job", Job(dag_id, dag_id, Origin(dag_id)))
    more.setdefault("docstring", f"Airflow DAG `{dag_id}`.")
    return DagModule(dag_id=dag_id, package=dag_id, origin=Origin(dag_id), assets=assets, **more)


def task_record(task_id: str, *becomes: Any, **more: Any) -> TaskRecord:
    defaults: dict[str, Any] = {
        "operator": "PythonOperator",
        "name": "airflow.operators.python.PythonOperator",
        "rule": "PythonOperator",
        "fidelity": "exact",
        "differences": (),
        "arguments": (Fate("python_callable", "translated"),),
        "span": Span("dags/example.py", 10, 4, 12, 5),
    }
    return TaskRecord(task_id=task_id, becomes=becomes, **{**defaults, **more})


def dag_record(dag_id: str, *tasks: TaskRecord, **more: Any) -> DagRecord:
    defaults: dict[str, Any] = {
        "file": "dags/example.py",
        "span": Span("dags/example.py", 8, 0, 20, 0),
        "airflow": "2",
        "form": "plain",
        "reason": "every trigger rule is all_success",
        "complete": True,
        "package": dag_id,
        "arguments": (),
        "job": dag_id,
    }
    return DagRecord(dag_id=dag_id, tasks=tasks, **{**defaults, **more})


def project(*dags: DagModule, **more: Any) -> Project:
    return Project(package=more.pop("package", "airflow_dags"), dags=dags, **more)
