"""The y of every cell and of the top and bottom of every group.

Blocks of aligned cells move towards what they are joined to, and the borders of a group towards one another, as far as
the order of the columns lets them: between neighbours in a column there is a least distance. The order is the same in
all columns that two blocks or groups have in common, so these distances form a graph without cycles.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from ...records import dataclass
from .grid import Grid
from .hierarchy import PADDING, ROOT, Hierarchy
from .projection import project

ROW_GAP = 16.0
LINE_GAP = 10.0
_ROUNDS = 6
_STILL = 0.05
_PULL = 0.3
"""How much the borders of a group pull together, where a line pulls with 1."""


def heights(tree: Hierarchy, grid: Grid, block: Sequence[int]) -> tuple[list[float], dict[int, tuple[float, float]]]:
    """The y of each cell's middle, and between which two each group has its place.

    `block` is for each cell the first one of its block.
    """
    distances = _distances(tree, grid, block)
    y = _solve(distances, _joined(grid, block), len(grid.node))
    borders = len(grid.node)
    room = {group: (y[borders + 2 * group], y[borders + 2 * group + 1]) for group in grid.spans}
    return [y[block[cell]] for cell in range(borders)], room


@dataclass(frozen=True, slots=True)
class _Mark:
    """A cell (by its block) or a border of a group in a column, with the room it takes above and below."""

    variable: int
    kind: str
    above: float = 0.0
    below: float = 0.0


def _distances(tree: Hierarchy, grid: Grid, block: Sequence[int]) -> list[dict[int, float]]:
    """For each block and border (numbered behind the cells: top and bottom of group 0, of group 1, ...) what is below
    it in some column, and how far at least."""
    borders = len(grid.node)
    found: list[dict[int, float]] = [{} for _ in range(borders + 2 * len(tree.groups))]

    def marks(column: int, item: int) -> list[_Mark]:
        if item >= 0:
            half = grid.height[item] / 2
            return [_Mark(block[item], "line" if grid.node[item] is None else "node", half, half)]
        inner = [mark for child in grid.children[column][~item] for mark in marks(column, child)]
        if item == ~ROOT:
            return inner
        return [_Mark(borders + 2 * ~item, "top"), *inner, _Mark(borders + 2 * ~item + 1, "bottom")]

    for column in range(len(grid.children)):
        for a, b in pairwise(marks(column, ~ROOT)):
            distance = a.below + (tree.above if a.kind == "top" else _gap(a.kind, b.kind)) + b.above
            found[a.variable][b.variable] = max(distance, found[a.variable].get(b.variable, 0.0))
    for group in grid.spans:
        top, bottom = borders + 2 * group, borders + 2 * group + 1
        found[top][bottom] = max(tree.least(group)[1], found[top].get(bottom, 0.0))
    return found


def _gap(above: str, below: str) -> float:
    if below == "bottom":
        return PADDING
    return LINE_GAP if "line" in (above, below) else ROW_GAP


def _joined(grid: Grid, block: Sequence[int]) -> dict[int, dict[int, int]]:
    """For each block the others that lines join it to, and how many."""
    found: dict[int, dict[int, int]] = {}
    order = sorted(range(len(grid.node)), key=lambda cell: (grid.column[cell], cell))
    for cell in order:
        own = found.setdefault(block[cell], {})
        for other in (*grid.before[cell], *grid.after[cell]):
            if block[other] != block[cell]:
                own[block[other]] = own.get(block[other], 0) + 1
    return found


def _solve(distances: Sequence[dict[int, float]], joined: dict[int, dict[int, int]], borders: int) -> list[float]:
    below = [list(found.items()) for found in distances]
    above: list[list[tuple[int, float]]] = [[] for _ in below]
    for a, found in enumerate(below):
        for b, distance in found:
            above[b].append((a, distance))
    order = _topological(above, below)
    wishes = [(a, [(b, n) for b, n in others.items()], sum(others.values())) for a, others in joined.items() if others]
    weights = [1.0] * len(below)
    for a, _, n in wishes:
        weights[a] = float(n)
    for border in range(borders, len(below)):
        weights[border] = _PULL
    y = [0.0] * len(below)
    for b in order:
        y[b] = max((y[a] + distance for a, distance in above[b]), default=0.0)
    for turn in range(_ROUNDS):
        before, wish = y, list(y)
        for a, others, weight in wishes if turn % 2 else reversed(wishes):
            wish[a] = sum(wish[b] * n for b, n in others) / weight
        # The borders of a group pull together.
        for top in range(borders, len(below), 2):
            wish[top] = wish[top + 1] = (y[top] + y[top + 1]) / 2
        if turn % 2:
            y = project(wish, weights, order, above)
        else:
            y = [-v for v in project([-v for v in wish], weights, order[::-1], below)]
        if turn and all(abs(a - b) < _STILL for a, b in zip(before, y, strict=True)):
            break
    # Single blocks that have room to go where they want to be.
    for a, others, weight in (*wishes, *reversed(wishes)):
        wanted = sum(y[b] * n for b, n in others) / weight
        highest = max((y[b] + distance for b, distance in above[a]), default=-math.inf)
        lowest = min((y[b] - distance for b, distance in below[a]), default=math.inf)
        y[a] = max(highest, min(wanted, lowest))
    return y


def _topological(above: Sequence[Sequence[object]], below: Sequence[Sequence[tuple[int, float]]]) -> list[int]:
    missing = [len(found) for found in above]
    order = [variable for variable, count in enumerate(missing) if not count]
    for variable in order:
        for following, _ in below[variable]:
            missing[following] -= 1
            if not missing[following]:
                order.append(following)
    return order
