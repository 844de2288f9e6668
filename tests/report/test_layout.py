"""What every layout keeps to, whatever the graph: found by random graphs with nested groups."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrator.report.layout import Box, Edge, Group, Layout, Node, Point, layout, path

_SLACK = 0.2  # positions are rounded to one digit


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Node], list[Edge], list[Group]]:
    """Up to 14 nodes in up to 5 nested groups, with any edges: cycles, loops, doubles, labels, all to all."""
    count = draw(st.integers(0, 5))
    groups = [
        Group(
            f"g{i}",
            parent=draw(st.sampled_from([None, *(f"g{j}" for j in range(i))])),
            min_width=draw(st.sampled_from([0, 150])),
        )
        for i in range(count)
    ]
    owners = st.sampled_from([None, *(group.id for group in groups)])
    sizes = st.sampled_from([20.0, 34.0, 120.0])
    nodes = [Node(f"n{i}", draw(sizes), draw(sizes), draw(owners)) for i in range(draw(st.integers(0, 14)))]
    names = st.sampled_from([node.id for node in nodes]) if nodes else st.nothing()
    edges = draw(st.lists(st.builds(Edge, names, names, st.sampled_from([0, 0, 40.0])), max_size=24 if nodes else 0))
    if draw(st.booleans()):
        sources, targets = (draw(st.lists(names, max_size=6, unique=True)) if nodes else [] for _ in range(2))
        edges += [Edge(a, b) for a in sources for b in targets]
    return nodes, edges, groups


def overlap(a: Box, b: Box) -> bool:
    return min(a.right, b.right) - max(a.x, b.x) > _SLACK and min(a.bottom, b.bottom) - max(a.y, b.y) > _SLACK


def contains(outer: Box, inner: Box) -> bool:
    return (
        outer.x - _SLACK <= inner.x
        and outer.y - _SLACK <= inner.y
        and inner.right <= outer.right + _SLACK
        and inner.bottom <= outer.bottom + _SLACK
    )


def ancestors(name: str | None, groups: list[Group]) -> list[str]:
    parents = {group.id: group.parent for group in groups}
    found = []
    while name is not None:
        found.append(name)
        name = parents[name]
    return found


@settings(max_examples=100)
@given(graphs(), st.sampled_from(["LR", "TB"]))
def test_boxes(graph, direction):
    """No two nodes overlap; a group contains what is in it and nothing else; everything is on the sheet."""
    nodes, edges, groups = graph
    made = layout(nodes, edges, groups, direction=direction)
    sheet = Box(0, 0, made.width, made.height)
    assert list(made.nodes) == [node.id for node in nodes]
    for node in nodes:
        box = made.nodes[node.id]
        assert (box.width, box.height) == (node.width, node.height)
        assert contains(sheet, box)
    for a, b in combinations(made.nodes, 2):
        assert not overlap(made.nodes[a], made.nodes[b]), (a, b)
    inside = {node.id: ancestors(node.group, groups) for node in nodes}
    assert set(made.groups) == {group for found in inside.values() for group in found}
    for group, box in made.groups.items():
        assert contains(sheet, box)
        for name, found in inside.items():
            if group in found:
                assert contains(box, made.nodes[name]), (group, name)
                assert made.nodes[name].y - box.y > 20, "no room for the label"
            else:
                assert not overlap(box, made.nodes[name]), (group, name)
    for group in groups:
        if group.id in made.groups:
            assert made.groups[group.id].width >= group.min_width - _SLACK
    for a, b in combinations(made.groups, 2):
        if a in ancestors(b, groups):
            assert contains(made.groups[a], made.groups[b])
        elif b not in ancestors(a, groups):
            assert not overlap(made.groups[a], made.groups[b]), (a, b)


@settings(max_examples=100)
@given(graphs())
def test_edges(graph):
    """Edges go from border to border, rightwards unless they are marked, touch no other node, have their label."""
    nodes, edges, groups = graph
    made = layout(nodes, edges, groups)
    drawn = {i for i, edge in enumerate(edges) if edge.source != edge.target}
    assert set(made.edges) == drawn
    for index in drawn:
        edge, points = edges[index], made.edges[index]
        start, end = made.nodes[edge.source], made.nodes[edge.target]
        if index in made.reversed:
            start, end, points = end, start, points[::-1]
        assert (points[0].x, points[0].y) == pytest.approx((start.right, start.y + start.height / 2), abs=_SLACK)
        assert (points[-1].x, points[-1].y) == pytest.approx((end.x, end.y + end.height / 2), abs=_SLACK)
        for a, b in pairwise(points):
            assert a.x <= b.x + _SLACK
            between = Box(a.x, min(a.y, b.y), b.x - a.x, abs(a.y - b.y))
            for box in made.nodes.values():
                assert not _touches(box, between), (index, box)
        if edge.label_width:
            label = made.labels[index]
            assert label.width >= edge.label_width
            assert not any(overlap(label, box) for box in made.nodes.values())
    forward = [edge for index, edge in enumerate(edges) if index in drawn and index not in made.reversed]
    assert all(made.nodes[e.source].right <= made.nodes[e.target].x for e in forward)


def _touches(box: Box, between: Box) -> bool:
    """Whether what lies between two points comes upon a node; level lines have no height."""
    beside = min(box.right, between.right) - max(box.x, between.x) <= _SLACK
    return not beside and between.y < box.bottom - _SLACK and between.bottom > box.y + _SLACK


@settings(max_examples=100)
@given(graphs())
def test_top_down(graph):
    """Edges run down, from the middle of a lower side to the middle of an upper one; labels are as wide as asked."""
    nodes, edges, groups = graph
    made = layout(nodes, edges, groups, direction="TB")
    for index, points in made.edges.items():
        start, end = made.nodes[edges[index].source], made.nodes[edges[index].target]
        if index in made.reversed:
            start, end, points = end, start, points[::-1]
        assert (points[0].x, points[0].y) == pytest.approx((start.x + start.width / 2, start.bottom), abs=_SLACK)
        assert (points[-1].x, points[-1].y) == pytest.approx((end.x + end.width / 2, end.y), abs=_SLACK)
        assert all(a.y <= b.y + _SLACK for a, b in pairwise(points))
        if edges[index].label_width:
            assert made.labels[index].width >= edges[index].label_width
            assert made.labels[index].height == 16
            assert not any(overlap(made.labels[index], box) for box in made.nodes.values())


_PRINT = """
from migrator.report.layout import *
nodes = [Node(f"n{i}", 60 + i * 7 % 50, 34, f"g{i % 4}" if i % 3 else None) for i in range(60)]
edges = [Edge(f"n{i * 7 % 60}", f"n{(i * 7 + i % 9 + 1) % 60}") for i in range(90)]
print(layout(nodes, edges, [Group(f"g{i}", parent="g0" if i == 1 else None) for i in range(4)]))
"""


def test_same_bytes_twice():
    """Another process with another hash seed gives the same layout."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", _PRINT], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
    assert "Layout(" in printed.pop()


def test_a_small_change_moves_little():
    """One task more in a DAG of 60: nearly all others stay where they are in relation to one another."""
    nodes = [Node(f"n{i}", 80, 34) for i in range(60)]
    edges = [Edge(f"n{i // 2}", f"n{i}") for i in range(1, 60)]
    before = layout(nodes, edges)
    after = layout([*nodes, Node("new", 80, 34)], [*edges, Edge("n20", "new")])
    assert all(before.nodes[n.id].x == after.nodes[n.id].x for n in nodes)
    pairs = [(a.id, b.id) for a, b in combinations(nodes, 2) if before.nodes[a.id].x == before.nodes[b.id].x]
    turned = [
        (a, b) for a, b in pairs if (before.nodes[a].y < before.nodes[b].y) != (after.nodes[a].y < after.nodes[b].y)
    ]
    assert len(turned) * 50 < len(pairs)


def lines_between(made: Layout) -> int:
    """How many pieces of lines are not level."""
    return sum(a.y != b.y for points in made.edges.values() for a, b in pairwise(points))


def test_a_chain_is_straight():
    nodes = [Node(f"n{i}", 80, 34 + i % 3 * 10) for i in range(40)]
    made = layout(nodes, [Edge(f"n{i}", f"n{i + 1}") for i in range(39)])
    assert lines_between(made) == 0
    assert made.height == 54


def test_a_fan_is_symmetrical():
    nodes = [Node("start", 80, 34), *(Node(f"n{i}", 80, 34) for i in range(50)), Node("end", 80, 34)]
    edges = [Edge(a, b) for i in range(50) for a, b in (("start", f"n{i}"), (f"n{i}", "end"))]
    made = layout(nodes, edges)
    assert made.nodes["start"].y == made.nodes["end"].y == pytest.approx(made.height / 2 - 17, abs=1)
    assert [made.nodes[f"n{i}"].y for i in range(50)] == [i * 50.0 for i in range(50)]


def test_a_stage_stands_right_of_the_one_before():
    """What follows one task of a group is right of the whole group, so that boxes are read from left to right."""
    nodes = [Node(f"{g}{i}", 80, 34, g) for g in "ab" for i in range(4)]
    edges = [*(Edge(f"{g}{i}", f"{g}{i + 1}") for g in "ab" for i in range(3)), Edge("a0", "b0")]
    made = layout(nodes, edges, [Group("a"), Group("b")])
    assert made.groups["a"].right < made.groups["b"].x


def test_groups_that_depend_on_each_other_are_boxes_still():
    nodes = [Node(f"{g}{i}", 80, 34, g) for g in "ab" for i in range(3)]
    edges = [Edge("a0", "b0"), Edge("b0", "a1"), Edge("a1", "b1"), Edge("b1", "a2"), Edge("a2", "b2")]
    made = layout(nodes, edges, [Group("a"), Group("b")])
    assert not overlap(made.groups["a"], made.groups["b"])
    assert not made.reversed


def test_lines_of_all_to_all_meet_in_a_point():
    """Ten tasks before ten others are 100 edges: all go through one point, and none crosses another."""
    nodes = [Node(f"{side}{i}", 80, 34, side) for side in "ab" for i in range(10)]
    edges = [Edge(f"a{i}", f"b{j}") for i in range(10) for j in range(10)]
    made = layout(nodes, edges, [Group("a"), Group("b")])
    assert set(made.nodes) == {node.id for node in nodes}
    assert len({line for points in made.edges.values() for line in pairwise(points)}) <= 40
    (junction,) = set.intersection(*({*points} for points in made.edges.values()))
    assert made.groups["a"].right < junction.x < made.groups["b"].x


def test_a_cycle_has_one_edge_back():
    nodes = [Node(name, 80, 34) for name in "abc"]
    made = layout(nodes, [Edge("a", "b"), Edge("b", "c"), Edge("c", "a")])
    assert made.reversed == {2}
    assert made.edges[2][0].x == made.nodes["c"].x
    assert made.edges[2][-1].x == made.nodes["a"].right


def test_single_nodes_lie_in_rows():
    made = layout([Node(f"n{i}", 80, 34) for i in range(100)], [])
    assert made.width / made.height == pytest.approx(1.8, rel=0.5)


def test_parents_that_are_not_there_or_go_round_are_none():
    groups = [Group("a", parent="b"), Group("b", parent="a"), Group("c", parent="gone")]
    made = layout([Node("x", 10, 10, "a"), Node("y", 10, 10, "c"), Node("z", 10, 10, "gone")], [], groups)
    assert set(made.nodes) == {"x", "y", "z"}
    assert {"a", "c"} <= set(made.groups)


def test_a_thousand_nodes_take_little_time():
    """About a second; the limit is for slow machines."""
    nodes = [Node(f"n{i}", 120, 34, f"g{i // 40}") for i in range(1000)]
    edges = [Edge(f"n{i * 13 % i if i < 20 else i - 1 - i * 7 % 19}", f"n{i}") for i in range(1, 1000)]
    started = time.process_time()
    layout(nodes, edges, [Group(f"g{i}") for i in range(25)])
    assert time.process_time() - started < 6


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], ""),
        ([Point(0, 1.25), Point(10, 1.25)], "M0 1.2L10 1.2"),
        ([Point(0, 0), Point(10, 4), Point(20, 4)], "M0 0C5 0 5 4 10 4L20 4"),
    ],
)
def test_path(points, expected):
    assert path(points) == expected


def test_path_top_down():
    assert path([Point(0, 0), Point(4, 10)], direction="TB") == "M0 0C0 5 4 5 4 10"
