"""migration.json: what became of every DAG, task and argument, for other programs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ..dagster_model import Becomes, DagRecord, Fate, TaskRecord
from ..findings import Finding, order
from ..json_text import json_text
from ..records import dataclass
from ..source import Span
from .rendered import Position, RenderedProject

FILE = "migration.json"
SCHEMA = 1


def sha256(text: str) -> str:
    """The hash of a file with this text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Conflict:
    """An edited file whose merge waits for a person: hashes of what was generated, and of the file with the markers."""

    generated: str
    beside: str


@dataclass(frozen=True, slots=True)
class Edits:
    """What migration.json says of files that a person has edited, by path.

    `bases` are the hashes of what an earlier run generated, where what is generated now is not in the file yet. `kept`
    are files that are not generated any more, with the hash of what was. `conflicts` are those that wait.
    """

    bases: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, Conflict] = field(default_factory=dict)


def migration_json(rendered: RenderedProject, edits: Edits | None = None) -> str:
    """The text of migration.json: no timestamp, no absolute path, the same for the same input and the same edits."""
    record = migration_record(rendered)
    edits = edits or Edits()
    record["files"] |= edits.bases
    if edits.kept:
        record["kept"] = dict(sorted(edits.kept.items()))
    if edits.conflicts:
        record["conflicts"] = {
            path: {"generated": conflict.generated, "beside": conflict.beside}
            for path, conflict in sorted(edits.conflicts.items())
        }
    return json_text(record) + "\n"


def migration_record(rendered: RenderedProject) -> dict[str, Any]:
    """migration.json as plain values. DAGs by id, tasks in the order of their code, files by path."""
    return {
        "schema": SCHEMA,
        "package": rendered.package,
        "dags": [_dag(rendered, dag) for dag in sorted(rendered.records, key=lambda dag: (dag.dag_id, dag.file))],
        "findings": [_finding(item) for item in sorted(rendered.findings, key=order)],
        "files": {path: sha256(rendered.files[path]) for path in sorted(rendered.files)},
    }


def _dag(rendered: RenderedProject, dag: DagRecord) -> dict[str, Any]:
    started = {
        kind: _named(name, rendered.automation.get((dag.dag_id, kind, name)))
        for kind, name in (("job", dag.job), ("schedule", dag.schedule))
        if name is not None
    }
    sensors = [
        _named(name, position)
        for (dag_id, kind, name), position in sorted(rendered.automation.items())
        if dag_id == dag.dag_id and kind == "sensor"
    ]
    return {
        "dag_id": dag.dag_id,
        "file": dag.file,
        **_lines(dag.span),
        "airflow": dag.airflow,
        "form": dag.form,
        "reason": dag.reason,
        "complete": dag.complete,
        "partitioned": dag.partitioned,
        "module": rendered.modules.get(dag.dag_id),
        "job": started.get("job"),
        "schedule": started.get("schedule"),
        "sensors": sensors,
        "only_if": dag.only_if,
        "arguments": [_fate(item) for item in dag.arguments],
        "tasks": [_task(rendered, dag, task) for task in dag.tasks],
    }


def _task(rendered: RenderedProject, dag: DagRecord, task: TaskRecord) -> dict[str, Any]:
    becomes = [
        _becomes(item, rendered.becomes.get((dag.dag_id, task.task_id, index)))
        for index, item in enumerate(task.becomes)
    ]
    return {
        "task_id": task.task_id,
        "operator": task.operator,
        "name": task.name,
        **({"file": task.span.file} if task.span.file != dag.file else {}),
        **_lines(task.span),
        "group": task.group,
        "upstream": sorted(task.upstream),
        "rule": task.rule,
        "fidelity": task.fidelity,
        **({"keyed": True} if task.keyed else {}),
        "differences": list(task.differences),
        # A DAG that could not be written (A2D605) became nothing.
        "becomes": becomes if dag.dag_id in rendered.modules else [],
        "arguments": [_fate(item) for item in task.arguments],
    }


def _becomes(item: Becomes, position: Position | None) -> dict[str, Any]:
    # An asset check is known by its asset's key and its own name.
    named = item.kind == "asset_check" or not item.key
    return {
        "kind": item.kind,
        **({"key": list(item.key)} if item.key else {}),
        **({"name": item.name} if named else {}),
        **(_position(position) if position is not None else {}),
    }


def _named(name: str, position: Position | None) -> dict[str, Any]:
    return {"name": name, **(_position(position) if position is not None else {})}


def _position(position: Position) -> dict[str, Any]:
    return {"file": position.file, "line": position.line, "end_line": position.end_line}


def _lines(span: Span) -> dict[str, int]:
    return {"line": span.line, "end_line": span.end_line or span.line}


def _fate(item: Fate) -> dict[str, str]:
    return {
        "argument": item.argument,
        "fate": item.fate,
        "detail": item.detail,
        "origin": item.origin,
        "value": item.value,
    }


def _finding(item: Finding) -> dict[str, Any]:
    place = {"file": item.span.file, "line": item.span.line, "column": item.span.column + 1} if item.span else {}
    return {
        "code": item.code,
        "severity": item.severity,
        "message": item.message,
        **place,
        "help": item.help or item.definition.action,
        "dag_id": item.dag_id,
        "task_id": item.task_id,
        "related": [
            {"message": text, "file": span.file, "line": span.line, "column": span.column + 1}
            for text, span in item.related
        ],
    }
