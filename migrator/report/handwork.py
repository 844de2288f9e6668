"""What is left for a person, as a checklist to take along: Markdown and CSV beside the pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from ..records import dataclass
from .model import FindingView, IndexView

MARKDOWN, CSV = "hand-work.md", "hand-work.csv"
COLUMNS = ("dag_id", "task_id", "severity", "code", "name", "file", "line", "message", "what to do")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One DAG's items, or those of no DAG."""

    dag_id: str
    page: str
    items: tuple[FindingView, ...]

    @property
    def number(self) -> int:
        return len(self.items)


def chapters(view: IndexView) -> tuple[Chapter, ...]:
    """Errors and warnings by DAG, worst first; remarks ask nothing of anybody."""
    found: dict[str, list[FindingView]] = {}
    for code in view.codes:
        for finding in code.findings:
            if finding.severity != "info":
                found.setdefault(finding.dag_id, []).append(finding)
    pages = {row.dag_id: row.page for row in view.rows}
    return tuple(Chapter(dag_id, pages.get(dag_id, ""), tuple(found[dag_id])) for dag_id in sorted(found))


def markdown(parts: Sequence[Chapter]) -> str:
    """A list to tick off, with a heading for each DAG."""
    lines = ["# To be done by hand", ""]
    if not parts:
        lines += ["Nothing: there are neither errors nor warnings.", ""]
    for part in parts:
        lines += [f"## {_inline(part.dag_id) or 'Outside of any DAG'}", ""]
        lines += [line for item in part.items for line in _item(item)]
        lines.append("")
    return "\n".join(lines)


def _item(item: FindingView) -> Iterator[str]:
    where = f" `{_code(item.place.text)}`" if item.place is not None else ""
    task = f"**{_inline(item.task_id)}**: " if item.task_id else ""
    yield f"- [ ] {task}{_inline(item.message)} ({item.severity} {item.code} {item.name}{',' + where if where else ''})"
    if item.help:
        yield f"  {_inline(item.help)}"


def table(parts: Sequence[Chapter]) -> str:
    """The same as CSV, for a spreadsheet or a tracker. No cell begins so that a spreadsheet takes it for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for part in parts:
        for item in part.items:
            file, line = (item.place.file, str(item.place.line)) if item.place is not None else ("", "")
            row = (item.dag_id, item.task_id, item.severity, item.code, item.name, file, line, item.message, item.help)
            writer.writerow([_cell(text) for text in row])
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _inline(text: str) -> str:
    """Text on one line of Markdown: nothing of it is markup but code in backticks."""
    parts = re.split(r"(`[^`\n]+`)", " ".join(text.split()))
    return "".join(
        part if number % 2 else re.sub(r"([\\*_{}\[\]<>#|!`])", r"\\\1", part) for number, part in enumerate(parts)
    )


def _code(text: str) -> str:
    return text.replace("`", "'")
