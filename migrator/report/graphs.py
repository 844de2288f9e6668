"""The two graphs of a DAG, what is in them and how large it is drawn; where it is drawn is the layout's work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .. import airflow_model as am
from .. import dagster_model as dm
from .layout import Box, Edge, Group, Layout, Node, layout, path
from .layout.model import Direction

Kind = Literal["task", "asset", "check", "sensor", "external", "ghost", "group"]
FIRST_TRIGGER_RULE = "all_success"

_TITLE, _SMALL, _LABEL = 7.25, 6.1, 6.8
"""Width of a character of a node's title, the lines below and a group's label, in the monospaced fonts asked for."""
_LONGEST = 28
_PADDING = 34
_HEIGHT, _ROW = 44, 18


@dataclass(frozen=True, slots=True)
class NodeView:
    """One box. `tasks` are the indices of the Airflow tasks it stands for; `badges` say what is special about it."""

    id: str
    kind: Kind
    title: str
    subtitle: str
    tasks: tuple[int, ...] = ()
    badges: tuple[str, ...] = ()
    group: str | None = None
    href: str = ""
    fidelity: str = ""
    findings: int = 0
    severity: str = ""
    mapped: bool = False
    dashed: bool = False
    tooltip: str = ""
    opens: str = ""
    """The group that a collapsed one stands for."""

    @property
    def width(self) -> float:
        badges = sum(len(badge) * _SMALL + 18 for badge in self.badges)
        text = max(len(shortened(self.title)) * _TITLE, len(shortened(self.subtitle)) * _SMALL) + _PADDING
        return max(round(max(text + (20 if self.findings else 0), badges + 16)), 96)

    @property
    def height(self) -> float:
        return _HEIGHT + (_ROW if self.badges else 0)


@dataclass(frozen=True, slots=True)
class EdgeView:
    """One arrow: `data` carries a value, `order` only comes before, `check` ties a check to its asset."""

    source: str
    target: str
    kind: Literal["data", "order", "check"]
    label: str = ""


@dataclass(frozen=True, slots=True)
class GroupView:
    id: str
    label: str
    parent: str | None = None
    mapped: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """What one side's graph consists of."""

    nodes: tuple[NodeView, ...]
    edges: tuple[EdgeView, ...]
    groups: tuple[GroupView, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Marks:
    """What the pages know about tasks that the graphs show: fidelity, findings, the link to the task's section."""

    index: Mapping[str, int] = field(default_factory=dict)
    fidelity: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    anchors: Mapping[str, str] = field(default_factory=dict)

    def on(self, node: NodeView, task_id: str) -> NodeView:
        """The node with what is known about its task."""
        if task_id not in self.index:
            return node
        number, severity = self.findings.get(task_id, (0, ""))
        return replace(
            node,
            tasks=(self.index[task_id],),
            fidelity=self.fidelity.get(task_id, ""),
            findings=number,
            severity=severity,
            href="#" + self.anchors[task_id],
        )


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A long name without its middle: ids that differ mostly do so at one of their ends."""
    if len(text) <= longest:
        return text
    end = (longest - 1) // 2
    return f"{text[: longest - 1 - end]}…{text[-end:]}"


# --- Airflow -------------------------------------------------------------------------------------------------------


def airflow_graph(dag: am.Dag, marks: Marks) -> Graph:
    """The DAG as Airflow's own graph view has it."""
    nodes = tuple(marks.on(_task_node(task, dag), task.task_id) for task in dag.tasks)
    known = {node.id for node in nodes}
    edges = tuple(
        EdgeView(edge.upstream, edge.downstream, "data" if edge.data else "order", edge.label or "")
        for edge in dag.edges
        if edge.upstream in known and edge.downstream in known
    )
    groups = tuple(
        GroupView(group.group_id, _last(group.group_id, group.parent), group.parent, group.mapping is not None)
        for group in dag.groups
    )
    return Graph(nodes, edges, groups)


def _task_node(task: am.Task, dag: am.Dag) -> NodeView:
    operator = f"@{task.decorator}" if task.decorator else task.operator
    return NodeView(
        id=task.task_id,
        kind="task",
        title=_last(task.task_id, task.group),
        subtitle=operator,
        badges=tuple(_badges(task)),
        group=task.group,
        mapped=task.mapped,
        dashed=task.conditional or task.repeated,
        tooltip=f"{task.task_id}: {operator}",
    )


def _badges(task: am.Task) -> Iterator[str]:
    if task.trigger_rule != FIRST_TRIGGER_RULE and not (task.is_teardown and task.trigger_rule.startswith("all_done")):
        yield task.trigger_rule
    if task.mapped:
        yield "mapped"
    if is_branch(task):
        yield "branch"
    if task.is_setup:
        yield "setup"
    if task.is_teardown:
        yield "teardown"
    if task.conditional:
        yield "conditional"
    if task.repeated:
        yield "repeated"


def is_branch(task: am.Task) -> bool:
    """Whether the task decides which tasks run after it."""
    names = (task.operator, task.decorator or "", *(base.rpartition(".")[2] for base in task.bases))
    return any("branch" in name.lower() or "short" in name.lower() or name == "LatestOnlyOperator" for name in names)


def _last(full: str, group: str | None) -> str:
    """The id without its group's prefix."""
    return full[len(group) + 1 :] if group and full.startswith(f"{group}.") and len(full) > len(group) + 1 else full


# --- Dagster -------------------------------------------------------------------------------------------------------


def dagster_graph(
    dag: am.Dag, module: dm.DagModule | None, record: dm.DagRecord | None, marks: Marks, pages: Mapping[str, str]
) -> Graph:
    """The assets, checks and sensors that became of the DAG, and the other DAGs' assets they depend on.

    `pages` is where a DAG's page is, relative to this one. A task that nothing was made of is shown as a ghost.
    """
    if module is None:
        return Graph((), ())
    nodes: dict[str, NodeView] = {}
    edges: list[EdgeView] = []
    task_of = {asset.key: asset.origin.task_id for asset in module.assets}
    tasks = {task.task_id: task for task in dag.tasks}
    for asset in module.assets:
        task = tasks.get(asset.origin.task_id)
        nodes[_id(asset.key)] = marks.on(_asset_node(asset, module, task), asset.origin.task_id)
        edges += _edges_of(asset)
    for check in module.checks:
        name = f"check {check.name}"
        node = NodeView(name, "check", check.name, "asset check", group=_group(tasks.get(check.origin.task_id)))
        badges = ("blocking",) if check.blocking else ()
        nodes[name] = marks.on(replace(node, badges=badges, tooltip=f"asset check {check.name}"), check.origin.task_id)
        edges.append(EdgeView(_id(check.asset), name, "check"))
        edges += [EdgeView(_id(key), name, "order") for key in check.additional_deps]
    for sensor in module.sensors:
        if sensor.origin.task_id:
            name = f"sensor {sensor.name}"
            title = NodeView(
                name, "sensor", sensor.name, f"sensor, starts {sensor.job}", tooltip=f"sensor {sensor.name}"
            )
            nodes[name] = marks.on(title, sensor.origin.task_id)
            made = next((a for a in module.assets if a.origin.task_id == sensor.origin.task_id), None)
            if made is not None:
                edges.append(EdgeView(_id(made.key), name, "check"))
    if module.graph is not None:
        key = (module.dag_id,)
        title = NodeView(
            _id(key), "asset", module.dag_id, "the run's outcome", tooltip="materialised when the run succeeds"
        )
        nodes.setdefault(_id(key), title)
        followed = {edge.source for edge in edges}
        edges += [EdgeView(_id(a.key), _id(key), "check") for a in module.assets if _id(a.key) not in followed]
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in nodes:
                nodes[end] = _external(end, pages)
    _add_ghosts(record, nodes, edges, marks, task_of)
    named = {group.group_id for group in dag.groups}
    groups = [
        GroupView(group.group_id, _last(group.group_id, group.parent), group.parent, group.mapping is not None)
        for group in dag.groups
    ]
    kept = tuple(node if node.group in named else replace(node, group=None) for node in nodes.values())
    return Graph(kept, tuple(edges), tuple(groups))


def _id(key: dm.Key) -> str:
    return "/".join(part.replace("/", "%2F") for part in key)


def _group(task: am.Task | None) -> str | None:
    return task.group if task is not None else None


def _asset_node(asset: dm.Asset, module: dm.DagModule, task: am.Task | None) -> NodeView:
    own = asset.key[:1] == (module.dag_id,) and len(asset.key) > 1
    title = "/".join(asset.key[1:] if own else asset.key)
    flow = dict(asset.flow.arguments) if asset.flow is not None else {}
    badges = [flow["trigger_rule"].text.strip("\"'")] if "trigger_rule" in flow else []
    if "kind" in flow:
        badges.append(flow["kind"].text.strip("\"'"))
    mapped = "expand" in flow or "expand_kwargs" in flow or bool(task and task.mapped)
    if mapped:
        badges.append("mapped")
    if asset.partitioned and not all(other.partitioned for other in module.assets):
        badges.append("partitioned")
    if not asset.output_required:
        badges.append("may skip")
    subtitle = ("op and asset" if asset.flow is not None else "asset") + (
        f" · {', '.join(asset.kinds)}" if asset.kinds else ""
    )
    group = _group(task)
    return NodeView(
        id=_id(asset.key),
        kind="asset",
        title=_last(title, group),
        subtitle=subtitle,
        badges=tuple(badges),
        group=group,
        mapped=mapped,
        tooltip=f"asset {'/'.join(asset.key)}",
    )


def _edges_of(asset: dm.Asset) -> Iterator[EdgeView]:
    target = _id(asset.key)
    loaded = {_id(item.key) for item in asset.inputs}
    yield from (EdgeView(source, target, "data") for source in sorted(loaded))
    ordered = {_id(key) for key in (*asset.deps, *asset.other_deps)}
    yield from (EdgeView(source, target, "order") for source in sorted(ordered - loaded))


def _external(name: str, pages: Mapping[str, str]) -> NodeView:
    dag_id = name.partition("/")[0]
    page = pages.get(dag_id, "")
    subtitle = f"of DAG {dag_id}" if page else "outside of the project"
    title = name.partition("/")[2] if page else name
    return NodeView(
        name, "external", title or name, subtitle, dashed=True, href=page, tooltip=f"asset {name}, {subtitle}"
    )


def _add_ghosts(
    record: dm.DagRecord | None,
    nodes: dict[str, NodeView],
    edges: list[EdgeView],
    marks: Marks,
    task_of: Mapping[dm.Key, str],
) -> None:
    """Tasks without a definition of their own: absorbed into another's, fused with it, or in nothing at all."""
    shown = {index for node in nodes.values() for index in node.tasks}
    for task in record.tasks if record is not None else ():
        index = marks.index.get(task.task_id)
        if index is None or index in shown:
            continue
        into = next((item for item in task.becomes if item.key in task_of or _id(item.key) in nodes), None)
        if into is not None and into.kind == "asset":
            host = nodes[_id(into.key)]
            nodes[host.id] = replace(host, tasks=(*host.tasks, index), badges=(*host.badges, f"with {task.task_id}"))
            continue
        what = f"absorbed into {'/'.join(into.key)}" if into else _what(task)
        name = f"task {task.task_id}"
        node = NodeView(name, "ghost", task.task_id, what, dashed=True, tooltip=f"{task.task_id}: {what}")
        nodes[name] = marks.on(node, task.task_id)
        if into is not None:
            edges.append(EdgeView(name, _id(into.key), "check"))


def _what(task: dm.TaskRecord) -> str:
    for item in task.becomes:
        return f"{item.kind.replace('_', ' ')} {item.name or '/'.join(item.key)}"
    return "nothing"


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
    """Left to right for short wide graphs, top to bottom for deep ones: panels are half a screen wide."""
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
    lying = min(600 / (deep * (width + 50)), 380 / (wide * 68))
    standing = min(600 / (wide * (width + 24)), 380 / (deep * 88))
    return "LR" if min(lying, 1) >= min(standing, 1) else "TB"


def _label_width(group: GroupView) -> float:
    return len(shortened(group.label) + " [mapped]" * group.mapped) * _LABEL + 20


def placed(graph: Graph, direction: Direction) -> Placed:
    """The graph with its layout."""
    named = {group.id for group in graph.groups}
    found: Layout = layout(
        [Node(n.id, n.width, n.height, n.group if n.group in named else None) for n in graph.nodes],
        [Edge(e.source, e.target, len(shortened(e.label)) * _SMALL + 16 if e.label else 0) for e in graph.edges],
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
