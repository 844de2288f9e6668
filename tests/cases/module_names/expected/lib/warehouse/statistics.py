"""What the statistics of Python's own do not have."""

from statistics import mean


def spread(values):
    return max(values) - mean(values)
