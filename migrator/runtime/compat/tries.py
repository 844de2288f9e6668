"""How often the task that is running is tried again: Airflow tells a task, and Dagster does not."""

from contextvars import ContextVar
from typing import Any

RETRIES: ContextVar[int | None] = ContextVar("RETRIES", default=None)
"""The retries of the task whose function is being called, where `airflow_task` or a graph sees to them."""


def retries_of(op: Any) -> int:
    """The retries of the op with this context: those above, or of its `retry_policy`."""
    known = RETRIES.get()
    if known:
        return known
    definition = getattr(op, "op_def", None)  # none in a direct call
    policy = getattr(definition, "retry_policy", None)
    return policy.max_retries if policy else 0
