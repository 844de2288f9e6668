"""Evidence: what one check of one DAG came to, and the record of them all, verification.json."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any, Literal

from ..findings import Finding
from ..records import dataclass
from ..source import Span

Kind = Literal["load", "graph", "ticks", "templates", "run", "effects"]
Outcome = Literal["passed", "failed", "not run"]
KINDS: tuple[Kind, ...] = ("load", "graph", "ticks", "templates", "run", "effects")
OUTCOMES: tuple[Outcome, ...] = ("passed", "failed", "not run")
FILE = "verification.json"
STOPPED = "the verification was stopped before it had come to it"
"""The reason of what was not run for that, which takes the place of no earlier evidence."""
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """One check of one DAG.

    `detail`: of what passed, what was compared; of what failed, the first difference in full; of what was not run, the
    reason. `seconds` is how long it took, which no record holds: the same input gives the same bytes.
    """

    dag_id: str
    kind: Kind
    outcome: Outcome
    detail: str = ""
    seconds: float = field(default=0.0, compare=False)


def passed(dag_id: str, kind: Kind, detail: str = "") -> Evidence:
    return Evidence(dag_id, kind, "passed", detail)


def failed(dag_id: str, kind: Kind, difference: str) -> Evidence:
    return Evidence(dag_id, kind, "failed", difference)


def not_run(dag_id: str, kind: Kind, reason: str) -> Evidence:
    return Evidence(dag_id, kind, "not run", reason)


def gist(trace: str) -> str:
    """What a traceback comes to: its last line that names an exception."""
    lines = [line.rstrip() for line in trace.strip().splitlines() if line.strip()]
    named = [line for line in lines if re.match(r"[A-Za-z_][\w.]*: ", line)]
    return (named or lines or [trace])[-1].strip()


@dataclass(frozen=True, slots=True)
class Verification:
    """All evidence of a project, by DAG and kind. `places` are where the DAGs stand in the source.

    `about`: by DAG, a hash of the files the evidence is about: its DAG file, and the generated code it runs.
    `stopped`: it was ended before it had come to all.
    """

    airflow: str
    dagster: str
    evidence: tuple[Evidence, ...]
    places: Mapping[str, Span] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    stopped: bool = False

    @property
    def failed(self) -> bool:
        return any(one.outcome == "failed" for one in self.evidence)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many passed, failed and were not run, by kind; kinds nobody asked for are left out."""
        found = Counter((one.kind, one.outcome) for one in self.evidence)
        kinds = [kind for kind in KINDS if any(key[0] == kind for key in found)]
        return {kind: {outcome: found[kind, outcome] for outcome in OUTCOMES} for kind in kinds}

    def findings(self) -> tuple[Finding, ...]:
        """What failed and what was not run, at the places of the DAGs."""
        found = []
        for one in self.evidence:
            if one.outcome != "passed":
                code = "A2D901" if one.outcome == "failed" else "A2D902"
                found.append(Finding(code, f"{one.kind}: {one.detail}", self.places.get(one.dag_id), dag_id=one.dag_id))
        return tuple(found)

    def document(self, *, seconds: bool = False) -> dict[str, Any]:
        """verification.json as plain values; with `seconds`, it differs from run to run."""
        return {
            "schema": SCHEMA,
            "airflow": self.airflow,
            "dagster": self.dagster,
            "summary": self.counts(),
            "evidence": [
                {
                    "dag_id": one.dag_id,
                    "kind": one.kind,
                    "outcome": one.outcome,
                    "detail": one.detail,
                    "about": self.about.get(one.dag_id, ""),
                    **({"seconds": round(one.seconds, 2)} if seconds else {}),
                }
                for one in self.evidence
            ],
        }

    def keeping(self, previous: str) -> Verification:
        """With the evidence of an earlier record that this one says nothing of, if it is about the same files still."""
        try:
            record = json.loads(previous)
            rows = [
                row for row in record["evidence"] if row.get("about") and row["about"] == self.about.get(row["dag_id"])
            ]
            old = [Evidence(row["dag_id"], row["kind"], row["outcome"], row["detail"]) for row in rows]
            versions = self.airflow or str(record["airflow"]), self.dagster or str(record["dagster"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return self  # not written by this version, or by nobody
        new = {(one.dag_id, one.kind): one for one in self.evidence}
        kept = {(one.dag_id, one.kind): one for one in old if one.kind in KINDS}
        for key, one in new.items():
            if key not in kept or one.detail != STOPPED:
                kept[key] = one
        ordered = sorted(kept.values(), key=lambda one: (one.dag_id, KINDS.index(one.kind)))
        return replace(self, airflow=versions[0], dagster=versions[1], evidence=tuple(ordered))

    def text(self) -> str:
        """The text of verification.json."""
        return json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n"


def keep_record(file: Path, verification: Verification) -> None:
    """Write verification.json, whole or not at all, with what the one that is there says of the rest."""
    previous = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    beside = file.with_name(f"{file.name}.tmp")
    beside.write_text(verification.keeping(previous).text(), encoding="utf-8")
    os.replace(beside, file)
