"""What is said at the end of a conversion: how much became what, what was written, what to do next."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from .codes import CODES
from .counting import by_severity, most_frequent
from .outcome import Outcome
from .terminal import COLOURS, Column, Style, one_line, plural, table

_DAGS = 12
_CODES = 8
_KINDS = {
    "missing": "would be written",
    "changed": "would be changed",
    "merged": "was edited; what is new would be merged into it",
    "edited": "was edited; what is new cannot be merged into it and waits for you",
    "obsolete": "would be removed",
    "foreign": "was not written by migrate",
}


def summary_text(outcome: Outcome, path: Path, out: Path | None, style: Style, *, hidden: int = 0) -> Iterator[str]:
    """The lines of the summary; `hidden` findings were counted but not shown."""
    yield from _dags(outcome, style)
    yield from _codes(outcome, style)
    yield _amount(outcome, style)
    yield _findings(outcome, style, hidden)
    yield from _output(outcome, path, out)
    steps = list(_next(outcome, path, out))
    if steps:
        yield ""
        yield style.paint("Next:", bold=True)
        yield from (f"  {step}" for step in steps)


_DAG_COLUMNS = (
    Column("DAG", elastic=True),
    Column("Tasks", right=True),
    Column("Exact", right=True),
    Column("Approximate", right=True, colour="yellow"),
    Column("Bridged", right=True, colour="blue"),
    Column("Manual", right=True, colour="red"),
    Column("Lost", right=True, colour="red"),
    Column("Errors", right=True, colour=COLOURS["error"]),
    Column("Warnings", right=True, colour=COLOURS["warning"]),
)
_CODE_COLUMNS = (Column("Finding"), Column("Number", right=True), Column("What to do", elastic=True))


def _dags(outcome: Outcome, style: Style) -> Iterator[str]:
    """The DAGs that need most attention, and all of them together; columns in which there is nothing are left out."""
    rows = list(outcome.rows())
    if len(rows) < 2:
        return
    worst = sorted(rows, key=lambda row: row.rank)
    shown = [row for row in worst if not row.fine][:_DAGS]
    left = len(rows) - len(shown)
    fine = sum(row.fine for row in rows)
    cells = [[row.dag_id, *(f"{n:,}" if n else "" for n in row.numbers)] for row in shown]
    if left:
        what = "exact, nothing found" if left == fine else "more, `migrate inspect` lists them"
        rest = [sum(row.numbers[i] for row in worst if row not in shown) for i in range(len(_DAG_COLUMNS) - 1)]
        cells.append([f"{left:,} {what}", *(f"{n:,}" if n else "" for n in rest)])
    if len(cells) > 1:
        total = [sum(row.numbers[i] for row in rows) for i in range(len(_DAG_COLUMNS) - 1)]
        cells.append([f"All {len(rows):,}", *(f"{n:,}" if n else "" for n in total)])
    kept = [i for i in range(len(_DAG_COLUMNS)) if i < 3 or any(row[i] for row in cells)]
    yield from table([_DAG_COLUMNS[i] for i in kept], [[row[i] for i in kept] for row in cells], style)
    yield ""


def _codes(outcome: Outcome, style: Style) -> Iterator[str]:
    """The codes of what was found, the most severe and most frequent first."""
    frequent = most_frequent(outcome.findings, _CODES)
    if not frequent:
        return
    rows = [(f"{code} {name}", f"{number:,}", CODES[code].action) for code, name, number in frequent]
    yield from table(_CODE_COLUMNS, rows, style)
    codes = {finding.code for finding in outcome.findings if finding.severity != "info"}
    if len(codes) > len(rows):
        yield f"and {plural(len(codes) - len(rows), 'more code')}"
    yield ""


def _amount(outcome: Outcome, style: Style) -> str:
    tasks = outcome.tasks
    named = {"manual": "to finish by hand"}
    parts = [f"{tasks[name]:,} {named.get(name, name)}" for name in tasks if tasks[name] and name != "lost"]
    lost = style.paint(f"{tasks['lost']:,} lost", fg="red", bold=True) if tasks["lost"] else ""
    dags = plural(len(outcome.migration.airflow.dags), "DAG")
    if outcome.lost_dags:
        dags += f" ({style.paint(f'{len(outcome.lost_dags):,} lost', fg='red', bold=True)})"
    files = plural(len(outcome.migration.airflow.files), "file")
    text = ", ".join(part for part in (*parts, lost) if part)
    return f"{files}, {dags}, {plural(sum(tasks.values()), 'task')}" + (f": {text}" if text else "")


def _findings(outcome: Outcome, style: Style, hidden: int) -> str:
    counts = by_severity(outcome.findings)
    if not any(counts.values()):
        return "No findings"
    words = {"error": "error", "warning": "warning", "info": "remark"}
    parts = [style.paint(plural(n, words[s]), fg=COLOURS[s] if n else None) for s, n in counts.items()]
    return ", ".join(parts) + (f" ({hidden:,} not shown: --verbose)" if hidden else "")


def _output(outcome: Outcome, path: Path, out: Path | None) -> Iterator[str]:
    match outcome.state:
        case "nothing":
            yield f"Nothing written: no DAG was found in {one_line(str(path))}"
        case "trial":
            files = plural(len(outcome.migration.rendered.files) + 1, "file")
            yield f"Nothing written: this was a trial run. --out DIR writes the project ({files})"
        case "refused":
            yield f"Nothing written: {one_line(str(out))} is as it was"
        case "checked" if not outcome.differences:
            yield f"{one_line(str(out))} is up to date"
        case "checked":
            for difference in outcome.differences:
                yield f"{one_line(difference.path)} {_KINDS[difference.kind]}"
            yield f"{one_line(str(out))} is not up to date: {plural(len(outcome.differences), 'file')}"
        case "written":
            yield _written(outcome, out)


def _written(outcome: Outcome, out: Path | None) -> str:
    written = outcome.written
    assert written is not None
    parts = [f"{plural(len(written.written), 'file')} written to {one_line(str(out))}"]
    parts += [f"{len(written.unchanged):,} unchanged"] if written.unchanged else []
    parts += [f"{len(written.removed):,} removed"] if written.removed else []
    parts += [f"{len(written.merged):,} merged with edits"] if written.merged else []
    parts += [f"{len(written.kept):,} edited and kept"] if written.kept else []
    parts += [f"{len(written.conflicts):,} of them in conflict"] if written.conflicts else []
    return ", ".join(parts)


def _next(outcome: Outcome, path: Path, out: Path | None) -> Iterator[str]:
    """Command lines, as the generated README has them."""
    frequent = most_frequent(outcome.findings, 1)
    if outcome.state == "written":
        yield f"cd {shlex.quote(str(out))} && pip install -e . --group dev"
        if ".env.example" in outcome.migration.rendered.files:
            yield "cp .env.example .env        # then fill it in"
        yield "dg check defs               # everything loads"
        yield "dg dev                      # or: dagster dev"
        if outcome.migration.rendered.derived:
            yield "migrate report .            # both sides in the browser, task by task"
        dags = shlex.quote(os.path.relpath(path, out))
        yield f"{f'migrate verify {dags} .':<27} # run both engines and compare"
    if frequent:
        yield f"migrate explain {frequent[0][0]:<12}# what {frequent[0][1]} means and what to do"
