"""Work shared between processes. Imported only where it is, since starting processes takes much of Python."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def shared(work: Callable[[Sequence[A]], list[B]], items: Sequence[A], workers: int) -> Iterator[list[B]]:
    """What `work` makes of all items, a piece of the sequence at a time and in its order."""
    size = max(1, len(items) // (workers * 8))
    pieces = [items[start : start + size] for start in range(0, len(items), size)]
    with ProcessPoolExecutor(workers, initializer=_die_of_interrupts) as pool:
        try:
            yield from pool.map(work, pieces)
        except BaseException:
            # An interrupt, mostly: leaving the pool would wait for what is being done.
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _die_of_interrupts() -> None:
    """Ctrl-C reaches every process; what is to be said about it the first one says."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
