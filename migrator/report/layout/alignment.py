"""Which cells stand at one height, so that lines run straight.

A cell is aligned with at most one cell on either side: pieces of long lines first, then a node with its median
neighbour, or of two with the one that more follows. Aligned pieces do not cross one another nor the box of a group.
Straight lines cost room, most of all from group to group; so only those are straightened that are nearly so anyway, and
long ones within a group.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence

from .grid import Grid
from .hierarchy import ROOT

_LONG, _ONLY, _MEDIAN, _DEEPER = range(4)


def blocks(grid: Grid, y: Sequence[float], limit: float) -> list[int]:
    """For each cell the first cell of the block that it is in.

    Straightened is what is no more than `limit` off in `y`, and every long line within one group.
    """
    place = [0] * len(grid.node)
    for column in range(len(grid.children)):
        for index, cell in enumerate(grid.flat(column)):
            place[cell] = index
    ahead = _lengths(grid.after, grid, backwards=True)
    behind = _lengths(grid.before, grid, backwards=False)
    block = list(range(len(grid.node)))
    for column in range(len(grid.children) - 1):
        for a, b in _aligned(grid, column, place, ahead, behind, y, limit):
            block[b] = block[a]
    return block


def _lengths(neighbours: Sequence[Sequence[int]], grid: Grid, *, backwards: bool) -> list[int]:
    """How many cells follow each along the longest line."""
    found = [0] * len(grid.node)
    order = sorted(range(len(grid.node)), key=grid.column.__getitem__, reverse=backwards)
    for cell in order:
        found[cell] = max((found[other] + 1 for other in neighbours[cell]), default=0)
    return found


def _aligned(
    grid: Grid,
    column: int,
    place: Sequence[int],
    ahead: Sequence[int],
    behind: Sequence[int],
    y: Sequence[float],
    limit: float,
) -> list[tuple[int, int]]:
    """The pieces of lines between a column and the next that are to be straight."""
    candidates: list[tuple[int, int, int, int]] = []
    for cell in grid.flat(column):
        for other in grid.after[cell]:
            kind = _LONG if grid.node[cell] is None and grid.node[other] is None else None
            if abs(y[cell] - y[other]) > limit and (kind != _LONG or grid.owner[cell] != grid.owner[other]):
                continue
            if kind is None:
                ways = _wish(grid.after[cell], place, ahead), _wish(grid.before[other], place, behind)
                if ways[0].get(other) is None or ways[1].get(cell) is None:
                    continue
                kind = max(ways[0][other], ways[1][cell])
            candidates.append((kind, place[cell], cell, other))
    candidates.sort()
    # Borders of groups that go through both columns, half a place before and behind: no piece may cross them.
    straight: list[tuple[float, float]] = []
    for group in grid.children[column]:
        if group != ROOT and group in grid.children[column + 1]:
            left, right = (_range(grid, c, group, place) for c in (column, column + 1))
            straight += [(left[0] - 0.5, right[0] - 0.5), (left[1] + 0.5, right[1] + 0.5)]
    straight.sort()
    taken: set[int] = set()
    found: list[tuple[int, int]] = []
    for _, _, a, b in candidates:
        if a in taken or b in taken:
            continue
        at = bisect_left(straight, (place[a], place[b]))
        if (at and straight[at - 1][1] > place[b]) or (at < len(straight) and straight[at][1] < place[b]):
            continue
        insort(straight, (float(place[a]), float(place[b])))
        taken |= {a, b}
        found.append((a, b))
    return found


def _range(grid: Grid, column: int, group: int, place: Sequence[int]) -> tuple[int, int]:
    cells = grid.flat(column, ~group)
    return place[cells[0]], place[cells[-1]]


def _wish(others: Sequence[int], place: Sequence[int], length: Sequence[int]) -> dict[int, int]:
    """The neighbours on one side that a cell would like to be at one height with, and how much (0 is most)."""
    if len(others) == 1:
        return {others[0]: _ONLY}
    ordered = sorted(others, key=place.__getitem__)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return {ordered[middle]: _MEDIAN}
    upper, lower = ordered[middle - 1], ordered[middle]
    if length[upper] == length[lower]:
        return {}
    return {upper if length[upper] > length[lower] else lower: _DEEPER}
