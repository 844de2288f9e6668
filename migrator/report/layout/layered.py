"""The layout as a whole: columns, order, heights, then lines, for each part of the graph by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...records import dataclass
from .alignment import blocks
from .grid import Grid, grid
from .heights import heights
from .hierarchy import PADDING, Hierarchy, Line, components, hierarchy, lines
from .junctions import Way, with_junctions
from .layers import columns
from .model import Box, Direction, Edge, Group, Layout, Node, Point
from .ordering import order
from .packing import pack

_COLUMN_GAP = 44.0
_WIDEST_GAP = 150.0
_SLOPE = 7.0
_STRAIGHTENED = (-1.0, 40.0, 40.0)
"""How far from straight a line may be to be made straight: at first none but the long ones, then what is nearly so."""


def layout(
    nodes: Iterable[Node], edges: Sequence[Edge], groups: Iterable[Group] = (), *, direction: Direction = "LR"
) -> Layout:
    """Place nodes so that edges run in `direction`, and groups as boxes around what is in them and nothing else.

    The same input gives the same layout, and order in the input decides where nothing else does.
    """
    turned = direction == "TB"
    listed = [Node(n.id, n.height, n.width, n.group) for n in nodes] if turned else list(nodes)
    tree = hierarchy(listed, groups, turned=turned)
    count = len(tree.nodes)
    found, line_of = lines(tree, edges)
    tree, all_lines, ways = with_junctions(tree, found)
    part_of: dict[int, int] = {}
    parts = components(tree, all_lines)
    for index, part in enumerate(parts):
        part_of.update(dict.fromkeys(part, index))
    own: list[list[int]] = [[] for _ in parts]
    for index, line in enumerate(all_lines):
        own[part_of[line.source]].append(index)
    drawings = [_draw(tree, part, [all_lines[i] for i in indexes]) for part, indexes in zip(parts, own, strict=True)]
    corners = pack([(drawing.width, drawing.height) for drawing in drawings])
    whole = _Drawing({}, {}, {}, {}, set())
    for drawing, indexes, corner in zip(drawings, own, corners, strict=True):
        whole.nodes |= {node: _moved(box, corner) for node, box in drawing.nodes.items()}
        whole.groups |= {group: _moved(box, corner) for group, box in drawing.groups.items()}
        whole.labels |= {indexes[i]: _moved(box, corner) for i, box in drawing.labels.items()}
        whole.back |= {indexes[i] for i in drawing.back}
        for i, points in drawing.lines.items():
            whole.lines[indexes[i]] = tuple(Point(p.x + corner.x, p.y + corner.y) for p in points)
    return _result(tree, count, [None if line is None else ways[line] for line in line_of], whole)


@dataclass(slots=True)
class _Drawing:
    """Boxes and lines by number; `back` are lines that run backwards."""

    nodes: dict[int, Box]
    groups: dict[int, Box]
    lines: dict[int, tuple[Point, ...]]
    labels: dict[int, Box]
    back: set[int]

    @property
    def width(self) -> float:
        return max((b.right for b in (*self.nodes.values(), *self.groups.values())), default=0.0)

    @property
    def height(self) -> float:
        """Down to the lowest box or line."""
        boxes = (box.bottom for box in (*self.nodes.values(), *self.groups.values(), *self.labels.values()))
        return max((*boxes, *(point.y for points in self.lines.values() for point in points)), default=0.0)


def _draw(tree: Hierarchy, part: Sequence[int], own: Sequence[Line]) -> _Drawing:
    """One part of the graph, its upper left corner at (0, 0)."""
    if len(part) == 1 and not tree.owner[part[0]]:
        node = tree.nodes[part[0]]
        return _Drawing({part[0]: Box(0, 0, node.width, node.height)}, {}, {}, {}, set())
    cells = grid(tree, columns(tree, part, own), own)
    order(cells)
    y = [0.0] * len(cells.node)
    room: dict[int, tuple[float, float]] = {}
    straight: list[int] = []
    for limit in _STRAIGHTENED:
        before, straight = straight, blocks(cells, y, limit)
        if straight != before:
            y, room = heights(tree, cells, straight)
    left, right = _across(tree, cells, y)
    boxes = {
        node: Box(left[cells.column[c]], y[c] - cells.height[c] / 2, cells.width[c], cells.height[c])
        for c, node in enumerate(cells.node)
        if node is not None
    }
    around = _around(tree, cells, boxes, left, y, room)
    drawn = {index: _points(cells, route, boxes, left, right, y) for index, route in enumerate(cells.routes)}
    labels = {
        index: Box(left[cells.column[c]], y[c] - cells.height[c] / 2, cells.width[c], cells.height[c])
        for index, c in cells.label.items()
    }
    back = {i for i, route in enumerate(cells.routes) if cells.column[route[0]] > cells.column[route[-1]]}
    corner = Point(
        -min(b.x for b in (*boxes.values(), *around.values())),
        -min(b.y for b in (*boxes.values(), *around.values(), *labels.values())),
    )
    lowest = min((p.y for points in drawn.values() for p in points), default=0.0)
    corner = Point(corner.x, max(corner.y, -lowest))
    return _Drawing(
        {node: _moved(box, corner) for node, box in boxes.items()},
        {group: _moved(box, corner) for group, box in around.items()},
        {i: tuple(Point(p.x + corner.x, p.y + corner.y) for p in points) for i, points in drawn.items()},
        {i: _moved(box, corner) for i, box in labels.items()},
        back,
    )


def _across(tree: Hierarchy, cells: Grid, y: Sequence[float]) -> tuple[list[float], list[float]]:
    """The x of the left and right sides of each column."""
    count = len(cells.children)
    widths = [0.0] * count
    steepest = [0.0] * count
    for cell, column in enumerate(cells.column):
        widths[column] = max(widths[column], cells.width[cell])
        for other in cells.after[cell]:
            steepest[column] = max(steepest[column], abs(y[other] - y[cell]))
    opening = [0] * (count + 1)
    closing = [0] * (count + 1)
    for group, (low, high) in cells.spans.items():
        above = tree.paths[group]
        opening[low] = max(opening[low], sum(cells.spans[g][0] == low for g in above))
        closing[high] = max(closing[high], sum(cells.spans[g][1] == high for g in above))
    left, right = [], []
    x = 0.0
    for column in range(count):
        left.append(x)
        x += widths[column]
        right.append(x)
        gap = min(_WIDEST_GAP, max(_COLUMN_GAP, steepest[column] / _SLOPE))
        x += gap + PADDING * closing[column] + tree.left * opening[column + 1]
    return _with_room_for_labels(tree, cells, left, right)


def _with_room_for_labels(
    tree: Hierarchy, cells: Grid, left: list[float], right: list[float]
) -> tuple[list[float], list[float]]:
    """Columns moved to the right so that each group is as wide as its label asks for."""
    for group, (low, high) in sorted(cells.spans.items(), key=lambda item: (item[1][1], item[1][0], item[0])):
        missing = tree.least(group)[0] - (right[high] - left[low] + tree.left + PADDING)
        if missing > 0:
            right[high] += missing
            for column in range(high + 1, len(left)):
                left[column] += missing
                right[column] += missing
    return left, right


def _around(
    tree: Hierarchy,
    cells: Grid,
    boxes: dict[int, Box],
    left: Sequence[float],
    y: Sequence[float],
    room: dict[int, tuple[float, float]],
) -> dict[int, Box]:
    """The box of each group: around its nodes and groups, and the lines that pass through it, within its room."""
    found: dict[int, Box] = {}
    inside: dict[int, list[Box]] = {group: [] for group in cells.spans}
    for cell, owner in enumerate(cells.owner):
        node = cells.node[cell]
        half = cells.height[cell] / 2
        box = boxes[node] if node is not None else Box(left[cells.column[cell]], y[cell] - half, 0.0, 2 * half)
        if owner:
            inside[owner].append(box)
    for group in sorted(cells.spans, key=lambda g: -len(tree.paths[g])):
        least = tree.least(group)
        contents = inside[group]
        x = min(b.x for b in contents) - tree.left
        top = min(b.y for b in contents) - tree.above
        width = max(max(b.right for b in contents) + PADDING - x, least[0])
        height = max(max(b.bottom for b in contents) + PADDING - top, least[1])
        top = max(room[group][0], min(top, room[group][1] - height))
        found[group] = Box(x, top, width, height)
        if len(tree.paths[group]) > 1:
            inside[tree.paths[group][-2]].append(found[group])
    return found


def _points(
    cells: Grid,
    route: Sequence[int],
    boxes: dict[int, Box],
    left: Sequence[float],
    right: Sequence[float],
    y: Sequence[float],
) -> tuple[Point, ...]:
    """A line from border to border: level within columns, free between them."""
    forward = cells.column[route[0]] < cells.column[route[-1]]
    path = route if forward else route[::-1]
    first, last = cells.node[path[0]], cells.node[path[-1]]
    assert first is not None
    assert last is not None
    points = [Point(boxes[first].right, y[path[0]]), Point(right[cells.column[path[0]]], y[path[0]])]
    for cell in path[1:-1]:
        points += [Point(left[cells.column[cell]], y[cell]), Point(right[cells.column[cell]], y[cell])]
    points.append(Point(boxes[last].x, y[path[-1]]))
    kept = _without_needless(points)
    return tuple(kept if forward else kept[::-1])


def _without_needless(points: Sequence[Point]) -> list[Point]:
    """Without points that are where the one before is, or between two at the same height."""
    kept: list[Point] = []
    for point in points:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and kept[-2].y == kept[-1].y == point.y:
            kept.pop()
        kept.append(point)
    return kept


def _moved(box: Box, by: Point) -> Box:
    return Box(box.x + by.x, box.y + by.y, box.width, box.height)


def _result(tree: Hierarchy, count: int, ways: Sequence[Way | None], whole: _Drawing) -> Layout:
    """By names instead of numbers, x and y exchanged where the direction wants it, rounded; of the first `count` nodes.

    `ways` are the lines that make up each edge.
    """

    def box(b: Box) -> Box:
        x, y, width, height = round(b.x, 1), round(b.y, 1), round(b.width, 1), round(b.height, 1)
        return Box(y, x, height, width) if tree.turned else Box(x, y, width, height)

    def point(p: Point) -> Point:
        x, y = round(p.x, 1), round(p.y, 1)
        return Point(y, x) if tree.turned else Point(x, y)

    drawn = {index: tuple(point(p) for p in points) for index, points in whole.lines.items()}
    size = box(Box(0, 0, whole.width, whole.height))
    known = [(index, way) for index, way in enumerate(ways) if way is not None]
    return Layout(
        size.width,
        size.height,
        {node.id: box(whole.nodes[index]) for index, node in enumerate(tree.nodes[:count])},
        {g.id: box(whole.groups[index]) for index, g in enumerate(tree.groups) if g and index in whole.groups},
        {index: tuple(dict.fromkeys(p for line in way for p in drawn[line])) for index, way in known},
        frozenset(index for index, way in known if way[0] in whole.back),
        {index: box(whole.labels[way[0]]) for index, way in known if way[0] in whole.labels},
    )
