"""The points of an edge as the `d` of an SVG path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .model import Direction, Point


def path(points: Sequence[Point], *, direction: Direction = "LR") -> str:
    """A smooth line through `points` that leaves and reaches each of them along `direction`."""
    if not points:
        return ""
    parts = [f"M{_number(points[0].x)} {_number(points[0].y)}"]
    for a, b in pairwise(points):
        if a.y == b.y or a.x == b.x:
            parts.append(f"L{_number(b.x)} {_number(b.y)}")
        elif direction == "LR":
            middle = _number((a.x + b.x) / 2)
            parts.append(f"C{middle} {_number(a.y)} {middle} {_number(b.y)} {_number(b.x)} {_number(b.y)}")
        else:
            middle = _number((a.y + b.y) / 2)
            parts.append(f"C{_number(a.x)} {middle} {_number(b.x)} {middle} {_number(b.x)} {_number(b.y)}")
    return "".join(parts)


def _number(value: float) -> str:
    """At most one digit after the point, none where it says nothing."""
    text = f"{value:.1f}"
    return text.removesuffix(".0") if text != "-0.0" else "0"
