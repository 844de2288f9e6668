"""Stretches of the user's source with replacements made in them, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TypeGuard, cast

import libcst as cst

from ..dagster_model import Rewrite
from ..own_files import OwnPath, own_places
from ..source import SourceFile, Span
from .fstrings import fit, mentions_fstring, quotes_around
from .text import InvalidCode, indent

REMOVED = "__migrate_removed__"
"""Stands for an expression whose whole statement is to go; no user has this name."""


@lru_cache(maxsize=64)
def _line_starts(text: str) -> tuple[int, ...]:
    """The offset at which each line begins, as Python counts lines, and the offset of the end."""
    starts = [0]
    position = 0
    while position < len(text):
        if text[position] == "\r":
            position += 2 if text[position + 1 : position + 2] == "\n" else 1
            starts.append(position)
            continue
        following = [found for end in "\n\r" if (found := text.find(end, position)) >= 0]
        if not following:
            break
        position = min(following)
        if text[position] == "\n":
            position += 1
            starts.append(position)
    return (*starts, len(text))


def offsets(source: SourceFile, span: Span) -> tuple[int, int]:
    """Where a span begins and ends in its file's text. Raises InvalidCode for a span outside it."""
    starts = _line_starts(source.text)
    if not (1 <= span.line <= span.end_line < len(starts) + 1):
        raise InvalidCode(f"{span}: not a place in the file")
    begin = starts[span.line - 1] + span.column
    end = starts[span.end_line - 1] + span.end_column
    if not begin <= end <= len(source.text):
        raise InvalidCode(f"{span}: not a place in the file")
    return begin, end


def piece(source: SourceFile, span: Span, rewrites: Iterable[Rewrite] = (), resolve: Callable[[str], str] = str) -> str:
    """The text at `span`, from its line's start where only white space is before it, with the rewrites inside it made.

    A rewrite inside another one is left out: the outer says what all of it becomes. `resolve` is applied to what comes
    in. An empty rewrite leaves `REMOVED`. Line ends become `\\n`. Raises InvalidCode.
    """
    begin, end = offsets(source, span)
    text = source.text
    line_start = max(text.rfind("\n", 0, begin), text.rfind("\r", 0, begin)) + 1
    if not text[line_start:begin].strip():
        begin = line_start
    rewrites = [*rewrites, *places_rewritten(source)]
    inside = sorted(
        {(*offsets(source, item.span), _text(item, source)) for item in rewrites},
        key=lambda item: (item[0], item[0] != item[1], -item[1], item[2]),  # insertions first
    )
    parts: list[str] = []
    position = begin
    last: tuple[int, int] | None = None
    for start, stop, new in inside:
        if (start, stop) == last and start != stop:
            raise InvalidCode(f"{span}: two different rewrites of the same expression")
        if start < position or stop > end:
            continue
        last = (start, stop)
        parts += [text[position:start], _replacement(text, start, resolve(new))]
        position = stop
    parts.append(text[position:end])
    return "".join(parts).replace("\r\n", "\n").replace("\r", "\n")


def places_rewritten(source: SourceFile) -> list[Rewrite]:
    """What stands for each path that a file makes of `__file__`: its place in the folder of copied files."""
    return [Rewrite(place.span, own_place(place)) for place in own_places(source)]


def own_place(place: OwnPath) -> str:
    """The expression for a path of the folder that was given to migrate."""
    if place.is_text:
        return "str(DAG_FILES)" if place.path == "." else f'f"{{DAG_FILES}}/{place.path}"'
    return "DAG_FILES" if place.path == "." else f'(DAG_FILES / "{place.path}")'


def _text(item: Rewrite, source: SourceFile) -> str:
    """What a rewrite puts in place, quoted otherwise where that is inside an f-string."""
    if not mentions_fstring(source.text):
        return item.text
    return fit(item.text, quotes_around(source.text, item.span.line, item.span.column))


def _replacement(text: str, start: int, new: str) -> str:
    """What to put for what begins at text[start]: several statements get the indentation of the one they replace."""
    if not new:
        return REMOVED
    line_start = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before = text[line_start:start]
    if "\n" in new and not before.strip():
        return indent(new, before)[len(before) :]
    return new


_REMOVABLE = (cst.BaseSmallStatement, cst.BaseCompoundStatement, cst.Decorator)


class Remover(cst.CSTTransformer):
    """Removes the innermost statement or decorator that `REMOVED` stands in; comments above it stay.

    A block left empty becomes `pass`, which libcst writes by itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._marked: list[bool] = [False]

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, _REMOVABLE):
            self._marked.append(False)
        elif isinstance(node, cst.Name) and node.value == REMOVED:
            self._marked[-1] = True
        return True

    def on_leave(
        self, original_node: cst.CSTNodeT, updated_node: cst.CSTNodeT
    ) -> cst.CSTNodeT | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNodeT]:
        if isinstance(original_node, _REMOVABLE) and self._marked.pop():
            if isinstance(original_node, cst.BaseCompoundStatement):
                return cast(cst.CSTNodeT, _empty_line(getattr(original_node, "leading_lines", ())))
            return cst.RemoveFromParent()
        if isinstance(updated_node, (cst.IndentedBlock, cst.Module)):
            return cast(cst.CSTNodeT, _without_empty(updated_node))
        if isinstance(updated_node, cst.SimpleStatementLine) and not updated_node.body:
            return cast(cst.CSTNodeT, _empty_line(updated_node.leading_lines))
        if isinstance(updated_node, cst.SimpleStatementLine):
            last = updated_node.body[-1].with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
            return updated_node.with_changes(body=[*updated_node.body[:-1], last])
        if isinstance(updated_node, cst.SimpleStatementSuite) and not updated_node.body:
            return updated_node.with_changes(body=[cst.Pass()])
        return updated_node


def _empty_line(leading: Sequence[cst.EmptyLine]) -> cst.SimpleStatementLine:
    """Stands for a removed line until its block is left: libcst drops a line without statements, comments and all."""
    return cst.SimpleStatementLine([cst.Expr(cst.Name(REMOVED))], leading_lines=leading)


def _is_empty(line: cst.CSTNode) -> TypeGuard[cst.SimpleStatementLine]:
    match line:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.Name(value=name))]):
            return name == REMOVED
    return False


def _without_empty(block: cst.IndentedBlock | cst.Module) -> cst.IndentedBlock | cst.Module:
    """The block without its emptied lines; the comments above one go to what follows it."""
    kept: list[cst.BaseStatement | cst.BaseSmallStatement] = []
    waiting: list[cst.EmptyLine] = []
    for line in block.body:
        if _is_empty(line):
            waiting += [empty for empty in line.leading_lines if empty.comment is not None]
        elif waiting:
            leading = getattr(line, "leading_lines", ())
            kept.append(line.with_changes(leading_lines=[*waiting, *leading]))
            waiting = []
        else:
            kept.append(line)
    if len(kept) == len(block.body) and not waiting:
        return block
    return block.with_changes(body=kept, footer=[*waiting, *block.footer])
