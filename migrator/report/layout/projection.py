"""Wishes for positions turned into the nearest positions that keep a least distance between some of them."""

from __future__ import annotations

from collections.abc import Sequence

_TOLERANCE = 1e-6


def project(
    wish: Sequence[float],
    weight: Sequence[float],
    order: Sequence[int],
    above: Sequence[Sequence[tuple[int, float]]],
) -> list[float]:
    """Positions near `wish` (least squares by `weight`) where each is at least so far below those that `above` names.

    `order` is a topological one. Variables are taken into account in that order; one that would be too near to those
    above it is tied to the one it is nearest to, and what is tied together moves as a whole to where it does least harm
    (Dwyer, Marriott and Stuckey's separation constraints, without the splitting that would make it exact).
    """
    bundle_of = list(range(len(wish)))
    offset = [0.0] * len(wish)
    position = list(wish)
    total = list(weight)
    members: list[list[int]] = [[v] for v in range(len(wish))]
    entering = [[(left, v, distance) for left, distance in found] for v, found in enumerate(above)]
    for variable in order:
        own = bundle_of[variable]
        while True:
            worst, left, right, least = _TOLERANCE, -1, -1, 0.0
            here = position[own]
            outside = []
            for constraint in entering[own]:
                a, b, distance = constraint
                other = bundle_of[a]
                if other != own:
                    outside.append(constraint)
                    violation = position[other] + offset[a] + distance - offset[b] - here
                    if violation > worst:
                        worst, left, right, least = violation, a, b, distance
            entering[own] = outside
            if left < 0:
                break
            other = bundle_of[left]
            # In the frame of `other`, where the bundle's offset begins.
            shift = offset[left] + least - offset[right]
            mass = total[other] + total[own]
            merged = (position[other] * total[other] + (position[own] - shift) * total[own]) / mass
            if len(members[other]) < len(members[own]):
                keep, drop, shift, merged = own, other, -shift, merged + shift
            else:
                keep, drop = other, own
            for v in members[drop]:
                bundle_of[v] = keep
                offset[v] += shift
            members[keep] += members[drop]
            entering[keep] += entering[drop]
            members[drop], entering[drop] = [], []
            position[keep], total[keep] = merged, mass
            own = keep
    return [position[bundle_of[v]] + offset[v] for v in range(len(wish))]
