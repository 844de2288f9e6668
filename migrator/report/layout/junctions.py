"""Where all of some nodes go to all of some others, the lines meet in one point: m + n of them instead of m times n.

`group >> group` and `cross_downstream` make such edges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ...digraph import Digraph
from .hierarchy import ROOT, Hierarchy, Line
from .model import Node

_WORTH = 9
"""From how many lines on they are led through a point."""

Way = tuple[int, ...]
"""The lines that one line became, from its source to its target."""


def with_junctions(tree: Hierarchy, lines: Sequence[Line]) -> tuple[Hierarchy, list[Line], list[Way]]:
    """The graph with points that lines meet in, as nodes without size behind the others; and each line's way."""
    bundles = _bundles(lines)
    nodes, owners = list(tree.nodes), list(tree.owner)
    made: list[Line] = []
    ways: dict[int, Way] = {}
    for members in bundles:
        junction = len(nodes)
        ends = dict.fromkeys(node for index in members for node in (lines[index].source, lines[index].target))
        nodes.append(Node("", 0.0, 0.0))
        owners.append(_common(tree, list(ends)))
        into: dict[int, int] = {}
        out: dict[int, int] = {}
        for index in members:
            line = lines[index]
            if line.source not in into:
                into[line.source] = len(made)
                made.append(Line(line.source, junction))
            if line.target not in out:
                out[line.target] = len(made)
                made.append(Line(junction, line.target))
            ways[index] = into[line.source], out[line.target]
    for index, line in enumerate(lines):
        if index not in ways:
            ways[index] = (len(made),)
            made.append(line)
    return replace(tree, nodes=tuple(nodes), owner=tuple(owners)), made, [ways[index] for index in range(len(lines))]


def _bundles(lines: Sequence[Line]) -> list[list[int]]:
    """The lines to nodes that come after exactly the same others, where they are many and close no cycle."""
    into: dict[int, dict[int, int]] = defaultdict(dict)
    for index, line in enumerate(lines):
        into[line.target][line.source] = index
    alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for target, before in into.items():
        alike[tuple(sorted(before))].append(target)
    wanted = {s: t for s, t in alike.items() if len(s) > 1 and len(t) > 1 and len(s) * len(t) >= _WORTH}
    if not wanted:
        return []
    graph = Digraph(edges=((line.source, line.target) for line in lines))
    knot = {node: number for number, one in enumerate(graph.knots()) for node in one}
    bundles = []
    for sources, targets in wanted.items():
        members = [into[target][source] for target in targets for source in sources]
        if {knot[s] for s in sources}.isdisjoint(knot[t] for t in targets) and not any(lines[i].label for i in members):
            bundles.append(members)
    return bundles


def _common(tree: Hierarchy, nodes: Sequence[int]) -> int:
    """The innermost group that all nodes lie in."""
    path = tree.paths[tree.owner[nodes[0]]]
    for node in nodes[1:]:
        other = tree.paths[tree.owner[node]]
        path = tuple(a for a, b in zip(path, other, strict=False) if a == b)
    return path[-1] if path else ROOT
