"""Evidence of `migrate verify` as the pages show it, read from verification.json whatever else that may hold."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..records import dataclass
from .secrets import masked

FILE = "verification.json"
_KINDS = {
    "load": "Both sides load",
    "graph": "Same tasks and edges",
    "ticks": "Same fire times and data intervals",
    "templates": "Same rendered templates",
    "run": "Same outcome of every task",
    "effects": "Same XComs and side effects",
}
_WORST = ("failed", "not run", "passed")


@dataclass(frozen=True, slots=True)
class Check:
    """One check of one DAG. `detail` is what was compared, the first difference in full, or why it was not run."""

    kind: str
    title: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All checks of a DAG; none where `verify` has not been run.

    `engines` are what it was run on. `state` is a hash of the generated code that was run. `stale`: what was verified
    is not what is there now, so that its checks are not shown. `edited` are generated files that a person has changed:
    what was verified is those, while the pages show them as they were generated.
    """

    checks: tuple[Check, ...] = ()
    engines: str = ""
    state: str = ""
    stale: bool = False
    edited: tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """`failed` if any check failed, `passed` if all that were made passed, empty where there is none."""
        if self.stale:
            return "out of date"
        counts = self.counts
        return "failed" if counts["failed"] else "passed" if counts["passed"] else "not run" if self.checks else ""

    @property
    def counts(self) -> Counter[str]:
        return Counter(check.outcome for check in self.checks)

    @property
    def words(self) -> str:
        """`5 passed, 1 not run`."""
        counts = self.counts
        known = [*_WORST, *sorted(counts.keys() - set(_WORST))]
        return ", ".join(f"{counts[name]} {name}" for name in known if counts[name])


NONE = Evidence()


def parsed(text: str) -> dict[str, Evidence]:
    """The text of verification.json, by DAG. Anything that is not understood is passed over."""
    try:
        document = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(document, dict) or not isinstance(document.get("evidence"), list):
        return {}
    found: dict[str, list[Check]] = {}
    for row in document["evidence"]:
        if isinstance(row, dict) and isinstance(row.get("dag_id"), str):
            found.setdefault(row["dag_id"], []).append(_check(row))
    engines = " beside ".join(
        f"{name} {document[key]}" for name, key in (("Airflow", "airflow"), ("Dagster", "dagster")) if document.get(key)
    )
    return {dag_id: Evidence(tuple(checks), engines) for dag_id, checks in sorted(found.items())}


def _check(row: Mapping[str, Any]) -> Check:
    kind = str(row.get("kind") or "")
    detail = row.get("detail")
    text = detail if isinstance(detail, str) else json.dumps(detail, indent=1, ensure_ascii=False) if detail else ""
    return Check(kind, _KINDS.get(kind, kind), str(row.get("outcome") or ""), masked(text))
