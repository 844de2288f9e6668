"""The order of cells within columns, so that few lines cross.

Sweeps from column to column by barycentre or median, with exchanges of neighbours. A group stays together in each
column, and two groups that have several columns in common have the same order in all of them: that is what makes
rectangles of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence

from .grid import Grid
from .hierarchy import ROOT

_SWEEPS = 12
_PATIENCE = 4
"""How many sweeps may bring nothing."""
_EXCHANGES = 4
_LARGE = 1000
"""From how many cells on only one way of sweeping is tried."""
_BETTER = 0.9
"""How many crossings another way may leave to be taken: of ways that are about as good always the same one is taken, so
that a small change of the graph does not change everything."""
_SPINE = 2
"""How many lines a group's box counts for that a line crosses."""

Centre = Callable[[Sequence[int]], float]


def order(grid: Grid) -> None:
    """Change the order of `grid.children` for the better."""
    start = _copy(grid)
    best, fewest = _attempt(grid, _mean, 0)
    for centre, first in ((_mean, 1), (_median, 0), (_median, 1)) if len(grid.node) < _LARGE else ():
        if not fewest:
            break
        grid.children = [{group: list(items) for group, items in column.items()} for column in start]
        found, crossings = _attempt(grid, centre, first)
        if crossings < fewest * _BETTER:
            best, fewest = found, crossings
    grid.children = best


def _attempt(grid: Grid, centre: Centre, first: int) -> tuple[list[dict[int, list[int]]], int]:
    """Sweep, forwards first or (1) backwards, until that brings nothing; the best order on the way, its crossings."""
    state = _Order(grid)
    best, fewest, idle = _copy(grid), state.crossings(), 0
    for turn in range(_SWEEPS):
        if not fewest or idle == _PATIENCE:
            break
        state.sweep(centre, backwards=turn % 2 != first)
        # Now and then also exchange what is no worse afterwards: that leads out of dead ends.
        state.exchange(even=turn % 4 >= 2)
        for _ in range(_EXCHANGES):
            if not state.exchange():
                break
        crossings = state.crossings()
        idle += 1
        if crossings < fewest:
            best, fewest, idle = _copy(grid), crossings, 0
    return best, fewest


def _copy(grid: Grid) -> list[dict[int, list[int]]]:
    return [{group: list(items) for group, items in column.items()} for column in grid.children]


def _mean(places: Sequence[int]) -> float:
    return sum(places) / len(places)


def _median(places: Sequence[int]) -> float:
    """Of an even number the mean of both in the middle, nearer to the side where the others are close together."""
    ordered = sorted(places)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return float(ordered[middle])
    upper, lower = ordered[middle - 1 : middle + 1]
    above, below = upper - ordered[0], ordered[-1] - lower
    return (upper * below + lower * above) / (above + below) if above + below else (upper + lower) / 2


class _Order:
    """The order while it is looked for. `place` is where in its column each cell stands."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.last = len(grid.children) - 1
        self.place = [0] * len(grid.node)
        for column in range(self.last + 1):
            self._number(column)

    def _number(self, column: int) -> None:
        for index, cell in enumerate(self.grid.flat(column)):
            self.place[cell] = index

    # --- crossings -------------------------------------------------------------------------------------------------

    def crossings(self) -> int:
        """How many pairs of pieces of lines cross; boxes of groups count as lines, too."""
        return sum(self._crossings_after(column) for column in range(self.last))

    def _crossings_after(self, column: int) -> int:
        pairs = [
            (self.place[cell], self.place[following], 1)
            for cell in self.grid.flat(column)
            for following in self.grid.after[cell]
        ]
        pairs += [(self._top(column, g), self._top(column + 1, g), _SPINE) for g in self._spanning(column, column + 1)]
        pairs.sort()
        seen: list[int] = []
        total = 0
        for _, end, weight in pairs:
            total += weight * (len(seen) - bisect_right(seen, end))
            for _ in range(weight):
                insort(seen, end)
        return total

    def _spanning(self, column: int, other: int) -> Iterator[int]:
        if 0 <= other <= self.last:
            beside = self.grid.children[other]
            yield from (group for group in self.grid.children[column] if group != ROOT and group in beside)

    def _top(self, column: int, group: int) -> int:
        item = ~group
        while item < 0:
            item = self.grid.children[column][~item][0]
        return self.place[item]

    # --- sweeps ----------------------------------------------------------------------------------------------------

    def sweep(self, centre: Centre, *, backwards: bool) -> None:
        """Order each column by where the lines to the one before (behind, if backwards) end."""
        columns = range(self.last - 1, -1, -1) if backwards else range(1, self.last + 1)
        for column in columns:
            self._arrange(column, ROOT, column + 1 if backwards else column - 1, centre)
            self._number(column)

    def _arrange(self, column: int, group: int, fixed: int, centre: Centre) -> tuple[float, int]:
        """Order the items of a group; gives the sum and number of the places its lines end at."""
        items = self.grid.children[column][group]
        beside = self.grid.before if fixed < column else self.grid.after
        place = self.place
        sums: dict[int, tuple[float, int]] = {}
        for item in items:
            if item < 0:
                sums[item] = self._arrange(column, ~item, fixed, centre)
            elif beside[item]:
                ends = [place[cell] for cell in beside[item]]
                sums[item] = centre(ends) * len(ends), len(ends)
        total = sum(s for s, _ in sums.values()), sum(n for _, n in sums.values())
        if len(items) > 1:
            keys = {item: s / n for item, (s, n) in sums.items() if n}
            items[:] = self._sorted(items, keys, self.grid.children[fixed].get(group, ()))
        return total

    @staticmethod
    def _sorted(items: Sequence[int], keys: dict[int, float], before: Sequence[int]) -> list[int]:
        """By key. Those without one stay behind what they are behind; groups of `before` keep their order there."""
        here = set(items)
        settled = [item for item in before if item < 0 and item in here]
        if len(settled) > 1:
            slots = iter(settled)
            held = set(settled)
            items = [next(slots) if item in held else item for item in items]
        last = min(keys.values(), default=0.0)
        for item in items:
            last = keys.setdefault(item, last)
        if len(settled) > 1:
            _rising(settled, keys)
        return sorted(items, key=keys.__getitem__)

    # --- exchanges -------------------------------------------------------------------------------------------------

    def exchange(self, *, even: bool = False) -> bool:
        """Exchange neighbours wherever that takes crossings away (`even`: or adds none); whether any was."""
        any_gain = False
        for column in range(self.last + 1):
            changed = False
            for items in self.grid.children[column].values():
                if len(items) < 2:
                    continue
                ends = [self._ends(column, item) for item in items]
                for i in range(len(items) - 1):
                    a, b = items[i], items[i + 1]
                    if a < 0 and b < 0:
                        continue
                    if _gain(ends[i], ends[i + 1]) >= (0 if even else 1):
                        items[i], items[i + 1] = b, a
                        ends[i], ends[i + 1] = ends[i + 1], ends[i]
                        changed = True
            if changed:
                self._number(column)
                any_gain = True
        return any_gain

    def _ends(self, column: int, item: int) -> tuple[list[int], list[int]]:
        """Where the lines of an item end in the columns before and behind, in order."""
        place = self.place
        cells = self.grid.flat(column, item)
        left = [place[c] for cell in cells for c in self.grid.before[cell]]
        right = [place[c] for cell in cells for c in self.grid.after[cell]]
        if item < 0:
            for other, ends in ((column - 1, left), (column + 1, right)):
                if 0 <= other <= self.last and ~item in self.grid.children[other]:
                    ends += [self._top(other, ~item)] * _SPINE
        left.sort()
        right.sort()
        return left, right


def _gain(above: tuple[list[int], list[int]], below: tuple[list[int], list[int]]) -> int:
    """How many crossings fewer there are when two neighbours change places."""
    gain = 0
    for upper, lower in zip(above, below, strict=True):
        if upper and lower:
            for end in upper:
                left = bisect_left(lower, end)
                gain += left - (len(lower) - bisect_right(lower, end, left))
    return gain


def _rising(items: Sequence[int], keys: dict[int, float]) -> None:
    """Change the keys as little as possible so that they do not fall along `items` (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []
    for item in items:
        total, count = keys[item], 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            total, count = total + pools[-1][0], count + pools[-1][1]
            pools.pop()
        pools.append((total, count))
    values = [total / count for total, count in pools for _ in range(count)]
    for item, value in zip(items, values, strict=True):
        keys[item] = value
