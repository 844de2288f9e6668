"""Random graphs, written as DAG files in every style people write them, are read as the graphs they are."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrator.read.project import read

Edge = tuple[str, str]
IMPORTS = {
    "2": """\
from airflow import DAG
from airflow.decorators import task
from airflow.models.baseoperator import chain, cross_downstream
from airflow.operators.empty import EmptyOperator
from airflow.utils.edgemodifier import Label
from airflow.utils.task_group import TaskGroup
""",
    "3": """\
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Label, TaskGroup, chain, cross_downstream, task
""",
}
examples = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Graph:
    """What a DAG file must be read as, built up statement by statement as Airflow does."""

    groups: dict[str, str | None] = field(default_factory=dict)  # task id -> group
    parents: dict[str, str | None] = field(default_factory=dict)  # group -> group around it
    edges: set[Edge] = field(default_factory=set)

    def inside(self, group: str) -> list[str]:
        """The tasks in a group and in the groups in it."""
        return [task for task, own in self.groups.items() if group in self.around(own)]

    def around(self, group: str | None) -> list[str]:
        found = []
        while group is not None:
            found.append(group)
            group = self.parents[group]
        return found

    def leaves(self, group: str) -> list[str]:
        tasks = self.inside(group)
        return [t for t in tasks if not any((t, other) in self.edges for other in tasks)]

    def roots(self, group: str) -> list[str]:
        tasks = self.inside(group)
        return [t for t in tasks if not any((other, t) in self.edges for other in tasks)]


def graph_read(text: str) -> tuple[dict[str, str | None], set[Edge]]:
    """The tasks, with their groups, and the edges that a DAG file is read as; all of them, without doubt."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "dag.py").write_text(text)
        project = read(Path(folder))
    (dag,) = project.dags
    assert dag.complete, text
    assert {finding.code for finding in project.findings} <= {"A2D110"}, text  # the imports of 2 are those of 3, too
    return {task.task_id: task.group for task in dag.tasks}, {(edge.upstream, edge.downstream) for edge in dag.edges}


edge_sets = st.integers(2, 7).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.sets(st.sampled_from([(i, j) for j in range(n) for i in range(j)]), max_size=10),
    )
)
lines = st.sampled_from(["2", "3"])


# --- classic operators, edges in every form ------------------------------------------------------------------------


def in_a_loop(pairs: list[Edge]) -> str:
    return f"for up, down in {pairs!r}:\n    t[up] >> t[down]"


SINGLE = (
    "{up} >> {down}",
    "{down} << {up}",
    "{up}.set_downstream({down})",
    "{down}.set_upstream({up})",
    "chain({up}, {down})",
    '{up} >> Label("then") >> {down}',
    "[{up}] >> {down}",
    "{up} >> [{down}]",
    "{down} << [{up}]",
    "{up}.set_downstream([{down}])",
    "cross_downstream([{up}], [{down}])",
)


def made(names: list[str], how: str) -> str:
    """Statements that make the tasks and keep them in `t`."""
    if how == "loop":
        return f"t = {{}}\nfor name in {names!r}:\n    t[name] = EmptyOperator(task_id=name)"
    if how == "comprehension":
        return f"t = {{name: EmptyOperator(task_id=name) for name in {names!r}}}"
    if how == "helper":
        head = "def make(name):\n    return EmptyOperator(task_id=name)\n\nt = {}\n"
        return head + "\n".join(f"t[{name!r}] = make({name!r})" for name in names)
    if how == "range":
        return (
            f't = {{}}\nfor i in range({len(names)}):\n    t[f"{names[0][:-1]}{{i}}"] = '
            f'EmptyOperator(task_id=f"{names[0][:-1]}{{i}}")'
        )
    return "t = {}\n" + "\n".join(f"t[{name!r}] = EmptyOperator(task_id={name!r})" for name in names)


@st.composite
def classic(draw: st.DrawFn) -> tuple[str, list[str], set[Edge]]:
    count, pairs = draw(edge_sets)
    names = [f"step_{i}" for i in range(count)]
    edges = sorted((names[i], names[j]) for i, j in pairs)
    body = [made(names, draw(st.sampled_from(["one by one", "loop", "comprehension", "helper", "range"])))]
    rest = draw(st.permutations(edges))
    while rest:
        up, down = rest[0]
        form = draw(st.sampled_from(["single", "fan out", "fan in", "loop", "path"]))
        if form == "fan out":
            taken = [edge for edge in rest if edge[0] == up]
            body.append(f"t[{up!r}] >> [{', '.join(f't[{d!r}]' for _, d in taken)}]")
        elif form == "fan in":
            taken = [edge for edge in rest if edge[1] == down]
            body.append(f"[{', '.join(f't[{u!r}]' for u, _ in taken)}] >> t[{down!r}]")
        elif form == "loop":
            taken = rest[: draw(st.integers(1, len(rest)))]
            body.append(in_a_loop(taken))
        elif form == "path":
            taken = [(up, down)]
            while more := [edge for edge in rest if edge[0] == taken[-1][1]]:
                taken.append(more[0])
            path = [up, *(d for _, d in taken)]
            items = [f"t[{name!r}]" for name in path]
            body.append(draw(st.sampled_from([" >> ".join(items), f"chain({', '.join(items)})"])))
        else:
            taken = [(up, down)]
            body.append(draw(st.sampled_from(SINGLE)).format(up=f"t[{up!r}]", down=f"t[{down!r}]"))
        rest = [edge for edge in rest if edge not in taken]
    return "\n".join(body), names, set(edges)


@given(classic(), lines)
@examples
def test_classic_operators(graph: tuple[str, list[str], set[Edge]], line: str) -> None:
    body, names, edges = graph
    text = f'{IMPORTS[line]}\nwith DAG("d", schedule=None):\n{indented(body)}\n'
    assert graph_read(text) == (dict.fromkeys(names), edges), text


@given(classic(), lines)
@examples
def test_with_dag_as_an_argument(graph: tuple[str, list[str], set[Edge]], line: str) -> None:
    body, names, edges = graph
    text = f'{IMPORTS[line]}\nhome = DAG("d", schedule=None)\n' + body.replace("task_id=", "dag=home, task_id=") + "\n"
    assert graph_read(text) == (dict.fromkeys(names), edges), text


# --- TaskFlow ------------------------------------------------------------------------------------------------------


@given(edge_sets, lines, st.data())
@examples
def test_taskflow(shape: tuple[int, set[tuple[int, int]]], line: str, data: st.DataObject) -> None:
    count, pairs = shape
    body = ["@task\ndef step(*values, more=None):\n    return len(values)\n"]
    for j in range(count):
        before = [f"v{i}" for i, down in sorted(pairs) if down == j]
        form = data.draw(st.sampled_from(["{}", "[{}]", "more={{'values': [{}]}}"]))
        arguments = form.format(", ".join(before)) if before else ""
        body.append(f'v{j} = step.override(task_id="step_{j}")({arguments})')
    text = f'{IMPORTS[line]}\nwith DAG("d", schedule=None):\n{indented(chr(10).join(body))}\n'
    names = {f"step_{j}": None for j in range(count)}
    assert graph_read(text) == (names, {(f"step_{i}", f"step_{j}") for i, j in pairs}), text


# --- task groups ---------------------------------------------------------------------------------------------------


@st.composite
def grouped(draw: st.DrawFn) -> tuple[str, Graph]:
    """Nested groups of tasks, then edges between tasks, from groups and to groups, always forward in the text."""
    graph, text, names = Graph(), [], {}
    order: list[str] = []  # variables of tasks and groups, as they begin

    def block(depth: int, group: str | None, indent: str) -> None:
        for _ in range(draw(st.integers(1, 3))):
            if len(order) >= 10:
                break
            number = len(order)
            if depth < 2 and draw(st.booleans()):
                own = f"g{number}" if group is None else f"{group}.g{number}"
                graph.parents[own] = group
                names[f"g{number}"] = own
                order.append(f"g{number}")
                text.append(f'{indent}with TaskGroup("g{number}") as g{number}:')
                before = len(order)
                block(depth + 1, own, indent + "    ")
                if len(order) == before:
                    text.append(f"{indent}    pass")
            else:
                own = f"t{number}" if group is None else f"{group}.t{number}"
                graph.groups[own] = group
                names[f"t{number}"] = own
                order.append(f"t{number}")
                text.append(f'{indent}t{number} = EmptyOperator(task_id="t{number}")')

    block(0, None, "")
    for _ in range(draw(st.integers(0, 6)) if len(order) > 1 else 0):
        first = draw(st.integers(0, len(order) - 2))
        second = draw(st.integers(first + 1, len(order) - 1))
        up, down = names[order[first]], names[order[second]]
        if f"{down}.".startswith(f"{up}."):
            continue  # a group and what is in it
        starts = graph.leaves(up) if up in graph.parents else [up]
        ends = graph.roots(down) if down in graph.parents else [down]
        graph.edges |= {(a, b) for a in starts for b in ends}
        text.append(draw(st.sampled_from(SINGLE[:5])).format(up=order[first], down=order[second]))
    return "\n".join(text), graph


@given(grouped(), lines)
@examples
def test_task_groups(made: tuple[str, Graph], line: str) -> None:
    body, graph = made
    text = f'{IMPORTS[line]}\nwith DAG("d", schedule=None):\n{indented(body)}\n'
    assert graph_read(text) == (graph.groups, graph.edges), text


def indented(body: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in body.split("\n"))
