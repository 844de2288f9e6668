"""What a conversion came to: which findings are shown, what was written, whether it counts as done."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from . import Migration
from .counting import FIDELITIES, Choice, FailOn, by_severity, fails
from .findings import Finding, order
from .records import dataclass
from .write.transaction import Difference, WriteOutcome, check, write

State = Literal["written", "refused", "checked", "nothing", "trial"]
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class DagSummary:
    """One DAG: its tasks by fidelity (and lost), its findings by severity."""

    dag_id: str
    tasks: Mapping[str, int]
    findings: Mapping[str, int]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Tasks, those of each fidelity, lost ones, errors, warnings."""
        fidelities = [self.tasks.get(name, 0) for name in (*FIDELITIES, "lost")]
        return (sum(fidelities), *fidelities, self.findings.get("error", 0), self.findings.get("warning", 0))

    @property
    def fine(self) -> bool:
        """Whether every task is exact and nothing was found."""
        return self.numbers[0] == self.numbers[1] and not any(self.numbers[-2:])

    @property
    def rank(self) -> tuple[object, ...]:
        """What needs most attention first."""
        _, _, approximate, bridged, manual, lost, errors, warnings = self.numbers
        return (-lost, -errors, -manual, -warnings, -bridged, -approximate, self.dag_id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A conversion that has ended.

    `state`: written; refused (the folder is occupied or cannot be written); checked (--check); nothing (no DAG was
    found, so an existing folder is left as it is); trial (no folder was named). `findings` are those chosen.
    """

    migration: Migration
    state: State
    findings: tuple[Finding, ...]
    written: WriteOutcome | None = None
    differences: tuple[Difference, ...] = ()

    def failed(self, fail_on: FailOn) -> bool:
        """Whether the exit code is 1: a finding at or above `fail_on`, an output not written, a check that differs."""
        return self.state == "refused" or bool(self.differences) or fails(self.findings, fail_on)

    @property
    def tasks(self) -> Mapping[str, int]:
        """The number of tasks by fidelity; `lost` are those of DAGs that are not in the output."""
        there = self.migration.rendered.modules
        records = [record for record in self.migration.dagster.records if record.dag_id in there]
        found = Counter[str](task.fidelity for record in records for task in record.tasks)
        total = sum(len(dag.tasks) for dag in self.migration.airflow.dags)
        return {**{name: found[name] for name in FIDELITIES}, "lost": max(total - found.total(), 0)}

    @property
    def lost_dags(self) -> tuple[str, ...]:
        """DAGs that were read and are not in the output."""
        there = self.migration.rendered.modules
        return tuple(dag.dag_id for dag in self.migration.airflow.dags if dag.dag_id not in there)

    def rows(self) -> Iterator[DagSummary]:
        """What became of each DAG, in the order they were read."""
        there = self.migration.rendered.modules
        records = {record.dag_id: record for record in self.migration.dagster.records if record.dag_id in there}
        severities: dict[str, Counter[str]] = defaultdict(Counter)
        for finding in self.findings:
            severities[finding.dag_id or ""][finding.severity] += 1
        for dag in self.migration.airflow.dags:
            record = records.get(dag.dag_id)
            found = Counter[str](task.fidelity for task in record.tasks) if record is not None else Counter[str]()
            found["lost"] = max(len(dag.tasks) - found.total(), 0)
            yield DagSummary(dag.dag_id, found, severities[dag.dag_id])

    def document(self) -> dict[str, Any]:
        """`migrate PATH --format json`."""
        return {
            "schema": SCHEMA,
            "summary": {
                "files": len(self.migration.airflow.files),
                "dags": len(self.migration.airflow.dags),
                "dags_lost": sorted(self.lost_dags),
                "tasks": dict(self.tasks),
                "findings": by_severity(self.findings),
            },
            "output": {
                "state": self.state,
                "written": list(self.written.written) if self.written else [],
                "unchanged": len(self.written.unchanged) if self.written else 0,
                "removed": list(self.written.removed) if self.written else [],
                "kept": list(self.written.kept) if self.written else [],
                "merged": list(self.written.merged) if self.written else [],
                "conflicts": list(self.written.conflicts) if self.written else [],
                "differences": [{"path": d.path, "kind": d.kind} for d in self.differences],
            },
            "findings": [finding_record(finding) for finding in self.findings],
        }


def conclude(
    migration: Migration, out: Path | None, *, check_only: bool = False, choice: Choice | None = None
) -> Outcome:
    """Write the project into `out`, or with `check_only` see what writing would change.

    Nothing is written where no DAG was found: that is more often a wrong path than the wish to empty a folder.
    """
    choice = choice or Choice()
    findings = choice.of(migration.findings)
    if not migration.rendered.modules:
        return Outcome(migration, "nothing", findings)
    if out is None:
        return Outcome(migration, "trial", findings)
    if check_only:
        return Outcome(migration, "checked", findings, differences=tuple(check(migration.rendered, out)))
    written = write(migration.rendered, out)
    findings = tuple(sorted((*findings, *choice.of(written.findings)), key=order))
    return Outcome(migration, "written" if written.ok else "refused", findings, written)


def finding_record(finding: Finding) -> dict[str, Any]:
    """One finding as plain values; lines and columns count from 1, what is not known is null."""
    span = finding.span
    return {
        "code": finding.code,
        "name": finding.definition.name,
        "severity": finding.severity,
        "message": finding.message,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column + 1 if span else None,
        "end_line": span.end_line if span and span.end_line else None,
        "end_column": span.end_column + 1 if span and span.end_line else None,
        "help": finding.help or finding.definition.action,
        "dag_id": finding.dag_id,
        "task_id": finding.task_id,
        "related": [
            {"message": text, "file": place.file, "line": place.line, "column": place.column + 1}
            for text, place in finding.related
        ],
    }
