"""Findings and tables as text for people: one line a finding with its source below, many alike as few."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TextIO

import click

from .airflow_model import Project
from .codes import SEVERITIES
from .findings import Finding, order
from .read.discover import decode
from .records import dataclass
from .source import Span, lines_of

COLOURS: Mapping[str, str] = {"error": "red", "warning": "yellow", "info": "cyan"}
_PLACES = 3
_READ_AT_MOST = 5_000_000


@dataclass(frozen=True, slots=True)
class Style:
    """How wide and whether in colour. Only what is meant for people depends on it."""

    colour: bool = False
    width: int = 160

    @classmethod
    def of(cls, stream: TextIO) -> Style:
        """Colour and the width of the window on a terminal (unless NO_COLOR is set), neither elsewhere."""
        if not stream.isatty():
            return cls()
        plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
        try:
            width = os.get_terminal_size(stream.fileno()).columns
        except (OSError, ValueError):
            width = 0
        return cls(not plain, max(width, 40) if width else 80)

    def paint(self, text: str, *, fg: str | None = None, bold: bool = False, dim: bool = False) -> str:
        return click.style(text, fg=fg, bold=bold or None, dim=dim or None) if self.colour else text


@dataclass(slots=True)
class Sources:
    """The text that findings point at, by file as findings name it: what was read, or else the file itself."""

    root: Path
    texts: Mapping[str, str] = field(default_factory=dict)
    _lines: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, project: Project | None = None) -> Sources:
        """The sources of a project that was read from `path`."""
        modules = project.modules if project is not None else {}
        return cls(path if path.is_dir() else path.parent, {file: m.source.text for file, m in modules.items()})

    def line(self, span: Span) -> str | None:
        """The first line of a span, None where it is not to be had."""
        if span.file not in self._lines:
            self._lines[span.file] = lines_of(self._text(span.file))
        lines = self._lines[span.file]
        return lines[span.line - 1] if 0 < span.line <= len(lines) else None

    def place(self, span: Span) -> str:
        """`path:line:column`, the path one that can be opened from here where there is one."""
        path = self.root / span.file
        shown = path.as_posix() if path.is_file() else span.file
        return visible(f"{shown}:{span.line}:{span.column + 1}")

    def _text(self, file: str) -> str:
        if file in self.texts:
            return self.texts[file]
        path = self.root / file
        try:
            if not path.is_file() or path.stat().st_size > _READ_AT_MOST:
                return ""
            text = decode(path.read_bytes())
        except (OSError, ValueError):
            return ""
        return text if isinstance(text, str) else ""


def visible(text: str) -> str:
    """Text with its control characters spelled out, so that a file cannot write to the terminal by its own means."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{ord(c):04x}" for c in text)


def one_line(text: str) -> str:
    """Text on one line, with nothing in it that moves the cursor."""
    return visible(" ".join(text.split()))


def findings_text(
    findings: Iterable[Finding], sources: Sources, style: Style, *, everything: bool = False
) -> Iterator[str]:
    """The lines for findings, errors first, then by code and place.

    Those with the same code and text, and those with the same code at the same place, are shown once with their number
    and first places. `everything` shows each by itself.
    """
    ranked = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.code, order(f)))
    for group in ([f] for f in ranked) if everything else grouped(ranked):
        yield from _group_text(group, sources, style)


def grouped(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings put together by code and text, or else by code and place, in the order of the first of each."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.code, finding.message), []).append(finding)
    groups: dict[object, list[Finding]] = {}
    for (code, message), members in alike.items():
        alone = len(members) == 1 and members[0].span is not None
        groups.setdefault((code, members[0].span) if alone else (code, message), []).extend(members)
    return list(groups.values())


def _group_text(group: Sequence[Finding], sources: Sources, style: Style) -> Iterator[str]:
    first = group[0]
    colour = COLOURS[first.severity]
    place = style.paint(sources.place(first.span), bold=True) + ": " if first.span is not None else ""
    severity = style.paint(first.severity, fg=colour, bold=True)
    yield f"{place}{severity} {first.code} [{first.definition.name}] {one_line(first.message)}"
    margin = " " * 6
    if first.span is not None:
        yield from (f"{margin}{line}" for line in excerpt(first.span, sources, style, colour))
    for remark, span in first.related:
        yield f"{margin}{style.paint('note:', bold=True)} {one_line(remark)}: {sources.place(span)}"
    if first.help:
        yield f"{margin}{style.paint('help:', bold=True)} {one_line(first.help)}"
    if len(group) > 1:
        yield f"{margin}{style.paint(_also(group, sources), dim=True)}"


def _also(group: Sequence[Finding], sources: Sources) -> str:
    places = list(dict.fromkeys(sources.place(f.span) for f in group[1:] if f.span is not None))
    own = sources.place(group[0].span) if group[0].span is not None else ""
    elsewhere = [place for place in places if place != own]
    here = sum(f.span is not None and sources.place(f.span) == own for f in group[1:])
    parts = [f"{here} more at this place"] if here else []
    parts += elsewhere[:_PLACES]
    left = len(group) - 1 - here - len(elsewhere[:_PLACES])
    text = ", ".join(parts)
    if left > 0:
        text += f" and {left} more"
    return f"{len(group)} in all: also {text}" if text else f"{len(group)} in all"


def excerpt(span: Span, sources: Sources, style: Style, colour: str) -> Iterator[str]:
    """The line a span begins on, with carets under it; nothing for a span that means a whole file."""
    if not span.end_line:
        return
    line = sources.line(span)
    if line is None or not line.strip():
        return
    end = span.end_column if span.end_line == span.line else len(line.rstrip())
    start = min(span.column, len(line))
    end = max(min(end, len(line)), start + 1)
    number = str(span.line)
    room = max(style.width - len(number) - 12, 20)
    text, start, end = _window(line, start, end, room)
    before, marked = visible(text[:start]), visible(text[start:end]) or " "
    bar = style.paint("|", dim=True)
    yield f"{style.paint(number, dim=True)} {bar} {before}{visible(text[start:end])}{visible(text[end:])}"
    carets = style.paint("^" * _width(marked), fg=colour, bold=True)
    yield f"{' ' * len(number)} {bar} {' ' * _width(before)}{carets}"


def _window(line: str, start: int, end: int, room: int) -> tuple[str, int, int]:
    """The part of a line around a span that fits, indentation taken away, and where the span is in it."""
    line = line.rstrip().replace("\t", " ")
    indent = len(line) - len(line.lstrip())
    cut = min(indent, start)
    line, start, end = line[cut:], start - cut, end - cut
    if len(line) <= room:
        return line, start, end
    left = max(0, min(start - room // 3, len(line) - room))
    text = line[left : left + room]
    start, end = start - left, min(end - left, room)
    if left:
        text = "…" + text[1:]
    if left + room < len(line):
        text = text[:-1] + "…"
    return text, start, max(end, start + 1)


def _width(text: str) -> int:
    """How many columns of a terminal text takes."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) != 0 for c in text)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `elastic` ones are cut when the table is wider than the window."""

    title: str
    right: bool = False
    elastic: bool = False
    colour: str | None = None


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], style: Style) -> Iterator[str]:
    """A table with a header line; on a terminal it fits the window, elsewhere nothing is cut."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [
        max(_width(column.title), *(_width(row[i]) for row in cells), 0) if cells else _width(column.title)
        for i, column in enumerate(columns)
    ]
    if style != Style():
        widths = _fit(columns, widths, style.width)
    header = "  ".join(_cells([column.title for column in columns], widths, columns))
    yield style.paint(header.rstrip(), bold=True)
    for row in cells:
        yield "  ".join(
            style.paint(cell, fg=column.colour) if column.colour and cell.strip() else cell
            for cell, column in zip(_cells(row, widths, columns), columns, strict=True)
        ).rstrip()


def _cells(row: Sequence[str], widths: Sequence[int], columns: Sequence[Column]) -> list[str]:
    return [_cell(text, width, column.right) for text, width, column in zip(row, widths, columns, strict=True)]


def _fit(columns: Sequence[Column], widths: list[int], room: int) -> list[int]:
    """Narrow the elastic columns, the widest first, until the table fits or they are as narrow as is of use."""
    widths = list(widths)
    elastic = [i for i, column in enumerate(columns) if column.elastic]
    while elastic and sum(widths) + 2 * (len(widths) - 1) > room:
        widest = max(elastic, key=lambda i: widths[i])
        if widths[widest] <= max(12, _width(columns[widest].title)):
            break
        widths[widest] -= 1
    return widths


def _cell(text: str, width: int, right: bool) -> str:
    if _width(text) > width:
        text = text[: max(width - 1, 0)] + "…"
    padding = " " * max(width - _width(text), 0)
    return padding + text if right else text + padding


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 task`, `2 tasks`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
