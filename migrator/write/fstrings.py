"""Replacements inside f-strings: before Python 3.12, neither its own quote nor a backslash may stand in them."""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from functools import lru_cache

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from .text import InvalidCode

_AWKWARD = re.compile(r"""([\\\r\n#'"])""")
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


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[tuple[int, int], ...]:
    """The lines of every f-string of a file, first and last: quick to find, unlike the columns and quotes."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ((0, sys.maxsize),)
    return tuple(
        {(node.lineno, node.end_lineno or node.lineno) for node in ast.walk(tree) if type(node) is ast.JoinedStr}
    )


def quotes_around(text: str, line: int, column: int) -> tuple[str, ...]:
    """The quotes of the f-strings that a place lies in."""
    if not any(first <= line <= last for first, last in _lines(text)):
        return ()
    return tuple(
        quote for first, start, last, end, quote in fstrings(text) if (first, start) < (line, column) < (last, end)
    )


def fit(code: str, quotes: tuple[str, ...]) -> str:
    """An expression as it may stand inside f-strings with these quotes, its strings quoted otherwise where need be.

    Raises InvalidCode when there is no way.
    """
    if not quotes or _fits(code, quotes):
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
    """The string spelled so that it may stand inside these quotes; characters for which there is no way by number."""
    if _fits(string, quotes):
        return string
    value = ast.literal_eval(string)
    if not isinstance(value, str):
        raise InvalidCode(f"`{code}` cannot stand inside an f-string")
    for mark in ("'", '"', '"""', "'''"):
        candidate = f"{mark}{value}{mark}"
        if _fits(candidate, quotes) and _means(candidate, value):
            return candidate
    for mark in ("'", '"'):
        parts = [part for part in re.split(_AWKWARD, value) if part]
        spelled = [f"chr({ord(part)})" if _AWKWARD.fullmatch(part) else f"{mark}{part}{mark}" for part in parts]
        if all(_fits(part, quotes) for part in spelled):
            return f"({' + '.join(spelled)})"
    raise InvalidCode(f"`{code}` cannot stand inside an f-string")


def _fits(string: str, quotes: tuple[str, ...]) -> bool:
    return not any(part in string for part in (*quotes, "\\", "\n", "\r", "#"))


def _means(candidate: str, value: str) -> bool:
    """Whether an expression is a string literal of this value."""
    try:
        return bool(ast.literal_eval(candidate) == value)
    except (SyntaxError, ValueError):
        return False
