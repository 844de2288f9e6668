"""Directed graphs: the little of it that DAGs and layouts need (a library with more takes 0.15 s to import)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from heapq import heapify, heappop, heappush
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Digraph(Generic[T]):
    """Nodes and edges, both in the order they were given; a repeated one counts once."""

    def __init__(self, nodes: Iterable[T] = (), edges: Iterable[tuple[T, T]] = ()) -> None:
        self._after: dict[T, dict[T, None]] = {node: {} for node in nodes}
        self._before: dict[T, dict[T, None]] = {node: {} for node in self._after}
        for source, target in edges:
            for node in (source, target):
                self._after.setdefault(node, {})
                self._before.setdefault(node, {})
            self._after[source][target] = None
            self._before[target][source] = None

    def __iter__(self) -> Iterator[T]:
        return iter(self._after)

    @property
    def has_edges(self) -> bool:
        return any(self._after.values())

    def has_edge(self, source: T, target: T) -> bool:
        return target in self._after.get(source, ())

    def successors(self, node: T) -> tuple[T, ...]:
        return tuple(self._after[node])

    def predecessors(self, node: T) -> tuple[T, ...]:
        return tuple(self._before[node])

    def descendants(self, node: T) -> set[T]:
        """All that follow a node, which is not among them."""
        return _reached(self._after, node)

    def ancestors(self, node: T) -> set[T]:
        """All that a node follows, which is not among them."""
        return _reached(self._before, node)

    def topological(self) -> tuple[T, ...]:
        """The nodes, each after all before it, by how far they are from the beginning. Raises ValueError on a cycle."""
        waiting = {node: len(before) for node, before in self._before.items()}
        found = [node for node, count in waiting.items() if not count]
        for node in found:
            for after in self._after[node]:
                waiting[after] -= 1
                if not waiting[after]:
                    found.append(after)
        return self._whole(found)

    def ordered(self, key: Callable[[T], Any]) -> tuple[T, ...]:
        """The nodes, each after all before it and otherwise by `key`, which tells all apart. ValueError on a cycle."""
        waiting = {node: len(before) for node, before in self._before.items()}
        ready = [(key(node), node) for node, count in waiting.items() if not count]
        heapify(ready)
        found: list[T] = []
        while ready:
            _, node = heappop(ready)
            found.append(node)
            for after in self._after[node]:
                waiting[after] -= 1
                if not waiting[after]:
                    heappush(ready, (key(after), after))
        return self._whole(found)

    def _whole(self, found: list[T]) -> tuple[T, ...]:
        if len(found) != len(self._after):
            raise ValueError("the graph has a cycle")
        return tuple(found)

    def knots(self) -> list[set[T]]:
        """The strongly connected components: nodes that lie on a cycle together, every other by itself."""
        found: list[set[T]] = []
        done: set[T] = set()
        for node in self._finished_last():
            if node not in done:
                knot = {node} | _reached(self._before, node, done)
                done |= knot
                found.append(knot)
        return found

    def _finished_last(self) -> list[T]:
        """The nodes of a search in depth, those first that it left last (Kosaraju)."""
        left: list[T] = []
        seen: set[T] = set()
        for start in self._after:
            if start in seen:
                continue
            seen.add(start)
            path = [(start, iter(self._after[start]))]
            while path:
                node, following = path[-1]
                for after in following:
                    if after not in seen:
                        seen.add(after)
                        path.append((after, iter(self._after[after])))
                        break
                else:
                    left.append(node)
                    path.pop()
        return left[::-1]


def _reached(edges: dict[T, dict[T, None]], start: T, without: set[T] | frozenset[T] = frozenset()) -> set[T]:
    found: set[T] = set()
    waiting = [start]
    while waiting:
        for node in edges[waiting.pop()]:
            if node not in found and node not in without:
                found.add(node)
                waiting.append(node)
    return found - {start}
