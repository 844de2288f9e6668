"""Graphs answer as networkx does, in the same order."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.digraph import Digraph

EDGES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25)


def both(nodes: list[int], edges: list[tuple[int, int]]) -> tuple[Digraph[int], nx.DiGraph[int]]:
    theirs: nx.DiGraph[int] = nx.DiGraph()
    theirs.add_nodes_from(nodes)
    theirs.add_edges_from(edges)
    return Digraph(nodes, edges), theirs


@given(st.permutations(range(6)), EDGES)
def test_neighbours_and_what_is_reached(nodes: list[int], edges: list[tuple[int, int]]) -> None:
    ours, theirs = both(nodes, edges)
    assert list(ours) == list(theirs)
    assert ours.has_edges == bool(theirs.edges)
    for node in theirs:
        assert ours.successors(node) == tuple(theirs.successors(node))
        assert ours.predecessors(node) == tuple(theirs.predecessors(node))
        assert ours.descendants(node) == nx.descendants(theirs, node)
        assert ours.ancestors(node) == nx.ancestors(theirs, node)
        assert [ours.has_edge(node, other) for other in range(12)] == [theirs.has_edge(node, n) for n in range(12)]


@given(st.permutations(range(6)), EDGES)
def test_knots(nodes: list[int], edges: list[tuple[int, int]]) -> None:
    ours, theirs = both(nodes, edges)
    assert sorted(map(sorted, ours.knots())) == sorted(map(sorted, nx.strongly_connected_components(theirs)))


@given(st.permutations(range(10)), EDGES)
def test_orders(nodes: list[int], edges: list[tuple[int, int]]) -> None:
    ours, theirs = both(nodes, [(min(edge), max(edge)) for edge in edges if edge[0] != edge[1]])
    assert ours.topological() == tuple(nx.topological_sort(theirs))
    assert ours.ordered(lambda node: -node) == tuple(nx.lexicographical_topological_sort(theirs, lambda node: -node))


def test_a_cycle_has_no_order() -> None:
    graph = Digraph("abc", [("a", "b"), ("b", "a")])
    with pytest.raises(ValueError, match="cycle"):
        graph.topological()
    with pytest.raises(ValueError, match="cycle"):
        graph.ordered(ord)
