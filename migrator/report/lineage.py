"""The lineage of the whole project: the assets of all DAGs, and the tables, files and datasets they read and write.

What a task reads and writes is taken from where it can be known without running it: the edges of the generated assets,
SQL text among its arguments or as a literal in its function, `outlets` and `inlets`, the paths that sensors wait for.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from .. import airflow_model as am
from .. import dagster_model as dm
from ..read.trees import parse
from ..records import dataclass
from ..rules.statements import Table, tables
from ..source import SourceFile
from . import names
from .graphs import EdgeView, Graph, GroupView, NodeView
from .graphs import Kind as NodeKind
from .placing import Placed, placed
from .secrets import masked

if TYPE_CHECKING:
    from .build import Builder

Kind = Literal["asset", "table", "file", "dataset", "external"]
KINDS: tuple[Kind, ...] = ("asset", "table", "file", "dataset", "external")
EdgeKind = Literal["data", "order", "starts"]

_SQL = re.compile(r"\s*(SELECT|WITH|INSERT|MERGE|UPDATE|DELETE|REPLACE|CREATE|COPY|TRUNCATE)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(FROM|INTO|TABLE|VIEW|SET|USING)\b", re.IGNORECASE)
_SQL_ARGUMENTS = ("sql", "query", "hql", "sql_query")
_HOLE = "{{ expression }}"
"""Stands for what an f-string puts in; the name of a table with it is not known."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something in the lineage. `page` leads to where it is made; `detail` says where it is, of a table or file.

    `up` and `down` are the numbers of its neighbours.
    """

    number: int
    kind: Kind
    name: str
    dag_id: str = ""
    group: str = ""
    detail: str = ""
    page: str = ""
    up: tuple[int, ...] = ()
    down: tuple[int, ...] = ()

    @property
    def anchor(self) -> str:
        return f"a{self.number}"


@dataclass(frozen=True, slots=True)
class Lineage:
    """All items, in the order of the page, and the edges between them by number."""

    items: tuple[Item, ...]
    edges: tuple[tuple[int, int, EdgeKind], ...]


_Name = tuple[str, ...]
"""What an item is known by while they are collected: its kind, then what makes it different from others."""


@dataclass(slots=True)
class _Collected:
    """Items and edges while they are looked for."""

    items: dict[_Name, Item] = field(default_factory=dict)
    edges: dict[tuple[_Name, _Name], EdgeKind] = field(default_factory=dict)
    readers: dict[_Name, dict[_Name, None]] = field(default_factory=lambda: defaultdict(dict))
    writers: dict[_Name, dict[_Name, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, name: _Name, kind: Kind, label: str, detail: str = "") -> _Name:
        self.items.setdefault(name, Item(0, kind, label, detail=detail))
        return name

    def edge(self, source: _Name, target: _Name, kind: EdgeKind) -> None:
        """An edge; where there are several between the same two, the one that carries data counts."""
        if source != target and (kind == "data" or (source, target) not in self.edges):
            self.edges[source, target] = kind


def lineage(builder: Builder) -> Lineage:
    """The lineage of a migration, in the order of the DAGs."""
    found = _Collected()
    modules = [(dag, builder.migration.rendered.dags.get(dag.dag_id)) for dag in builder.dags]
    roots = {module.dag_id: tuple(_roots(module)) for _, module in modules if module is not None}
    for dag, module in modules:
        if module is not None:
            _add_assets(found, builder, dag, module)
    for asset in builder.migration.dagster.external:
        found.add(("asset", *asset.key), "dataset", "/".join(asset.key), detail=asset.uri or asset.name or "")
    for dag, module in modules:
        if module is not None:
            _add_edges(found, module, roots)
            _add_reads_and_writes(found, builder, dag, module)
            for ref in _references(dag.schedule.value) if dag.schedule.kind == "assets" else ():
                for root in roots[dag.dag_id]:
                    found.readers[_dataset(found, ref)][root] = None
    _join(found)
    return _numbered(found)


def _add_assets(found: _Collected, builder: Builder, dag: am.Dag, module: dm.DagModule) -> None:
    tasks = {task.task_id: task for task in dag.tasks}
    anchors = names.slugs(tasks)
    page = builder.pages[dag.dag_id]
    for asset in module.assets:
        task = tasks.get(asset.origin.task_id)
        own = asset.key[:1] == (dag.dag_id,) and len(asset.key) > 1
        table = dict(asset.metadata).get("dagster/table_name", "")
        name: _Name = ("asset", *asset.key)
        found.items[name] = Item(
            0,
            "asset",
            "/".join(asset.key[1:] if own else asset.key),
            dag_id=dag.dag_id,
            group=(task.group or "") if task is not None else "",
            detail=f"table {table}" if table else ", ".join(asset.kinds),
            page=f"{page}#task-{anchors[task.task_id]}" if task is not None else page,
        )


def _roots(module: dm.DagModule) -> Iterator[_Name]:
    """The assets of a DAG that wait for no other of its own."""
    own = {asset.key for asset in module.assets}
    for asset in module.assets:
        if not own & {*asset.deps, *(item.key for item in asset.inputs)}:
            yield ("asset", *asset.key)


def _add_edges(found: _Collected, module: dm.DagModule, roots: Mapping[str, tuple[_Name, ...]]) -> None:
    """What the generated assets themselves depend on, and what sensors start."""
    for asset in module.assets:
        target = ("asset", *asset.key)
        loaded = [item.key for item in asset.inputs]
        for kind, keys in (("data", loaded), ("order", (*asset.deps, *asset.other_deps))):
            for key in keys:
                source = found.add(("asset", *key), "external", "/".join(key))
                found.edge(source, target, "data" if kind == "data" else "order")
    made = {asset.origin.task_id: ("asset", *asset.key) for asset in module.assets}
    for sensor in module.sensors:
        source_of = made.get(sensor.origin.task_id)
        if source_of is not None and sensor.job != module.dag_id:
            for root in roots.get(sensor.job, ()):
                found.edge(source_of, root, "starts")


def _add_reads_and_writes(found: _Collected, builder: Builder, dag: am.Dag, module: dm.DagModule) -> None:
    tasks = {task.task_id: task for task in dag.tasks}
    for asset in module.assets:
        task = tasks.get(asset.origin.task_id)
        if task is None:
            continue
        name = ("asset", *asset.key)
        connection = _connection(task, asset)
        own = str(dict(asset.metadata).get("dagster/table_name", ""))
        # Without source, what is only in arguments and functions is not shown.
        for text in dict.fromkeys(_sql(builder, dag, task)) if builder.source else ():
            read, written = _tables(text)
            for table in sorted(read):
                found.readers[_table(found, connection, table)][name] = None
            for table in sorted(written):
                found.writers[_table(found, connection, table)][name] = None
        if own:
            found.writers[_table(found, connection, tuple(own.split(".")))][name] = None
        for side, argument in ((found.writers, "outlets"), (found.readers, "inlets")):
            given = task.argument(argument)
            for ref in _references(given.value) if given is not None else ():
                side[_dataset(found, ref)][name] = None
        waits = task.argument("filepath")
        if builder.source and waits is not None and isinstance(waits.value, str) and "Sensor" in task.operator:
            file = found.add(("file", waits.value), "file", waits.value, detail="file")
            found.readers[file][name] = None


@lru_cache(maxsize=4096)
def _tables(text: str) -> tuple[frozenset[Table], frozenset[Table]]:
    return tables(text)


def _table(found: _Collected, connection: str, table: Table) -> _Name:
    """A table of one connection: tables of one name behind different connections may be different ones."""
    where = f"table of {connection}" if connection else "table"
    name = ("table", connection, *(part.casefold() for part in table))
    return found.add(name, "table", ".".join(table), detail=where)


def _dataset(found: _Collected, ref: am.AssetRef) -> _Name:
    known = [value for value in (ref.uri, ref.name) if isinstance(value, str) and value]
    label = known[0] if known else "asset"
    kind: Kind = "file" if label.startswith("file:") else "dataset"
    return found.add(("dataset", label), kind, label, detail="Airflow asset")


def _references(value: am.Value) -> Iterator[am.AssetRef]:
    """The assets in a condition, a list or by themselves; aliases stand for what is known only at run time."""
    match value:
        case am.AssetRef(kind="asset"):
            yield value
        case am.AssetCondition():
            for item in value.items:
                yield from _references(item)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _references(item)


def _connection(task: am.Task, asset: dm.Asset) -> str:
    """The id of the connection a task's SQL is for; empty where there is none or more than one."""
    given = [a.value for a in task.arguments if a.name.endswith("conn_id") and isinstance(a.value, str)]
    found = given or [use.name for use in asset.resources if not use.name.endswith("_params")]
    return found[0] if len(found) == 1 else ""


# --- SQL -----------------------------------------------------------------------------------------------------------


def _sql(builder: Builder, dag: am.Dag, task: am.Task) -> Iterator[str]:
    """The SQL texts of a task: of its arguments, of the files they name, and literals in its function."""
    files = builder.migration.airflow.template_files
    for name in _SQL_ARGUMENTS:
        argument = task.argument(name)
        value = argument.value if argument is not None else None
        for text in value if isinstance(value, list | tuple) else (value,):
            if isinstance(text, str):
                file = files.get((dag.dag_id, text))
                yield file.text if file is not None else text
    if task.function is not None:
        lines = range(task.function.span.line, (task.function.span.end_line or task.function.span.line) + 1)
        yield from (text for line, text in _literals(task.function.source) if line in lines)


@lru_cache(maxsize=64)
def _literals(source: SourceFile) -> tuple[tuple[int, str], ...]:
    """The strings of a module that look like SQL, with their lines."""
    try:
        tree = parse(source.file, source.text).tree
    except (SyntaxError, ValueError, RecursionError):
        return ()
    # Neither docstrings nor the pieces that f-strings are made of.
    parts = {id(value) for node in ast.walk(tree) for value in _parts(node)}
    found = []
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        match node:
            case ast.JoinedStr(values=values):
                text = "".join(str(v.value) if isinstance(v, ast.Constant) else _HOLE for v in values)
            case ast.Constant(value=str() as text):
                pass
            case _:
                continue
        if _SQL.match(text) and _CLAUSE.search(text):
            found.append((node.lineno, text))
    return tuple(found)


def _parts(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.JoinedStr(values=values):
            return values
        case ast.Expr(value=ast.Constant() as value):
            return [value]
    return []


# --- the whole -----------------------------------------------------------------------------------------------------


def _join(found: _Collected) -> None:
    """Put what is read and written between those who do; a table that one asset alone writes is that asset."""
    for name in list(dict.fromkeys((*found.writers, *found.readers))):
        writers, readers = list(found.writers[name]), list(found.readers[name])
        if len(writers) == 1:
            (writer,) = writers
            for reader in readers:
                found.edge(writer, reader, "data")
            item = found.items[name]
            made = found.items[writer]
            detail = made.detail if made.detail == f"table {item.name}" else _more(made.detail, item)
            found.items[writer] = replace(made, detail=detail)
            del found.items[name]
            continue
        for writer in writers:
            found.edge(writer, name, "data")
        for reader in readers:
            found.edge(name, reader, "data")


def _more(detail: str, item: Item) -> str:
    what = f"{item.kind} {item.name}" if item.kind == "table" else item.name
    return f"{detail}, {what}" if detail else what


def _numbered(found: _Collected) -> Lineage:
    """Assets by DAG, then the rest by kind and name."""
    kept = sorted(found.items.items(), key=lambda pair: pair[1].kind not in ("asset",))
    number = {name: index for index, (name, _) in enumerate(kept)}
    edges = sorted((number[source], number[target], kind) for (source, target), kind in found.edges.items())
    up: dict[int, tuple[int, ...]] = defaultdict(tuple)
    down: dict[int, tuple[int, ...]] = defaultdict(tuple)
    for a, b, _ in edges:
        down[a] += (b,)
        up[b] += (a,)
    items = tuple(
        replace(
            x,
            number=i,
            name=masked(x.name),
            detail=masked(x.detail),
            up=tuple(sorted(up[i])),
            down=tuple(sorted(down[i])),
        )
        for i, (_, x) in enumerate(kept)
    )
    return Lineage(items, tuple(edges))


# --- the picture ---------------------------------------------------------------------------------------------------

_DRAWN = 260
"""Up to how many connected items each is drawn; beyond that, DAGs are."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The graph at the top of the page: of items, or of DAGs where there are too many (`by_dag`)."""

    placed: Placed
    by_dag: bool
    drawn: int


def picture(found: Lineage, pages: Mapping[str, str]) -> Picture:
    """What hangs together, each DAG's assets in a box of their own, or each DAG as one."""
    connected = [item for item in found.items if item.up or item.down]
    if len(connected) <= _DRAWN:
        nodes = tuple(
            NodeView(
                str(item.number),
                _SHAPES[item.kind],
                item.name,
                item.detail or item.kind,
                group=item.dag_id or None,
                href=f"#{item.anchor}",
                dashed=item.kind == "external",
                tooltip=f"{item.kind} {item.name}{f' of {item.dag_id}' if item.dag_id else ''}",
            )
            for item in connected
        )
        groups = tuple(GroupView(name, name) for name in dict.fromkeys(x.dag_id for x in connected if x.dag_id))
        edges = tuple(EdgeView(str(a), str(b), _LINES[kind]) for a, b, kind in found.edges)
        return Picture(placed(Graph(nodes, edges, groups), "LR"), False, len(nodes))
    return _of_dags(found, pages)


def _of_dags(found: Lineage, pages: Mapping[str, str]) -> Picture:
    ends = [f"dag {item.dag_id}" if item.dag_id else str(item.number) for item in found.items]
    kinds: dict[tuple[str, str], EdgeKind] = {}
    for a, b, kind in found.edges:
        if ends[a] != ends[b] and (kind == "data" or (ends[a], ends[b]) not in kinds):
            kinds[ends[a], ends[b]] = kind
    shown = {end for pair in kinds for end in pair}
    assets = Counter(item.dag_id for item in found.items)
    nodes = {}
    for end, item in zip(ends, found.items, strict=True):
        if end in shown and end not in nodes:
            text = f"{assets[item.dag_id]} asset{'s' if assets[item.dag_id] != 1 else ''}"
            nodes[end] = (
                NodeView(end, "task", item.dag_id, text, href=pages[item.dag_id], tooltip=f"DAG {item.dag_id}, {text}")
                if item.dag_id
                else NodeView(
                    end, _SHAPES[item.kind], item.name, item.detail or item.kind, href=f"#{item.anchor}",
                    dashed=item.kind == "external", tooltip=f"{item.kind} {item.name}",
                )
            )  # fmt: skip
    edges = tuple(EdgeView(a, b, _LINES[kind]) for (a, b), kind in kinds.items())
    return Picture(placed(Graph(tuple(nodes.values()), edges), "LR"), True, len(nodes))


_SHAPES: Mapping[Kind, NodeKind] = {
    "asset": "asset", "table": "external", "file": "external", "dataset": "external", "external": "external"
}  # fmt: skip
_LINES: Mapping[EdgeKind, Literal["data", "order", "check"]] = {"data": "data", "order": "order", "starts": "check"}
