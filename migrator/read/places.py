"""Spans of syntax tree nodes: `ast` counts columns in UTF-8 bytes, spans count characters."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..source import SourceFile, Span, lines_of


def column(line: str, offset: int) -> int:
    """The column in characters of a byte offset in a line."""
    if line.isascii():
        return offset
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))


def span_of(node: ast.AST, source: SourceFile) -> Span:
    """The span of a node that has a position (an expression, a statement, an argument …), else of line 1."""
    line = getattr(node, "lineno", 1)
    end_line = getattr(node, "end_lineno", None) or line
    start = getattr(node, "col_offset", 0)
    end = getattr(node, "end_col_offset", None)
    if source.text.isascii():  # bytes are characters
        return Span(source.file, line, start, end_line, start if end is None else end)
    lines = lines_of(source.text)
    return Span(
        source.file,
        line,
        column(_line(lines, line), start),
        end_line,
        column(_line(lines, end_line), start if end is None else end),
    )


def text_of(span: Span, source: SourceFile) -> str:
    """The text a span covers, with `\\n` as line end."""
    lines = lines_of(source.text)
    if span.line == span.end_line:
        return _line(lines, span.line)[span.column : span.end_column]
    middle = [_line(lines, n) for n in range(span.line + 1, span.end_line)]
    first, last = _line(lines, span.line)[span.column :], _line(lines, span.end_line)[: span.end_column]
    return "\n".join([first, *middle, last])


_ENCODING_LINE = re.compile(r"\s*#(!|.*coding[:=])")
_TRAILING_COMMENT = re.compile(r"\s*#.*")


def definition_span(node: ast.stmt, source: SourceFile, *, comments_above: bool = True) -> Span:
    """The span of a definition with its decorators, the comments directly above it and the one behind its end."""
    span = span_of(node, source)
    lines = lines_of(source.text)
    line = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    start = span.column
    while comments_above and line > 1:
        above = _line(lines, line - 1)
        if not above.lstrip().startswith("#") or (line - 1 <= 2 and _ENCODING_LINE.match(above)):
            break
        line, start = line - 1, len(above) - len(above.lstrip())
    last = _line(lines, span.end_line)
    end = len(last) if _TRAILING_COMMENT.fullmatch(last[span.end_column :]) else span.end_column
    return Span(source.file, line, start, span.end_line, end)


def _line(lines: tuple[str, ...], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


_DEEP = 5000


@contextmanager
def deep() -> Iterator[None]:
    """Room to walk trees that are deeper than Python's usual limit, such as a chain of 200 method calls."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _DEEP))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
