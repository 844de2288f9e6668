"""Which column each node stands in.

A group takes consecutive columns, and what follows any node of a group stands right of the whole group: so that edges
leave a group on its right and reach it on its left. Where groups depend on one another both ways this cannot be; there
the nodes alone count.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ...digraph import Digraph
from ...records import dataclass
from .hierarchy import ROOT, Hierarchy, Line

_GRID = 0.2
"""Height of a row by the width of a column, roughly: how nodes without edges are laid out in columns."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """Columns of nodes counted from the first column of what they lie in, and how many columns that takes."""

    columns: dict[int, int]
    length: int


def columns(tree: Hierarchy, nodes: Sequence[int], lines: Sequence[Line]) -> dict[int, int]:
    """The column of each node, from 0; a line whose source is not left of its target closes a cycle."""
    items: dict[int, dict[int, None]] = defaultdict(dict)
    for node in nodes:
        items[tree.owner[node]][node] = None
        path = (ROOT, *tree.paths[tree.owner[node]])
        for outer, inner in pairwise(path):
            items[outer][~inner] = None
    between: dict[int, list[tuple[int, int, Line]]] = defaultdict(list)
    for line in lines:
        level = tree.common(line.source, line.target)
        ends = tree.item_below(level, line.source), tree.item_below(level, line.target)
        between[level].append((*ends, line))
    connected = {node for line in lines for node in (line.source, line.target)}

    def place(level: int) -> _Placed:
        own = list(items[level])
        graph = Digraph(own, ((a, b) for a, b, _ in between[level]))
        rank = {item: index for index, item in enumerate(own)}
        knots = [sorted(knot, key=rank.__getitem__) for knot in graph.knots()]
        knots.sort(key=lambda knot: rank[knot[0]])
        parts = [place_knot(knot) for knot in knots]
        part_of = {item: index for index, knot in enumerate(knots) for item in knot}
        links = [(part_of[a], part_of[b], line.length) for a, b, line in between[level] if part_of[a] != part_of[b]]
        starts = positions([part.length for part in parts], links)
        alone = [i for i, knot in enumerate(knots) if len(knot) == 1 and knot[0] >= 0 and knot[0] not in connected]
        rows = max(1, math.ceil(math.sqrt(len(alone) / _GRID)))
        for index, part in enumerate(alone):
            starts[part] = index // rows
        placed = {n: c + start for part, start in zip(parts, starts, strict=True) for n, c in part.columns.items()}
        return _Placed(placed, max((s + p.length for s, p in zip(starts, parts, strict=True)), default=0))

    def place_knot(knot: Sequence[int]) -> _Placed:
        if len(knot) == 1:
            return _Placed({knot[0]: 0}, 1) if knot[0] >= 0 else place(~knot[0])
        members = set(knot)
        inside = [n for n in nodes if n in members or any(~group in members for group in tree.paths[tree.owner[n]])]
        number = {node: index for index, node in enumerate(inside)}
        links = [
            (number[x.source], number[x.target], x.length) for x in lines if x.source in number and x.target in number
        ]
        found = positions([1] * len(number), _without_cycles(len(number), links))
        return _Placed(dict(zip(inside, found, strict=True)), max(found) + 1)

    return place(ROOT).columns


def _without_cycles(count: int, links: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """The links with those turned round that close a cycle, seen from the first node on."""
    after: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for a, b, length in links:
        after[a].append((b, length))
    on_path, done = 1, 2
    state = [0] * count
    kept = []
    for root in range(count):
        stack = [] if state[root] else [(root, iter(after[root]))]
        state[root] = state[root] or on_path
        while stack:
            node, rest = stack[-1]
            for following, length in rest:
                if state[following] == on_path:
                    kept.append((following, node, length))
                    continue
                kept.append((node, following, length))
                if not state[following]:
                    state[following] = on_path
                    stack.append((following, iter(after[following])))
                    break
            else:
                state[node] = done
                stack.pop()
    return kept


def positions(lengths: Sequence[int], links: Iterable[tuple[int, int, int]]) -> list[int]:
    """Where each of some stretches begins, so that links run forward and are short together.

    A link (a, b, n) wants b to begin n - 1 after the end of a at the earliest. The links close no cycle. First all
    begin as early as they may; then what would shorten links goes right, and left again.
    """
    count = len(lengths)
    before: list[dict[int, int]] = [{} for _ in range(count)]
    after: list[dict[int, int]] = [{} for _ in range(count)]
    weight: dict[tuple[int, int], int] = defaultdict(int)
    for a, b, length in links:
        distance = lengths[a] + length - 1
        after[a][b] = before[b][a] = max(distance, after[a].get(b, 0))
        weight[a, b] += 1
    order = _topological(before, after)
    start = [0] * count
    for b in order:
        start[b] = max((start[a] + distance for a, distance in before[b].items()), default=0)
    # What it costs to go right by one: links from the left become longer, unless the only other end can come along.
    cost = [0] * count
    for b in order:
        cost[b] = sum(min(cost[a], weight[a, b]) if len(after[a]) == 1 else weight[a, b] for a in before[b])
    for a in reversed(order):
        if after[a] and sum(weight[a, b] for b in after[a]) >= cost[a]:
            start[a] = min(start[b] - distance for b, distance in after[a].items())
    for a in reversed(order):
        cost[a] = sum(min(cost[b], weight[a, b]) if len(before[b]) == 1 else weight[a, b] for b in after[a])
    for b in order:
        if before[b] and sum(weight[a, b] for a in before[b]) >= cost[b]:
            start[b] = max(start[a] + distance for a, distance in before[b].items())
    first = min(start, default=0)
    return [value - first for value in start]


def _topological(before: Sequence[dict[int, int]], after: Sequence[dict[int, int]]) -> list[int]:
    missing = [len(links) for links in before]
    order = [item for item, count in enumerate(missing) if not count]
    for item in order:
        for following in after[item]:
            missing[following] -= 1
            if not missing[following]:
                order.append(following)
    return order
