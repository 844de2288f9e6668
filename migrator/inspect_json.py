"""`migrate inspect --format json`: what was read, as the record other programs rely on (schema 1)."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from .airflow_model import (
    AssetCondition,
    AssetRef,
    Dag,
    Deferred,
    InstanceRef,
    Project,
    Schedule,
    Symbol,
    Task,
    Unknown,
)
from .findings import Finding
from .read.project import read

SCHEMA = 1


def inspect_document(project: Project) -> dict[str, Any]:
    """The document of `migrate inspect PATH --format json`; only plain JSON values, in a fixed order."""
    return {
        "schema": SCHEMA,
        "dags": [_dag(dag) for dag in project.dags],
        "findings": [_finding(finding) for finding in project.findings],
    }


def _dag(dag: Dag) -> dict[str, Any]:
    return {
        "dag_id": dag.dag_id,
        "file": dag.file,
        "line": dag.span.line,
        "airflow": dag.airflow,
        "schedule": {
            "kind": dag.schedule.kind,
            "value": _schedule(dag.schedule),
            "timezone": dag.schedule.timezone,
            "conditional": dag.schedule.only_if is not True,
        },
        "catchup": dag.catchup if isinstance(dag.catchup, bool) else None,
        "start_date": _own_date(dag, "start_date", dag.start_date),
        "end_date": _own_date(dag, "end_date", dag.end_date),
        "max_active_runs": dag.max_active_runs if isinstance(dag.max_active_runs, int) else None,
        "tags": [plain(tag) for tag in dag.tags],
        "params": [name for name, _ in dag.params],
        "groups": [group.group_id for group in dag.groups],
        "tasks": [_task(task) for task in dag.tasks],
        "edges": [[edge.upstream, edge.downstream] for edge in dag.edges],
        "complete": dag.complete,
    }


def _task(task: Task) -> dict[str, Any]:
    retries = task.argument("retries")
    return {
        "task_id": task.task_id,
        "operator": task.operator,
        "name": task.name,
        "line": task.span.line,
        "end_line": task.span.end_line or task.span.line,
        "trigger_rule": task.trigger_rule,
        "mapped": task.mapped,
        "group": task.group,
        "retries": retries.value if retries is not None and isinstance(retries.value, int) else None,
        "conditional": task.conditional,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    span = finding.span
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column + 1 if span else None,
        "help": finding.help or finding.definition.action,
    }


def _schedule(schedule: Schedule) -> Any:
    if schedule.kind == "unknown":
        return None
    return plain(schedule.value)


def _own_date(dag: Dag, name: str, value: Any) -> str | None:
    """The date as `dag.start_date` has it: before Airflow 3 one in default_args belongs to the tasks only."""
    defaults = dag.argument("default_args")
    inherited = defaults.value if defaults is not None and dag.airflow == "3" and name == "start_date" else None
    if dag.argument(name) is None and not (isinstance(inherited, dict) and name in inherited):
        return None
    return _date(value)


def _date(value: Any) -> str | None:
    """ISO 8601 in UTC; None where there is none or it is not known."""
    return value.astimezone(dt.timezone.utc).isoformat() if isinstance(value, dt.datetime) else None


def plain(value: Any) -> Any:
    """A value of the model as JSON: text for what JSON has no form for."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dt.timedelta():
            return f"{value.total_seconds():g} s"
        case dt.date() | dt.time():
            return value.isoformat()
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=repr)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case AssetRef():
            return str(plain(value.uri or value.name))
        case AssetCondition():
            return {value.op: [plain(item) for item in value.items]}
        case Symbol():
            return value.path
        case InstanceRef():
            return value.cls.name
        case Deferred(op="call", operands=(Symbol(path=path), *_)):
            return path
        case Unknown():
            return None
    return type(value).__name__


def main(argv: list[str] | None = None) -> int:
    """`python -m migrator.inspect_json PATH`: print the document, to measure with."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--path", dest="paths", type=Path, action="append", default=[])
    parser.add_argument("--airflow-version", choices=("1", "2", "3"))
    parser.add_argument("--jobs", type=int)
    arguments = parser.parse_args(argv)
    project = read(
        arguments.path,
        extra_paths=arguments.paths,
        airflow_version=arguments.airflow_version,
        jobs=arguments.jobs,
        code=False,
    )
    json.dump(inspect_document(project), sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
