"""What a layout is asked for, what it gives. Lengths are pixels, y grows downwards, (0, 0) is the top left corner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from ...records import dataclass

Direction = Literal["LR", "TB"]


@dataclass(frozen=True, slots=True)
class Node:
    """A box of given size; `group` is the id of the innermost group it lies in."""

    id: str
    width: float
    height: float
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A box around nodes and further groups, with room for a label along its top; at least `min_width` wide."""

    id: str
    label: str = ""
    parent: str | None = None
    min_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes. It is known by its index.

    Edges between the same two nodes lie on one line. With a `label_width`, room for a label is kept on the line.
    """

    source: str
    target: str
    label_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The x of its right side."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The y of its lower side."""
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is.

    `edges` are by their index in the input: points from the border of the source to the border of the target. Between
    two points the line may be straight or an S that stays between them (`path` draws it); it does not touch a node.
    An edge that would have to run backwards (it closes a cycle) is in `reversed`, its points still from source to
    target. Edges from a node to itself, or to no node, have no points. `labels` are the places kept for labels of
    edges. A group without nodes has no box.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    groups: Mapping[str, Box] = field(default_factory=dict)
    edges: Mapping[int, tuple[Point, ...]] = field(default_factory=dict)
    reversed: frozenset[int] = frozenset()
    labels: Mapping[int, Box] = field(default_factory=dict)
