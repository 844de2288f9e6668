"""The two graphs of a DAG, what is in them and how large it is drawn; where it is drawn is the layout's work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Literal

from .. import airflow_model as am
from .. import dagster_model as dm
from ..records import dataclass

Kind = Literal["task", "asset", "check", "sensor", "external", "ghost", "group"]
FIRST_TRIGGER_RULE = "all_success"

_TITLE, SMALL, LABEL = 7.25, 6.1, 6.8
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
        badges = sum(len(badge) * SMALL + 18 for badge in self.badges)
        text = max(len(shortened(self.title)) * _TITLE, len(shortened(self.subtitle)) * SMALL) + _PADDING
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
    nodes = tuple(marks.on(_task_node(task), task.task_id) for task in dag.tasks)
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


def _task_node(task: am.Task) -> NodeView:
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
