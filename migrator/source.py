"""Places in the user's source text: files and the spans in them that everything else points at."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache

from .records import dataclass

_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a source file. Lines count from 1, columns from 0 in characters; the end is exclusive.

    `file` is relative to the folder the user named, with `/`.
    """

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column + 1}"

    def __contains__(self, other: Span) -> bool:
        """Whether all of another stretch is in this one."""
        begins = (self.line, self.column) <= (other.line, other.column)
        ends = (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        return self.file == other.file and begins and ends


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file's text. `module` is the dotted name other files of the project import it by."""

    file: str
    module: str
    text: str = field(repr=False)

    def lines(self) -> tuple[str, ...]:
        return lines_of(self.text)


@lru_cache(maxsize=256)
def lines_of(text: str) -> tuple[str, ...]:
    """The lines as Python's parser counts them, without their ends: `str.splitlines` also breaks at form feeds."""
    return tuple(_LINE_END.split(text))
