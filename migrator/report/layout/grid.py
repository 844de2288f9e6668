"""A graph in columns: what stands in each, with long lines cut into pieces that go from one column to the next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import field
from itertools import pairwise

from ...records import dataclass
from .hierarchy import ROOT, Hierarchy, Line


@dataclass(slots=True)
class Grid:
    """Cells in columns. A cell is a node, or a place where a line passes a column, or keeps a group's box open there.

    `children` are the items of each group in each column, top down: cells by their number, groups `g` as `~g`. Their
    order is what `ordering` decides. `node` is a cell's node, None for the others. `after` and `before` are the cells
    that lines go to and come from, in the next column and the one before.
    """

    node: list[int | None] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    after: list[list[int]] = field(default_factory=list)
    before: list[list[int]] = field(default_factory=list)
    children: list[dict[int, list[int]]] = field(default_factory=list)
    spans: dict[int, tuple[int, int]] = field(default_factory=dict)
    """The first and the last column of each group."""
    routes: list[list[int]] = field(default_factory=list)
    """The cells of each line, from its source to its target."""
    label: dict[int, int] = field(default_factory=dict)
    """The cell that keeps room for the label of a line."""

    def cell(self, node: int | None, column: int, owner: int, width: float = 0.0, height: float = 0.0) -> int:
        """A new cell."""
        self.node.append(node)
        self.column.append(column)
        self.owner.append(owner)
        self.width.append(width)
        self.height.append(height)
        self.after.append([])
        self.before.append([])
        return len(self.node) - 1

    def link(self, a: int, b: int) -> None:
        """A piece of a line from a cell to one in the next column."""
        self.after[a].append(b)
        self.before[b].append(a)

    def flat(self, column: int, item: int = ~ROOT) -> list[int]:
        """The cells of an item in a column, top down."""
        if item >= 0:
            return [item]
        return [cell for child in self.children[column][~item] for cell in self.flat(column, child)]


def grid(tree: Hierarchy, columns: Mapping[int, int], lines: Sequence[Line]) -> Grid:
    """The nodes that `columns` names and the lines between them; lines that run backwards are turned round."""
    found = Grid()
    cells: dict[int, int] = {}
    for node, column in columns.items():
        cells[node] = found.cell(node, column, tree.owner[node], tree.nodes[node].width, tree.nodes[node].height)
        for group in tree.paths[tree.owner[node]]:
            low, high = found.spans.get(group, (column, column))
            found.spans[group] = min(low, column), max(high, column)
    for index, line in enumerate(lines):
        a, b = sorted((line.source, line.target), key=columns.__getitem__)
        route = [cells[a], *_passages(tree, found, a, b, columns, index, line), cells[b]]
        for here, there in pairwise(route):
            found.link(here, there)
        found.routes.append(route if a == line.source else route[::-1])
    _keep_open(tree, found)
    _fill(tree, found)
    return found


def _passages(
    tree: Hierarchy, found: Grid, a: int, b: int, columns: Mapping[int, int], index: int, line: Line
) -> list[int]:
    """The cells between the ends of a line: within the groups of either end while those last, then outside both."""
    common = tree.common(a, b)
    depth = len(tree.paths[common])
    leaving, entering = (tree.paths[tree.owner[node]][depth:] for node in (a, b))
    first, last = columns[a], columns[b]
    middle = (first + last) // 2 if line.label else -1
    cells = []
    for column in range(first + 1, last):
        inner = next((g for g in reversed(leaving) if found.spans[g][1] >= column), common)
        outer = next((g for g in reversed(entering) if found.spans[g][0] <= column), common)
        owner = inner
        if inner == common or (outer != common and last - column < column - first):
            owner = outer
        if column == middle and line.label:
            found.label[index] = found.cell(None, column, owner, *line.label)
            cells.append(found.label[index])
        else:
            cells.append(found.cell(None, column, owner))
    return cells


def _keep_open(tree: Hierarchy, found: Grid) -> None:
    """A cell for each group in each of its columns where there is none."""
    present: dict[int, set[int]] = defaultdict(set)
    for column, owner in zip(found.column, found.owner, strict=True):
        for group in tree.paths[owner]:
            present[group].add(column)
    for group in sorted(found.spans, key=lambda g: -len(tree.paths[g])):
        low, high = found.spans[group]
        for column in range(low, high + 1):
            if column not in present[group]:
                found.cell(None, column, group)
                for above in tree.paths[group]:
                    present[above].add(column)


def _fill(tree: Hierarchy, found: Grid) -> None:
    """Put the cells into their columns, where a walk along the lines from the first node on meets them."""
    rank: dict[int, int] = {}
    for first in range(len(found.node)):
        stack = [first] if not found.before[first] else []
        while stack:
            cell = stack.pop()
            if cell not in rank:
                rank[cell] = len(rank)
                stack += [c for c in reversed(found.after[cell]) if c not in rank]
    group_rank: dict[int, int] = {}
    for cell, number in rank.items():
        for group in tree.paths[found.owner[cell]]:
            group_rank.setdefault(~group, number)
    found.children = [defaultdict(list) for _ in range(max(found.column, default=-1) + 1)]
    for cell in rank:
        inner = cell
        for group in (*reversed(tree.paths[found.owner[cell]]), ROOT):
            siblings = found.children[found.column[cell]][group]
            if inner in siblings[-1:] or (inner < 0 and inner in siblings):
                break
            siblings.append(inner)
            inner = ~group
    for column in found.children:
        for siblings in column.values():
            siblings.sort(key=lambda item: rank[item] if item >= 0 else group_rank[item])
