"""Graphs on paper: groups collapsed to one node each, the direction, the place of everything."""

from __future__ import annotations

from dataclasses import replace

from ..records import dataclass
from .graphs import LABEL, SMALL, EdgeView, Graph, GroupView, NodeView, shortened
from .layout import Box, Edge, Group, Layout, Node, layout, path
from .layout.model import Direction


@dataclass(frozen=True, slots=True)
class PlacedEdge:
    edge: EdgeView
    d: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A graph with the place of everything in it."""

    width: float
    height: float
    nodes: tuple[tuple[NodeView, Box], ...]
    groups: tuple[tuple[GroupView, Box], ...]
    edges: tuple[PlacedEdge, ...]
    direction: Direction = "TB"


# --- collapsing ----------------------------------------------------------------------------------------------------


def collapsed(graph: Graph) -> Graph | None:
    """The graph with each outermost group as one node; None where there is no group of more than one node."""
    parents = {group.id: group.parent for group in graph.groups}
    labels = {group.id: group.label for group in graph.groups}

    def outermost(group: str) -> str:
        seen = {group}
        while (parent := parents.get(group)) is not None and parent not in seen:
            group = parent
            seen.add(group)
        return group

    members: dict[str, list[NodeView]] = {}
    for node in graph.nodes:
        if node.group is not None and node.group in parents:
            members.setdefault(outermost(node.group), []).append(node)
    stands = {node.id: f"group {group}" for group, nodes in members.items() for node in nodes if len(nodes) > 1}
    if not stands:
        return None
    nodes: dict[str, NodeView] = {}
    for node in graph.nodes:
        name = stands.get(node.id, node.id)
        if name not in nodes:
            group = name.removeprefix("group ")
            nodes[name] = _group_node(name, labels[group], group, members[group]) if name != node.id else node
    kinds: dict[tuple[str, str], set[str]] = {}
    labelled: dict[tuple[str, str], set[str]] = {}
    for edge in graph.edges:
        ends = stands.get(edge.source, edge.source), stands.get(edge.target, edge.target)
        if ends[0] != ends[1]:
            kinds.setdefault(ends, set()).add(edge.kind)
            labelled.setdefault(ends, set()).add(edge.label)
    edges = tuple(
        EdgeView(
            *ends,
            "data" if "data" in found else "order" if "order" in found else "check",
            next(iter(labelled[ends])) if len(labelled[ends]) == 1 else "",
        )
        for ends, found in kinds.items()
    )
    return Graph(tuple(replace(node, group=None) for node in nodes.values()), edges)


def _group_node(name: str, label: str, group: str, nodes: list[NodeView]) -> NodeView:
    """All of a group as one box: the worst fidelity in it, all findings, every task."""
    severities = [node.severity for node in nodes if node.severity]
    return NodeView(
        id=name,
        kind="group",
        title=label,
        subtitle=f"{len(nodes)} in this group",
        tasks=tuple(dict.fromkeys(index for node in nodes for index in node.tasks)),
        fidelity=max((n.fidelity for n in nodes if n.fidelity), key=_ORDER.index, default=""),
        findings=sum(node.findings for node in nodes),
        severity=min(severities, key=("error", "warning", "info").index, default=""),
        mapped=True,
        tooltip=f"group {group}: {len(nodes)} nodes",
        opens=group,
    )


_ORDER = ("exact", "approximate", "bridged", "manual", "lost")

# --- placing -------------------------------------------------------------------------------------------------------


def direction_of(graph: Graph) -> Direction:
    """Left to right for short wide graphs, top to bottom for deep ones: panels are twice as wide as high."""
    depth: dict[str, int] = {}
    following: dict[str, list[str]] = {node.id: [] for node in graph.nodes}
    waiting = {node.id: 0 for node in graph.nodes}
    for edge in graph.edges:
        following[edge.source].append(edge.target)
        waiting[edge.target] += 1
    ready = [name for name, number in waiting.items() if not number]
    for name in ready:
        for target in following[name]:
            depth[target] = max(depth.get(target, 0), depth.get(name, 0) + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    layers: dict[int, int] = {}
    for node in graph.nodes:
        layers[depth.get(node.id, 0)] = layers.get(depth.get(node.id, 0), 0) + 1
    deep, wide = max(layers, default=0) + 1, max(layers.values(), default=1)
    width = max((node.width for node in graph.nodes), default=100)
    lying = min(600 / (deep * (width + 50)), 290 / (wide * 68))
    standing = min(600 / (wide * (width + 24)), 290 / (deep * 88))
    return "LR" if min(lying, 1) >= min(standing, 1) else "TB"


def _label_width(group: GroupView) -> float:
    return len(shortened(group.label) + " [mapped]" * group.mapped) * LABEL + 20


def placed(graph: Graph, direction: Direction) -> Placed:
    """The graph with its layout."""
    named = {group.id for group in graph.groups}
    found: Layout = layout(
        [Node(n.id, n.width, n.height, n.group if n.group in named else None) for n in graph.nodes],
        [Edge(e.source, e.target, len(shortened(e.label)) * SMALL + 16 if e.label else 0) for e in graph.edges],
        [Group(g.id, g.label, g.parent, _label_width(g)) for g in graph.groups],
        direction=direction,
    )
    edges = []
    for index, edge in enumerate(graph.edges):
        points = found.edges.get(index, ())
        if points:
            at = found.labels.get(index, Box(0, 0, 0, 0))
            label_x, label_y = at.x + at.width / 2, at.y + at.height / 2
            edges.append(PlacedEdge(edge, path(points, direction=direction), label_x, label_y))
    return Placed(
        found.width,
        found.height,
        tuple((node, found.nodes[node.id]) for node in graph.nodes),
        tuple((group, found.groups[group.id]) for group in graph.groups if group.id in found.groups),
        tuple(edges),
        direction,
    )
