"""Places in the user's source text: files and the spans in them that everything else points at."""

from __future__ import annotations

from dataclasses import field

from .records import dataclass


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


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file's text. `module` is the dotted name other files of the project import it by."""

    file: str
    module: str
    text: str = field(repr=False)

    def lines(self) -> list[str]:
        return self.text.splitlines()
