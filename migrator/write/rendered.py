"""What rendering gives: the text of every file, and where each definition is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from ..dagster_model import DagModule, DagRecord
from ..findings import Finding
from ..records import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """The lines of a definition in a written file, its decorators included."""

    file: str
    line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class RenderedProject:
    """A whole project as text. Paths are relative to the output folder, with `/`.

    `becomes` says where each task's definitions are, by DAG, task and the index in the task's `becomes`; `automation`
    where the job, schedule and sensors of a DAG are, by DAG, kind and name. `modules` is each written DAG's assets.py,
    `dags` what is in it, under the names it has there. `derived` are files that only show what is elsewhere, the
    report's pages: they are written whole each time, never merged, and the record does not name them.
    """

    package: str
    files: Mapping[str, str]
    becomes: Mapping[tuple[str, str, int], Position]
    automation: Mapping[tuple[str, str, str], Position]
    modules: Mapping[str, str]
    records: tuple[DagRecord, ...]
    findings: tuple[Finding, ...]
    dags: Mapping[str, DagModule] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)

    def with_derived(self, files: Mapping[str, str]) -> RenderedProject:
        """The same with the report's pages."""
        return replace(self, derived=files)

    def with_findings(self, findings: tuple[Finding, ...]) -> RenderedProject:
        """The same with other findings, for migration.json."""
        return replace(self, findings=findings)
