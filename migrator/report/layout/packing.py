"""Drawings that have nothing to do with one another, on one sheet."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence

from .model import Point

_GAP = 32.0
_SMALL_GAP = 16.0
_RATIO = 1.8
"""Width by height of a sheet that is looked at on a screen."""


def pack(sizes: Sequence[tuple[float, float]]) -> list[Point]:
    """The upper left corner of each drawing: where there is room highest up, then furthest left, in their order.

    The sheet is as wide as the widest drawing or, if there are many, as a screen is. Drawings no higher than the lowest
    one, single nodes that is, come last.
    """
    if not sizes:
        return []
    widest = max(width for width, _ in sizes)
    area = sum((width + _GAP) * (height + _GAP) for width, height in sizes)
    limit = max(widest, math.sqrt(area * _RATIO)) + _GAP
    smallest = min(height for _, height in sizes)
    corners = [Point(0, 0)] * len(sizes)
    skyline = [(0.0, 0.0)]  # from each x on to the next: the y down to which it is taken
    for index in sorted(range(len(sizes)), key=lambda i: sizes[i][1] <= smallest):
        width, height = sizes[index]
        gap = _SMALL_GAP if height <= smallest else _GAP
        room = [x for x, _ in skyline if x + width + _GAP <= limit or not x]
        heights = [max(y for at, y in skyline[bisect_left(skyline, (x,)) :] if at < x + width + _GAP) for x in room]
        y, x = min(zip(heights, room, strict=True))
        corner = Point(x, y)
        corners[index] = corner
        skyline = _with(skyline, corner.x, corner.x + width + _GAP, corner.y + height + gap)
    return corners


def _with(skyline: Sequence[tuple[float, float]], left: float, right: float, y: float) -> list[tuple[float, float]]:
    """The skyline with what is between two places taken down to `y`."""
    behind = next(height for x, height in reversed(skyline) if x <= right)
    kept = [(x, height) for x, height in skyline if x < left]
    rest = [(x, height) for x, height in skyline if x > right]
    found = [*kept, (left, y), (right, behind), *rest]
    return [place for at, place in enumerate(found) if not at or place[1] != found[at - 1][1]]
