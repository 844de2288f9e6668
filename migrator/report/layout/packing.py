"""Drawings that have nothing to do with one another, on one sheet."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .model import Point

_GAP = 32.0
_SMALL_GAP = 16.0
_RATIO = 1.8
"""Width by height of a sheet that is looked at on a screen."""


def pack(sizes: Sequence[tuple[float, float]]) -> list[Point]:
    """The upper left corner of each drawing: in rows of about the width of the widest or of a screen, in their order.

    Drawings that are no higher than a row of the others' smallest nodes, single nodes that is, come last.
    """
    if not sizes:
        return []
    area = sum((width + _GAP) * (height + _GAP) for width, height in sizes)
    limit = max(max(width for width, _ in sizes), math.sqrt(area * _RATIO))
    corners = [Point(0, 0)] * len(sizes)
    smallest = min(height for _, height in sizes)
    x = y = row = 0.0
    last_small = False
    for index in sorted(range(len(sizes)), key=lambda i: sizes[i][1] <= smallest):
        width, height = sizes[index]
        small = height <= smallest
        if x and (x + width > limit or small != last_small):
            x, y, row = 0.0, y + row + (_SMALL_GAP if last_small and small else _GAP), 0.0
        corners[index] = Point(x, y)
        x += width + _GAP
        row = max(row, height)
        last_small = small
    return corners
