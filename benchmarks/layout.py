"""How readable the graphs of DAGs are as we lay them out, beside Graphviz's `dot` for the same graphs.

    python benchmarks/layout.py [FOLDER ...] [--dot PROGRAM]

Takes the DAG files below the folders (default: sample_dags/ and the example DAGs of the Airflow that is installed
beside this Python), and some generated graphs. Without `dot` on the machine, only our own numbers are printed.

Counted from the lines as they are drawn: pairs of edges that cross and have no node in common; nodes that overlap;
edges that run over a node that is not theirs; nodes that lie in the box of a group they do not belong to. "Straight" is
the part of edges without a bend, "area" is in 1,000 square pixels.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from speed import copy_examples

from migrator.airflow_model import Dag
from migrator.read.project import read
from migrator.report.layout import Box, Edge, Group, Node, Point, layout

_INCH = 72.0
_NODE_HEIGHT = 34.0
_PIECES = 8
"""Into how many straight pieces a curve is cut to be measured."""

Graph = tuple[list[Node], list[Edge], list[Group]]


@dataclass
class Drawing:
    """Boxes by node and group, and the points along each edge."""

    nodes: dict[str, Box]
    groups: dict[str, Box]
    edges: dict[int, list[Point]]
    width: float
    height: float
    seconds: float


@dataclass
class Numbers:
    """What is counted in one drawing or in several."""

    crossings: int = 0
    overlaps: int = 0
    over_nodes: int = 0
    strangers: int = 0
    straight: int = 0
    edges: int = 0
    area: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: Numbers) -> Numbers:
        return Numbers(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--dot", default="dot", metavar="PROGRAM", help="Graphviz's dot [dot]")
    arguments = parser.parse_args()
    sets: dict[str, list[Graph]] = {}
    with tempfile.TemporaryDirectory() as name:
        folders = {folder.name: folder for folder in arguments.folders}
        if not folders:
            copy_examples(Path(name))
            folders = {"sample_dags": Path(__file__).resolve().parent.parent / "sample_dags", "examples": Path(name)}
        for label, folder in folders.items():
            sets[label] = [graph(dag) for dag in read(folder).dags if dag.tasks]
    sets |= {label: [made] for label, made in generated()}
    programs = {"ours": ours}
    if shutil.which(arguments.dot):
        programs["dot"] = lambda g: dot(g, arguments.dot)
    print(
        f"{'graphs':<28}{'':6}{'cross':>7}{'overlap':>8}{'over':>6}{'stranger':>9}{'straight':>9}{'area':>9}{'seconds':>9}"
    )
    for label, graphs in sets.items():
        size = f"{label} ({len(graphs)} DAGs)" if len(graphs) > 1 else label
        for program, draw in programs.items():
            found = sum((numbers(g, draw(g)) for g in graphs), Numbers())
            straight = f"{found.straight / found.edges:.0%}" if found.edges else "-"
            print(
                f"{size:<28}{program:<6}{found.crossings:7}{found.overlaps:8}{found.over_nodes:6}{found.strangers:9}"
                f"{straight:>9}{found.area / 1000:9,.0f}{found.seconds:9.2f}"
            )
            size = ""
    return 0


def graph(dag: Dag) -> Graph:
    """A DAG's graph with boxes about as wide as the report draws them."""
    nodes = [Node(t.task_id, 7.0 * len(t.task_id.rpartition(".")[2]) + 24, _NODE_HEIGHT, t.group) for t in dag.tasks]
    groups = [Group(g.group_id, g.group_id, g.parent) for g in dag.groups]
    pairs = dict.fromkeys((edge.upstream, edge.downstream) for edge in dag.edges)
    return nodes, [Edge(*pair) for pair in pairs], groups


def generated() -> Iterator[tuple[str, Graph]]:
    """Shapes that DAGs have: a fan, a chain, stages, layers of a warehouse, and something without order."""
    chance = random.Random(7)

    def node(name: str, group: str | None = None) -> Node:
        return Node(name, chance.choice([80.0, 110.0, 160.0]), _NODE_HEIGHT, group)

    names = [f"t{i}" for i in range(50)]
    fan = [Edge("start", n) for n in names] + [Edge(n, "end") for n in names]
    yield "fan", ([node(n) for n in ("start", *names, "end")], fan, [])
    yield "chain", ([node(f"t{i}") for i in range(40)], [Edge(f"t{i}", f"t{i + 1}") for i in range(39)], [])
    for count, groups in ((50, 0), (200, 0), (200, 8), (1000, 0), (1000, 30)):
        nodes = [node(f"t{i}", f"g{i * groups // count}" if groups and i % 5 else None) for i in range(count)]
        pairs = [
            (f"t{chance.randrange(max(0, i - 30), i)}", f"t{i}")
            for i in range(1, count)
            for _ in range(1 + (chance.random() < 0.4))
        ]
        edges = [Edge(*pair) for pair in dict.fromkeys(pairs)]
        yield f"random {count}{' in groups' if groups else ''}", (nodes, edges, [Group(f"g{i}") for i in range(groups)])
    yield "stages", _stages(chance, node)


def _stages(chance: random.Random, node) -> Graph:
    """Six groups of ten tasks one after the other, as an ingest, some layers and exports have them."""
    nodes, edges, before = [node("start")], [], ["start"]
    for stage in range(6):
        own = [f"s{stage}.t{i}" for i in range(10)]
        nodes += [node(name, f"s{stage}") for name in own]
        inner = [Edge(own[chance.randrange(i)], own[i]) for i in range(1, 10) if chance.random() < 0.6]
        entered, left = {e.target for e in inner}, {e.source for e in inner}
        edges += inner
        edges += [Edge(a, b) for b in own if b not in entered for a in chance.sample(before, min(2, len(before)))]
        before = [name for name in own if name not in left]
    return nodes, edges, [Group(f"s{i}") for i in range(6)]


def ours(given: Graph) -> Drawing:
    """Our own layout, its curves cut into pieces."""
    started = time.perf_counter()
    made = layout(*given)
    seconds = time.perf_counter() - started
    edges = {}
    for index, points in made.edges.items():
        line = [points[0]]
        for a, b in pairwise(points):
            middle = (a.x + b.x) / 2
            line += [b] if a.y == b.y else list(_curve([a, Point(middle, a.y), Point(middle, b.y), b]))
        edges[index] = line
    return Drawing(dict(made.nodes), dict(made.groups), edges, made.width, made.height, seconds)


def dot(given: Graph, program: str) -> Drawing:
    """Graphviz's, left to right, with boxes of the same size and about the same distances."""
    nodes, edges, groups = given
    lines = ["digraph {", 'rankdir=LR; nodesep=0.22; ranksep=0.6; node [shape=box, fixedsize=true, label=""];']

    def write(parent: str | None) -> None:
        for group in (g for g in groups if g.parent == parent):
            lines.append(f"subgraph {json.dumps('cluster_' + group.id)} {{")
            write(group.id)
            lines.append("}")
        for n in (n for n in nodes if n.group == parent):
            lines.append(f"{json.dumps(n.id)} [width={n.width / _INCH}, height={n.height / _INCH}];")

    write(None)
    lines += [f"{json.dumps(e.source)} -> {json.dumps(e.target)};" for e in edges]
    started = time.perf_counter()
    done = subprocess.run(
        [program, "-Tjson"], input="\n".join([*lines, "}"]), capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - started
    made = json.loads(done.stdout)
    _, _, width, height = (float(value) for value in made["bb"].split(","))
    found = Drawing({}, {}, {}, width, height, seconds)
    names = {}
    for item in made.get("objects", ()):
        names[item["_gvid"]] = item["name"]
        if "pos" in item:
            x, y = (float(value) for value in item["pos"].split(","))
            w, h = float(item["width"]) * _INCH, float(item["height"]) * _INCH
            found.nodes[item["name"]] = Box(x - w / 2, y - h / 2, w, h)
        elif "bb" in item:
            left, low, right, high = (float(value) for value in item["bb"].split(","))
            found.groups[item["name"].removeprefix("cluster_")] = Box(left, low, right - left, high - low)
    index = {(edge.source, edge.target): number for number, edge in enumerate(edges)}
    for item in made.get("edges", ()):
        places = [p for p in item["pos"].split() if not p.startswith(("e,", "s,"))]
        points = [Point(*(float(value) for value in p.split(","))) for p in places]
        line = [points[0]]
        for at in range(0, len(points) - 1, 3):
            line += _curve(points[at : at + 4])
        found.edges[index[names[item["tail"]], names[item["head"]]]] = line
    return found


def _curve(p: Sequence[Point]) -> Iterator[Point]:
    """Points along a cubic Bézier curve, the first left out."""
    for step in range(1, _PIECES + 1):
        t = step / _PIECES
        w = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        yield Point(sum(a * q.x for a, q in zip(w, p, strict=True)), sum(a * q.y for a, q in zip(w, p, strict=True)))


def numbers(given: Graph, drawn: Drawing) -> Numbers:
    """What there is to count in a drawing."""
    nodes, edges, groups = given
    parents = {group.id: group.parent for group in groups}
    found = Numbers(edges=len(drawn.edges), area=drawn.width * drawn.height, seconds=drawn.seconds)
    ends = {i: {edge.source, edge.target} for i, edge in enumerate(edges)}
    boxes = {i: _around(line) for i, line in drawn.edges.items()}
    for a, b in combinations(drawn.edges, 2):
        if not ends[a] & ends[b] and _meet(boxes[a], boxes[b]):
            found.crossings += _crossings(drawn.edges[a], drawn.edges[b])
    found.overlaps = sum(_meet(a, b, -1.0) for a, b in combinations(drawn.nodes.values(), 2))
    for i, line in drawn.edges.items():
        others = (box for name, box in drawn.nodes.items() if name not in ends[i] and _meet(box, boxes[i]))
        found.over_nodes += sum(any(_hits(a, b, box) for a, b in pairwise(line)) for box in others)
        found.straight += max(p.y for p in line) - min(p.y for p in line) < 1.0
    for node in nodes:
        inside, above = set(), node.group
        while above is not None:
            inside.add(above)
            above = parents[above]
        found.strangers += sum(
            _meet(box, drawn.nodes[node.id], -1.0) for name, box in drawn.groups.items() if name not in inside
        )
    return found


def _around(points: Iterable[Point]) -> Box:
    listed = list(points)
    x, y = min(p.x for p in listed), min(p.y for p in listed)
    return Box(x, y, max(p.x for p in listed) - x, max(p.y for p in listed) - y)


def _meet(a: Box, b: Box, slack: float = 0.0) -> bool:
    return min(a.right, b.right) - max(a.x, b.x) >= -slack and min(a.bottom, b.bottom) - max(a.y, b.y) >= -slack


def _crossings(a: Sequence[Point], b: Sequence[Point]) -> int:
    return sum(_cross(p, q, r, s) for p, q in pairwise(a) for r, s in pairwise(b))


def _cross(p: Point, q: Point, r: Point, s: Point) -> bool:
    if max(p.x, q.x) < min(r.x, s.x) or max(r.x, s.x) < min(p.x, q.x):
        return False

    def side(a: Point, b: Point, c: Point) -> float:
        return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)

    return side(p, q, r) * side(p, q, s) < 0 and side(r, s, p) * side(r, s, q) < 0


def _hits(a: Point, b: Point, box: Box) -> bool:
    """Whether a straight piece runs through the inside of a box (cut to it by Liang and Barsky's rule)."""
    low, high = 0.0, 1.0
    for start, step, least, most in (
        (a.x, b.x - a.x, box.x + 1, box.right - 1),
        (a.y, b.y - a.y, box.y + 1, box.bottom - 1),
    ):
        if step == 0:
            if not least < start < most:
                return False
            continue
        first, second = sorted(((least - start) / step, (most - start) / step))
        low, high = max(low, first), min(high, second)
    return low < high


if __name__ == "__main__":
    sys.exit(main())
