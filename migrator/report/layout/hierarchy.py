"""The input by numbers: nodes, the tree of groups, and which edges are to be laid out where.

Nodes are numbered from 0 and groups from 1, in input order; group 0 is the whole graph. An item is what lies directly
in a group: a node by its number, or a group `g` as `~g`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...records import dataclass
from .model import Edge, Group, Node

ROOT = 0
PADDING = 12.0
HEADER = 24.0
LABEL_HEIGHT = 16.0


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Nodes and groups by number. `parent` is a group's, `owner` a node's innermost group, `paths` the groups from the
    outermost to the innermost that each group lies in, itself included and the root not.

    Everything is laid out from left to right. `turned`: and is then turned, so that what is left here will be on top.
    """

    nodes: tuple[Node, ...]
    groups: tuple[Group | None, ...]
    owner: tuple[int, ...]
    paths: tuple[tuple[int, ...], ...]
    turned: bool = False

    @property
    def above(self) -> float:
        """The room between the border of a group and what is in it, above; where its label is, that is more."""
        return PADDING if self.turned else HEADER

    @property
    def left(self) -> float:
        """The same, left of it."""
        return HEADER if self.turned else PADDING

    def least(self, group: int) -> tuple[float, float]:
        """The least width and height of a group's box."""
        known = self.groups[group]
        least = known.min_width if known is not None else 0.0
        return (0.0, least) if self.turned else (least, 0.0)

    def item_below(self, group: int, node: int) -> int:
        """The item of `group` that `node` is or lies in."""
        path = self.paths[self.owner[node]]
        depth = len(self.paths[group])
        return ~path[depth] if len(path) > depth else node

    def common(self, a: int, b: int) -> int:
        """The innermost group that both nodes lie in."""
        found = ROOT
        for left, right in zip(self.paths[self.owner[a]], self.paths[self.owner[b]], strict=False):
            if left != right:
                break
            found = left
        return found


def hierarchy(nodes: Iterable[Node], groups: Iterable[Group], *, turned: bool = False) -> Hierarchy:
    """Number nodes and groups; a parent that is not there, or that lies in its own child, is the whole graph."""
    listed = tuple({node.id: node for node in nodes}.values())
    known = tuple({group.id: group for group in groups}.values())
    number = {group.id: index for index, group in enumerate(known, 1)}
    parent = [ROOT, *(number.get(group.parent or "", ROOT) for group in known)]
    paths: list[tuple[int, ...]] = [()]
    for index in range(1, len(known) + 1):
        path: list[int] = []
        above = index
        while above != ROOT and above not in path:
            path.append(above)
            above = parent[above]
        if above != ROOT:
            parent[index], path = ROOT, [index]
        paths.append(tuple(reversed(path)))
    owner = tuple(number.get(node.group or "", ROOT) for node in listed)
    return Hierarchy(listed, (None, *known), owner, tuple(paths), turned)


@dataclass(frozen=True, slots=True)
class Line:
    """Edges between the same two nodes as one, from `source` to `target` by number; `length` columns at least."""

    source: int
    target: int
    length: int = 1
    label: tuple[float, float] | None = None
    """The size of its label."""


def lines(tree: Hierarchy, edges: Sequence[Edge]) -> tuple[list[Line], list[int | None]]:
    """The lines to be laid out, and for each edge the index of its line."""
    number = {node.id: index for index, node in enumerate(tree.nodes)}
    found: dict[tuple[int, int], int] = {}
    widths: list[float] = []
    of_edge: list[int | None] = []
    for edge in edges:
        ends = number.get(edge.source, -1), number.get(edge.target, -1)
        if -1 in ends or ends[0] == ends[1]:
            of_edge.append(None)
            continue
        index = found.setdefault(ends, len(widths))
        if index == len(widths):
            widths.append(0.0)
        widths[index] = max(widths[index], edge.label_width)
        of_edge.append(index)
    made = []
    for ends, index in found.items():
        width = widths[index]
        label = (LABEL_HEIGHT, width) if tree.turned else (width, LABEL_HEIGHT)
        made.append(Line(*ends, 2, label) if width else Line(*ends))
    return made, of_edge


def components(tree: Hierarchy, all_lines: Sequence[Line]) -> list[list[int]]:
    """Nodes that hang together by lines or by lying in one outermost group, in input order."""
    leader = list(range(len(tree.nodes)))

    def find(a: int) -> int:
        while leader[a] != a:
            leader[a] = a = leader[leader[a]]
        return a

    def join(a: int, b: int) -> None:
        low, high = sorted((find(a), find(b)))
        leader[high] = low

    first: dict[int, int] = {}
    for node, owner in enumerate(tree.owner):
        if owner != ROOT:
            join(node, first.setdefault(tree.paths[owner][0], node))
    for line in all_lines:
        join(line.source, line.target)
    found: dict[int, list[int]] = {}
    for node in range(len(tree.nodes)):
        found.setdefault(find(node), []).append(node)
    return list(found.values())
