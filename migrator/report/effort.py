"""A rough number of hours until a person has a DAG in production. The rates are shown on the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from ..dagster_model import DagRecord
from ..findings import Finding
from ..records import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """What one piece of work takes. `what` is its name where it is counted, `why` what is done in that time."""

    key: str
    hours: float
    what: str
    why: str


RATES = (
    Rate("dag", 0.5, "DAG", "read the page, run it once beside Airflow, switch over"),
    Rate("exact", 0.02, "exact task", "a glance"),
    Rate("approximate", 0.25, "approximate task", "decide whether the named differences matter"),
    Rate("approximate again", 0.05, "approximate task of an operator met before", "see that the decision fits it, too"),
    Rate("bridged", 0.5, "bridged task", "provide Airflow and the provider, or replace the operator"),
    Rate("bridged again", 0.1, "bridged task of an operator met before", "do likewise"),
    Rate("manual", 2, "manual task", "write and test what raises NotImplementedError"),
    Rate("lost", 3, "lost task", "write the task anew: it is not in the output"),
    Rate("warning", 0.25, "further warning", "read it and act, where the task's fidelity does not count already"),
    Rate("error", 1, "error", "find out why a part of the input is missing, and mend it"),
    Rate("incomplete", 1, "incomplete DAG", "find the tasks and edges that only exist at run time"),
)
_COUNTED = {"A2D201", "A2D202", "A2D203", "A2D204"}
"""Findings that say in words what the fidelity says already."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Hours, and what they are the sum of: rate and number."""

    hours: float
    parts: tuple[tuple[Rate, int], ...]

    @property
    def text(self) -> str:
        """Rounded as roughly as it is estimated."""
        return hours_text(self.hours)


def hours_text(hours: float) -> str:
    """`0.5 h`, `3 h`: halves below 4 hours, whole hours above."""
    rounded = max(round(hours * 2) / 2, 0.5) if hours < 4 else round(hours)
    return f"{rounded:,g} h" if hours else "0 h"


def effort(record: DagRecord | None, lost_tasks: int, findings: Collection[Finding], complete: bool) -> Effort:
    """The effort for a DAG; `lost_tasks` are those that are not in the output."""
    counts = {rate.key: 0 for rate in RATES}
    counts["dag"] = 1
    counts["lost"] = lost_tasks
    tasks = record.tasks if record is not None else ()
    met: set[tuple[str, str]] = set()
    for task in tasks:
        again = (task.fidelity, task.name) in met and f"{task.fidelity} again" in counts
        counts[f"{task.fidelity} again" if again else task.fidelity] += 1
        met.add((task.fidelity, task.name))
    manual = {task.task_id for task in tasks if task.fidelity == "manual"}
    for finding in findings:
        if finding.severity == "error":
            counts["error"] += 1
        elif finding.severity == "warning" and finding.code not in _COUNTED and finding.task_id not in manual:
            counts["warning"] += 1
    counts["incomplete"] = int(not complete)
    parts = tuple((rate, counts[rate.key]) for rate in RATES if counts[rate.key])
    return Effort(sum(rate.hours * number for rate, number in parts), parts)


def total(efforts: Iterable[Effort]) -> Effort:
    """The sum of the efforts, rate by rate."""
    hours, counts = 0.0, Counter[str]()
    rates = {}
    for one in efforts:
        hours += one.hours
        for rate, number in one.parts:
            rates[rate.key] = rate
            counts[rate.key] += number
    return Effort(hours, tuple((rate, counts[rate.key]) for rate in RATES if counts[rate.key]))
