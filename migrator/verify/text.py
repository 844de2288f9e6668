"""Evidence as text for people: a table of counts, what failed in full, what was not run by its reason."""

from __future__ import annotations

from collections.abc import Iterator

from ..terminal import Style, plural, visible
from .evidence import OUTCOMES, Evidence, Verification

COLOURS = {"passed": "green", "failed": "red", "not run": "yellow"}


def evidence_text(
    verification: Verification, style: Style, *, verbose: bool = False, quiet: bool = False
) -> Iterator[str]:
    """The lines; `quiet` leaves all but what failed, `verbose` shows what passed as well."""
    found = verification.evidence
    for one in found:
        if one.outcome == "failed" or (verbose and one.outcome == "passed"):
            place = verification.places.get(one.dag_id)
            where = f" ({place.file}:{place.line})" if place and one.outcome == "failed" else ""
            mark = style.paint(one.outcome, fg=COLOURS[one.outcome], bold=one.outcome == "failed")
            yield f"{mark} {one.kind} {visible(one.dag_id)}{where}" + (f": {visible(one.detail)}" if one.detail else "")
    if quiet:
        return
    yield from _not_run([one for one in found if one.outcome == "not run"], style)
    if found:
        yield ""
    yield from _table(verification, style)
    dags = len({one.dag_id for one in found})
    engines = f"Dagster {verification.dagster}"
    if verification.airflow:
        engines = f"Airflow {verification.airflow} and {engines}"
    yield f"{plural(dags, 'DAG')} on {engines}"


def _not_run(found: list[Evidence], style: Style) -> Iterator[str]:
    """By DAG: the kinds with the same reason in one line."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in found:
        reasons.setdefault((one.dag_id, one.detail), []).append(one.kind)
    for (dag_id, reason), kinds in reasons.items():
        mark = style.paint("not run", fg=COLOURS["not run"])
        yield f"{mark} {', '.join(kinds)} {visible(dag_id)}: {visible(reason)}"


def _table(verification: Verification, style: Style) -> Iterator[str]:
    counts = verification.counts()
    if not counts:
        yield "There is nothing to verify."
        return
    width = max(len(kind) for kind in counts)
    for kind, numbers in counts.items():
        parts = [
            style.paint(f"{numbers[outcome]} {outcome}", fg=COLOURS[outcome] if numbers[outcome] else None)
            for outcome in OUTCOMES
            if numbers[outcome] or outcome != "not run"
        ]
        yield f"{kind:<{width}}  {', '.join(parts)}"
