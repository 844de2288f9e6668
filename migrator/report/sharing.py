"""The pages of DAGs, made by several processes where there are many."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .pages import page

if TYPE_CHECKING:
    from .build import Builder

_ENOUGH = 40
"""From how many DAGs on more than one process pays."""
_builders: list[Builder] = []
"""What processes find in their copy of this one: only numbers are sent to them, and pages back."""


def dag_pages(builder: Builder) -> Iterator[tuple[str, str]]:
    """The path and text of each DAG's page, in order and the same whoever makes it."""
    numbers = range(len(builder.dags))
    workers = os.cpu_count() or 1
    # A copy has no other threads, but their locks: beside other threads nothing is copied.
    copies = multiprocessing.get_start_method() == "fork" and threading.active_count() == 1
    _builders.append(builder)
    try:
        if len(numbers) < _ENOUGH or workers < 2 or not copies:
            yield from _pages(numbers)
            return
        from ..read.sharing import shared

        # The first page is made here, so that no copy has to compile the templates and the lexer again.
        yield from _pages(numbers[:1])
        for pages in shared(_pages, numbers[1:], workers):
            yield from pages
    finally:
        _builders.pop()


def _pages(numbers: Sequence[int]) -> list[tuple[str, str]]:
    builder = _builders[-1]
    views = (builder.dag(builder.dags[number]) for number in numbers)
    return [(view.page, page("dag.html", dag=view, source=builder.source, root="../")) for view in views]
