"""Replacements inside f-strings: before Python 3.12, neither its own quote nor a backslash may stand in them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from functools import lru_cache

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from .text import InvalidCode

_PREFIX = re.compile(r"""\b(?:f|rf|fr)["']""", re.IGNORECASE)


def mentions_fstring(text: str) -> bool:
    """Whether the text may hold an f-string."""
    return _PREFIX.search(text) is not None


@lru_cache(maxsize=64)
def fstrings(text: str) -> tuple[tuple[int, int, int, int, str], ...]:
    """Every f-string of a file: its first line and column, its last, and its quotes."""
    try:
        wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    except (cst.ParserSyntaxError, RecursionError):
        return ()
    positions = wrapper.resolve(PositionProvider)
    found = []
    for node, place in positions.items():
        if isinstance(node, cst.FormattedString):
            found.append((place.start.line, place.start.column, place.end.line, place.end.column, node.end))
    return tuple(found)


def quotes_around(text: str, line: int, column: int) -> tuple[str, ...]:
    """The quotes of the f-strings that a place lies in."""
    return tuple(
        quote for first, start, last, end, quote in fstrings(text) if (first, start) < (line, column) < (last, end)
    )


def fit(code: str, quotes: tuple[str, ...]) -> str:
    """An expression as it may stand inside f-strings with these quotes, its strings quoted otherwise where need be.

    Raises InvalidCode when there is no way.
    """
    if not quotes or (not any(quote in code for quote in quotes) and "\\" not in code):
        return code
    pieces: list[str] = []
    lines = code.split("\n")
    row, column = 1, 0
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type != tokenize.STRING:
            continue
        pieces.append(_between(lines, (row, column), token.start))
        pieces.append(_requoted(token.string, quotes, code))
        row, column = token.end
    pieces.append(_between(lines, (row, column), (len(lines), len(lines[-1]))))
    return "".join(pieces)


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    return "\n".join([lines[start[0] - 1][start[1] :], *lines[start[0] : end[0] - 1], lines[end[0] - 1][: end[1]]])


def _requoted(string: str, quotes: tuple[str, ...], code: str) -> str:
    if not any(quote in string for quote in quotes) and "\\" not in string:
        return string
    value = ast.literal_eval(string)
    if isinstance(value, str):
        for mark in ("'", '"', '"""', "'''"):
            candidate = f"{mark}{value}{mark}"
            if any(quote in candidate for quote in quotes):
                continue
            try:
                if "\\" not in candidate and ast.literal_eval(candidate) == value:
                    return candidate
            except (SyntaxError, ValueError):
                continue
    raise InvalidCode(f"`{code}` cannot stand inside an f-string")
