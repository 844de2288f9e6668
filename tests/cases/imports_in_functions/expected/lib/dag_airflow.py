"""From dag.py."""


def limited():
    from .team import limits

    return limits.limit()
