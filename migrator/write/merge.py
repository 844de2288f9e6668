"""Three-way merging of texts by lines: what a person changed and what is generated otherwise now, in one text.

Our own, on difflib: the one kept library for it (merge3) is under the GPL, which would bind whoever ships migrate.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from ..records import dataclass
from .loading import missing_names
from .text import without_warnings

MINE = "<<<<<<< edited"
BASE = "||||||| written before"
MIDDLE = "======="
THEIRS = ">>>>>>> generated now"

Lines = Sequence[str]
Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Merge:
    """What a merge came to. `conflicts` is the number of places that are marked in the text, for a person to decide."""

    text: str
    conflicts: int


def merge(base: str | None, mine: str, theirs: str) -> Merge:
    """Both sides' changes to `base` in one text; where they changed the same lines, both stand there between markers.

    Without a base every difference is such a place. Line ends are `\\n`.
    """
    ours, others = mine.split("\n"), theirs.split("\n")
    if base is None:
        pairs = _matching(ours, others)
        common = [ours[index] for index, _ in pairs]
        first, second = (dict(enumerate(places)) for places in zip(*pairs, strict=True)) if pairs else ({}, {})
        chunks = _chunks(common, ours, others, first, second)
    else:
        former = base.split("\n")
        chunks = _chunks(former, ours, others, dict(_matching(former, ours)), dict(_matching(former, others)))
    lines: list[str] = []
    conflicts = 0
    for was, here, there in chunks:
        if here == there or (base is not None and was == there):
            lines += here
        elif base is not None and was == here:
            lines += there
        else:
            conflicts += 1
            lines += _marked(was if base is not None else None, here, there)
    text = "\n".join(lines)
    return Merge(text if not conflicts or text.endswith("\n") else f"{text}\n", conflicts)


def fault(merged: str, mine: str, theirs: str) -> str | None:
    """Why merged Python code would not do, though its lines fit together: None where it does.

    One module that does not load keeps the whole project from loading, and of two functions of one name the first is
    lost without a word.
    """
    tree = _parsed(merged)
    if tree is None:
        return "it is not valid Python"
    sides = [side for side in (_parsed(mine), _parsed(theirs)) if side is not None]
    for find, what in ((missing_names, "is not defined"), (_defined_twice, "is defined twice")):
        before = {name for side in sides for name in find(side)}
        new = [name for name in find(tree) if name not in before]
        if new:
            return f"{new[0]} {what}"
    return None


def _parsed(text: str) -> ast.Module | None:
    try:
        with without_warnings():
            return ast.parse(text.encode())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _defined_twice(tree: ast.Module) -> tuple[str, ...]:
    """Functions and classes at the top of a module whose name another one there has."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    numbers = Counter(node.name for node in tree.body if isinstance(node, kinds))
    return tuple(name for name, number in numbers.items() if number > 1)


def _chunks(
    base: Lines, mine: Lines, theirs: Lines, in_mine: dict[int, int], in_theirs: dict[int, int]
) -> Iterator[tuple[Lines, Lines, Lines]]:
    """The three texts cut at the lines that all three have; such a line is a chunk by itself."""
    before = (0, 0, 0)
    for index in in_mine:
        if index not in in_theirs:
            continue
        here = (index, in_mine[index], in_theirs[index])
        if here != before:
            yield base[before[0] : index], mine[before[1] : here[1]], theirs[before[2] : here[2]]
        line = base[index : index + 1]
        yield line, line, line
        before = (here[0] + 1, here[1] + 1, here[2] + 1)
    yield base[before[0] :], mine[before[1] :], theirs[before[2] :]


def _marked(base: Lines | None, mine: Lines, theirs: Lines) -> Iterator[str]:
    """A place that two changed differently; what begins or ends both alike stands outside of the markers."""
    start, end = _alike(mine, theirs)
    yield from mine[:start]
    yield MINE
    yield from mine[start : len(mine) - end]
    if base is not None:
        yield BASE
        yield from base
    yield MIDDLE
    yield from theirs[start : len(theirs) - end]
    yield THEIRS
    yield from mine[len(mine) - end :]


def _alike(a: Lines, b: Lines) -> tuple[int, int]:
    """How many lines two texts begin with alike, and how many of the rest they end with."""
    most = min(len(a), len(b))
    start = next((i for i in range(most) if a[i] != b[i]), most)
    rest = most - start
    return start, next((i for i in range(rest) if a[-1 - i] != b[-1 - i]), rest)


def _matching(a: Lines, b: Lines) -> Pairs:
    """Lines of two texts that belong together, in order.

    Lines that each text has once are matched first (patience diff): generated code repeats its brackets and blank
    lines, and difflib alone matches those of different functions, and takes quadratic time over them.
    """
    start, end = _alike(a, b)
    found = [(i, i) for i in range(start)]
    before = (start, start)
    for anchor in [*_anchors(a, b, start, end), (len(a) - end, len(b) - end)]:
        (a_from, b_from), (a_to, b_to) = before, anchor
        blocks = SequenceMatcher(None, a[a_from:a_to], b[b_from:b_to]).get_matching_blocks()
        found += [(a_from + block.a + i, b_from + block.b + i) for block in blocks for i in range(block.size)]
        if anchor[0] < len(a) - end:
            found.append(anchor)
        before = (anchor[0] + 1, anchor[1] + 1)
    return found + [(len(a) - i, len(b) - i) for i in range(end, 0, -1)]


def _anchors(a: Lines, b: Lines, start: int, end: int) -> Pairs:
    """The longest row of lines that stand once in each text, in the same order in both."""
    once_a = _once(a[start : len(a) - end])
    once_b = _once(b[start : len(b) - end])
    pairs = [(start + index, start + once_b[line]) for line, index in once_a.items() if line in once_b]
    # The longest increasing subsequence by patience sorting: the last of each pile, and who was before.
    tops: list[int] = []
    piles: list[int] = []
    previous: list[int | None] = []
    for number, (_, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        previous.append(piles[pile - 1] if pile else None)
        tops[pile : pile + 1] = [place]
        piles[pile : pile + 1] = [number]
    row: Pairs = []
    at: int | None = piles[-1] if piles else None
    while at is not None:
        row.append(pairs[at])
        at = previous[at]
    return row[::-1]


def _once(lines: Lines) -> dict[str, int]:
    """The lines that occur once, with their places."""
    numbers = Counter(lines)
    return {line: index for index, line in enumerate(lines) if numbers[line] == 1}
