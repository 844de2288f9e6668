"""The tries of a task: how often, after how long, for how long.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html
"""

import hashlib
import logging
import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import dagster as dg

from .exceptions import AirflowTaskTimeout

log = logging.getLogger(__name__)
Seconds = float | timedelta
MAX_RETRY_DELAY = 24 * 60 * 60
"""Airflow lets no task wait longer than a day (`[core] max_task_retry_delay`)."""

RETRIES: ContextVar[int | None] = ContextVar("RETRIES", default=None)
"""The retries of the task whose function is being called, where `airflow_task` or a graph sees to them: Airflow tells a
task, and Dagster does not."""


def retries_of(op: dg.OpExecutionContext) -> int:
    """The retries of the op with this context: those above, or of its `retry_policy`."""
    known = RETRIES.get()
    if known:
        return known
    try:
        policy = op.op_def.retry_policy
    except dg.DagsterError:  # a test calls the function directly
        return 0
    return policy.max_retries if policy else 0


def backoff(delay: float, multiplier: float, key: str, try_number: int, most: Seconds | None = None) -> float:
    """Seconds until the next try, as Airflow computes them: `delay` grows with each try, plus as much again at most.

    `key` is the task instance, `dag_id#task_id#logical_date`: the second part is no chance, but its hash.
    """
    try:
        least = max(math.ceil(delay * multiplier ** (try_number - 1)), 1)
    except OverflowError:
        least = MAX_RETRY_DELAY
    spread = int(hashlib.sha1(f"{key}#{try_number}".encode(), usedforsecurity=False).hexdigest(), 16) % least
    wait = float(min(least + spread, MAX_RETRY_DELAY))
    return min(wait, seconds(most)) if most else wait


@contextmanager
def time_limit(limit: Seconds | None) -> Iterator[None]:
    """Raises AirflowTaskTimeout in the body after that time; Dagster has no limit for a single op.

    By SIGALRM, as Airflow does it: without that signal, or outside the main thread, a warning, and no limit.
    """
    wait = seconds(limit) if limit is not None else None
    if wait is None:
        yield
        return
    if wait <= 0:
        raise AirflowTaskTimeout("Timeout")

    def expire(*_: Any) -> None:
        raise AirflowTaskTimeout(f"Timeout after {wait} s")

    try:
        previous = signal.signal(signal.SIGALRM, expire)
    except (AttributeError, ValueError):
        log.warning("execution_timeout needs SIGALRM and the main thread; running without it")
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, wait)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def seconds(time: Seconds) -> float:
    """A time as seconds."""
    return time.total_seconds() if isinstance(time, timedelta) else float(time)
