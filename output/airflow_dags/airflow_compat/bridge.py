"""Run an Airflow operator, or a function that has Airflow in it, inside Dagster: for what has no counterpart.

Needs Airflow (2.9 or later, or 3) where the asset runs, with its connections in AIRFLOW_CONN_ variables; no metadata
database, scheduler or DAG. https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/operators.html
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any

from . import exceptions
from .context import AirflowContext

OUTCOMES = (
    "AirflowSkipException",
    "AirflowFailException",
    "AirflowSensorTimeout",
    "AirflowTaskTimeout",
    "AirflowNotFoundException",
)


def execute_operator(operator: Any, airflow: AirflowContext) -> Any:
    """Render the operator's template fields with this context, execute it, and return its value.

    What it pushes by key is in `airflow.pushed` afterwards. A sensor in mode "reschedule" pokes instead; a deferrable
    operator's trigger is awaited here. Raises this package's AirflowSkipException, AirflowFailException … for
    Airflow's, and anything else as it is.
    """
    operator = operator.prepare_for_execution()  # a copy whose attributes may be set without looking for XComArgs
    if hasattr(operator, "reschedule"):
        operator.mode = "poke"  # there is no scheduler that would wake it up
    context: dict[str, Any] = dict(airflow)
    context["task"] = airflow.ti.task = operator
    with _translated(), _current(context):
        operator.render_template_fields(context, airflow.dag.environment(native=_native(operator)))
        try:
            operator.pre_execute(context)
            result = _finish(operator, context)
            # Airflow 3 does not give a method of the operator's own what it returned.
            operator.post_execute(context, *(() if airflow.dag.airflow == "3" else (result,)))
        except BaseException as error:
            # Only what ends the task from outside; an operator cleans up after its own errors.
            if not isinstance(error, Exception):
                operator.on_kill()
            raise
    return result


def choose_branch(operator: Any, airflow: AirflowContext) -> Any:
    """Execute a branch operator of the user's own; gives the tasks it chose, where Airflow would skip the others."""
    operator.do_branch = lambda context, branches_to_execute: branches_to_execute
    return execute_operator(operator, airflow)


def airflow_function(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that has Airflow in it, which raises this package's exceptions for Airflow's."""

    @wraps(function)
    def calling(*args: Any, **kwargs: Any) -> Any:
        with _translated():
            return function(*args, **kwargs)

    return calling


def notify(notifier: Any, airflow: Mapping[str, Any]) -> None:
    """Call a notifier that is built on Airflow's as a callback, its template fields rendered with this context.

    Anything else that is built on Airflow is called as it is.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/notifications.html
    """
    context = dict(airflow)
    if not hasattr(notifier, "render_template_fields"):
        notifier(context)
        return
    context |= {name: getattr(notifier, name) for name in notifier.template_fields}
    notifier.render_template_fields(context, context["dag"].environment())
    notifier.notify(context)


def _finish(operator: Any, context: Mapping[str, Any]) -> Any:
    """Execute, and resume as often as the operator defers."""
    deferred = import_module("airflow.exceptions").TaskDeferred
    method = operator.execute
    arguments: dict[str, Any] = {}
    sentinel = {f"{type(operator).__name__}__sentinel": _sentinel()}
    while True:
        try:
            return method(context=context, **arguments, **sentinel)
        except deferred as request:
            event = asyncio.run(_first_event(request.trigger, request.timeout))
            method, sentinel = operator.resume_execution, {}
            arguments = {
                "next_method": request.method_name,
                "next_kwargs": {**(request.kwargs or {}), "event": event.payload if event else None},
            }


async def _first_event(trigger: Any, timeout: Any) -> Any:
    async def first() -> Any:
        async for event in trigger.run():
            return event
        return None

    return await asyncio.wait_for(first(), timeout.total_seconds() if timeout else None)


def _native(operator: Any) -> bool | None:
    """The operator's own `render_template_as_native_obj`, in Airflow 3.3."""
    own = getattr(operator, "render_template_as_native_obj", None)
    return own if isinstance(own, bool) else None


def _sentinel() -> Any:
    """What tells Airflow that an operator's execute() is not called from another operator's."""
    try:
        return import_module("airflow.sdk.bases.operator").ExecutorSafeguard.sentinel_value
    except ImportError:
        return import_module("airflow.models.baseoperator")._sentinel


@contextmanager
def _current(context: Any) -> Iterator[None]:
    """Let `get_current_context()` answer, in operators and in what they call."""
    try:
        module = import_module("airflow.sdk.execution_time.context")
    except ImportError:
        module = import_module("airflow.models.taskinstance")
    with module.set_current_context(context):
        yield


@contextmanager
def _translated() -> Iterator[None]:
    """Raise this package's exceptions for Airflow's own, which carry the same names."""
    try:
        yield
    except BaseException as error:
        names = [cls.__name__ for cls in type(error).__mro__]
        for name in OUTCOMES:
            if name in names and not isinstance(error, getattr(exceptions, name)):
                raise getattr(exceptions, name)(*error.args) from error
        raise
