"""Layered layout: columns by longest path, each group laid out by itself and then placed as one box."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from .model import Box, Direction, Edge, Group, Layout, Node, Point

_COLUMN_GAP = 48.0
_ROW_GAP = 14.0
_PADDING = 12.0
_HEADER = 22.0


def layout(
    nodes: Iterable[Node], edges: Sequence[Edge], groups: Iterable[Group] = (), *, direction: Direction = "LR"
) -> Layout:
    """Place nodes so that edges run in `direction`, and groups as boxes around what is in them.

    Edges whose ends are not nodes, and loops from a node to itself, get no points.
    """
    turned = direction == "TB"
    by_id = {n.id: Node(n.id, n.height, n.width, n.group) if turned else n for n in nodes}
    parents: dict[str, str | None] = {group.id: group.parent for group in groups}
    inside: dict[str | None, list[str]] = defaultdict(list)
    for name in parents:
        inside[parents[name]].append(name)
    for node in by_id.values():
        inside[node.group].append(node.id)
    boxes: dict[str, Box] = {}

    def chain(name: str) -> list[str]:
        found = [name]
        above = by_id[name].group
        while above is not None:
            found.append(above)
            above = parents[above]
        return found[::-1]

    chains = {name: chain(name) for name in by_id}
    known = [e for e in edges if e.source in by_id and e.target in by_id and e.source != e.target]

    def place(level: str | None, depth: int) -> dict[str, Box]:
        """Boxes of all that is in a group, relative to its corner; the group's own is under its id."""
        contents: dict[str, dict[str, Box]] = {}
        for name in inside[level]:
            if name in by_id:
                node = by_id[name]
                contents[name] = {name: Box(0, 0, node.width, node.height)}
            elif found := place(name, depth + 1):
                contents[name] = found
        if not contents:
            return {}
        after: dict[str, set[str]] = defaultdict(set)
        for edge in known:
            a, b = chains[edge.source], chains[edge.target]
            if a[:depth] == b[:depth] and (depth == 0 or a[depth - 1] == level) and a[depth] != b[depth]:
                after[a[depth]].add(b[depth])
        columns: dict[int, list[str]] = defaultdict(list)
        for name, column in _columns(list(contents), after).items():
            columns[column].append(name)
        placed: dict[str, Box] = {}
        top = 0.0 if level is None else _PADDING + _HEADER
        x, bottom = (0.0 if level is None else _PADDING), 0.0
        for column in sorted(columns):
            y, width = top, 0.0
            for name in columns[column]:
                own = contents[name][name]
                for key, box in contents[name].items():
                    placed[key] = Box(box.x + x, box.y + y, box.width, box.height)
                y += own.height + _ROW_GAP
                width = max(width, own.width)
            x += width + _COLUMN_GAP
            bottom = max(bottom, y - _ROW_GAP)
        if level is not None:
            placed[level] = Box(0, 0, x - _COLUMN_GAP + _PADDING, bottom + _PADDING)
        return placed

    boxes = place(None, 0)
    points: dict[int, tuple[Point, ...]] = {}
    back: set[int] = set()
    for index, edge in enumerate(edges):
        if edge.source not in by_id or edge.target not in by_id or edge.source == edge.target:
            continue
        a, b = boxes[edge.source], boxes[edge.target]
        points[index] = (Point(a.right, a.y + a.height / 2), Point(b.x, b.y + b.height / 2))
        if a.right > b.x:
            back.add(index)
    if turned:
        boxes = {name: Box(b.y, b.x, b.height, b.width) for name, b in boxes.items()}
        points = {index: tuple(Point(p.y, p.x) for p in line) for index, line in points.items()}
    return Layout(
        max((b.right for b in boxes.values()), default=0.0),
        max((b.bottom for b in boxes.values()), default=0.0),
        {name: box for name, box in boxes.items() if name in by_id},
        {name: box for name, box in boxes.items() if name not in by_id},
        points,
        frozenset(back),
    )


def _columns(names: Sequence[str], after: dict[str, set[str]]) -> dict[str, int]:
    """The longest path to each from a source; edges that close a cycle do not count."""
    state: dict[str, int] = {}
    finished: list[str] = []
    forward: dict[str, list[str]] = defaultdict(list)
    for root in names:
        stack = [(root, iter(sorted(after[root])))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            name, rest = stack[-1]
            for following in rest:
                if state.get(following) == 1:
                    continue
                forward[name].append(following)
                if following not in state:
                    state[following] = 1
                    stack.append((following, iter(sorted(after[following]))))
                    break
            else:
                state[name] = 2
                finished.append(name)
                stack.pop()
    column = dict.fromkeys(names, 0)
    for name in reversed(finished):
        for following in forward[name]:
            column[following] = max(column[following], column[name] + 1)
    return column
