"""How often the task that is running is tried again: Airflow tells a task, and Dagster does not."""

from contextvars import ContextVar

import dagster as dg

RETRIES: ContextVar[int | None] = ContextVar("RETRIES", default=None)
"""The retries of the task whose function is being called, where `airflow_task` or a graph sees to them."""


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
