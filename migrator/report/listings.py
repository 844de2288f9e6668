"""The listings of a page: the files of both sides, line by line, and which task or finding each line is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..source import Span
from .model import Automation, FindingView, Line, Place, SourceView, TaskView
from .sources import highlighted

if TYPE_CHECKING:
    from ..write.rendered import Position


@dataclass(frozen=True)
class Listings:
    """The files of both sides that are in a page, and the anchors of their lines."""

    left_files: tuple[str, ...]
    right_files: tuple[str, ...]
    shown: bool

    @cached_property
    def left_prefixes(self) -> dict[str, str]:
        return {file: f"a{number}" for number, file in enumerate(self.left_files)} if self.shown else {}

    @cached_property
    def right_prefixes(self) -> dict[str, str]:
        return {file: f"d{number}" for number, file in enumerate(self.right_files)} if self.shown else {}

    def left(self, span: Span, what: str = "") -> Place:
        prefix = self.left_prefixes.get(span.file, "")
        anchor = f"{prefix}-{span.line}" if prefix else ""
        return Place(span.file, span.line, max(span.end_line, span.line), what, anchor)

    def right(self, position: Position | None) -> Place | None:
        if position is None:
            return None
        prefix = self.right_prefixes.get(position.file, "")
        anchor = f"{prefix}-{position.line}" if prefix else ""
        return Place(position.file, position.line, position.end_line, "", anchor)


def read_listings(
    listings: Listings,
    texts: Mapping[str, str],
    dag: am.Dag,
    tasks: Iterable[TaskView],
    findings: Iterable[FindingView],
) -> Iterator[SourceView]:
    """The files that were read; `texts` has them by path."""
    owners: dict[tuple[str, int], list[int]] = defaultdict(list)
    for task in tasks:
        for file, line in dict.fromkeys(
            (place.file, line) for place in task.places for line in range(place.line, place.end_line + 1)
        ):
            owners[file, line].append(task.index)
    notes: dict[tuple[str, int], list[FindingView]] = defaultdict(list)
    for finding in findings:
        if finding.place is not None:
            notes[finding.place.file, finding.place.line].append(finding)
    own = {(dag.file, line) for line in range(dag.span.line, max(dag.span.end_line, dag.span.line) + 1)}
    for file, prefix in listings.left_prefixes.items():
        yield _listing(file, prefix, texts[file], owners, own, notes)


def written_listings(
    listings: Listings, texts: Mapping[str, str], tasks: Iterable[TaskView], automation: Iterable[Automation]
) -> Iterator[SourceView]:
    """The files that were generated; `texts` has them by path."""
    owners: dict[tuple[str, int], list[int]] = defaultdict(list)
    for task in tasks:
        for became in task.becomes:
            if became.place is not None:
                for line in range(became.place.line, became.place.end_line + 1):
                    owners[became.place.file, line].append(task.index)
    own = {
        (item.place.file, line)
        for item in automation
        if item.place is not None
        for line in range(item.place.line, item.place.end_line + 1)
    }
    for file, prefix in listings.right_prefixes.items():
        yield _listing(file, prefix, texts[file], owners, own, {})


def _listing(
    file: str,
    prefix: str,
    text: str,
    owners: Mapping[tuple[str, int], list[int]],
    own: set[tuple[str, int]],
    notes: Mapping[tuple[str, int], list[FindingView]],
) -> SourceView:
    lines = tuple(
        Line(
            number,
            html,
            tuple(owners.get((file, number), ())),
            tuple(notes.get((file, number), ())),
            (file, number) in own,
        )
        for number, html in enumerate(highlighted(file, text), 1)
    )
    return SourceView(file, prefix, lines)
