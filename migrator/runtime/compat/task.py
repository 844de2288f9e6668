"""A task's outcomes as Airflow has them: skipped, failed for good, timed out, tried again after a growing delay.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html
https://docs.dagster.io/guides/build/ops/op-retries
"""

import functools
import hashlib
import inspect
import logging
import math
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Protocol

import dagster as dg

from .exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
    UnfinishedTaskError,
)
from .tries import RETRIES

MAX_RETRY_DELAY = 24 * 60 * 60
"""Airflow lets no task wait longer than a day (`[core] max_task_retry_delay`)."""

Seconds = float | timedelta
Callback = Callable[[Any], Any]
Callbacks = Callback | Sequence[Callback] | None
Function = Callable[..., Any]
STATES = {
    "execute": "running",
    "success": "success",
    "failure": "failed",
    "retry": "up_for_retry",
    "skipped": "skipped",
}
"""What a task instance's state is when its callbacks are called."""
EVENTS = (dg.Output, dg.MaterializeResult, dg.AssetCheckResult)

Context = dg.AssetExecutionContext | dg.OpExecutionContext | dg.AssetCheckExecutionContext

log = logging.getLogger(__name__)


class Dag(Protocol):
    """What is needed of an AirflowDag."""

    @property
    def dag_id(self) -> str: ...

    @property
    def airflow(self) -> str: ...

    def context(self, context: Any, task_id: str = "", *, retries: int = 0, **variables: Any) -> Any: ...


def airflow_task(
    *,
    retries: int = 0,
    retry_delay: Seconds = 300,
    retry_exponential_backoff: bool | float = False,
    max_retry_delay: Seconds | None = None,
    execution_timeout: Seconds | None = None,
    dag: Dag | None = None,
    task_id: str = "",
    on_execute_callback: Callbacks = None,
    on_success_callback: Callbacks = None,
    on_failure_callback: Callbacks = None,
    on_retry_callback: Callbacks = None,
    on_skipped_callback: Callbacks = None,
    multiple_outputs: bool = False,
) -> Callable[[Function], Function]:
    """Let a function under `@dg.asset`, `@dg.op` or `@dg.asset_check` end in the ways an Airflow task can end.

    AirflowSkipException: no output, so that what depends on it is skipped; the asset needs `output_required=False`.
    AirflowFailException, AirflowSensorTimeout, UnfinishedTaskError: failed, without another try. More than
    `execution_timeout` (seconds or a timedelta), or any other exception: a failed try. It is repeated `retries` times,
    after `retry_delay`; with `retry_exponential_backoff` that grows with each try, twofold or by the number given. With
    `retries=0` the asset's own `retry_policy` decides; do not give both. With `multiple_outputs`, a try fails that
    returns anything but a dict with text as keys.

    Callbacks get the Airflow context, with `exception` in it where there is one. They need `dag`, and so does the
    backoff. Raises TypeError for generator and async functions, which no callable of an Airflow task is.
    """
    callbacks = {
        "execute": on_execute_callback,
        "success": on_success_callback,
        "failure": on_failure_callback,
        "retry": on_retry_callback,
        "skipped": on_skipped_callback,
    }
    if dag is None and (retry_exponential_backoff or any(callbacks.values())):
        raise TypeError("callbacks and retry_exponential_backoff need dag=")
    multiplier = 2.0 if retry_exponential_backoff is True else float(retry_exponential_backoff)
    rules = Rules(dag, task_id, retries, retry_delay, multiplier, max_retry_delay, execution_timeout, callbacks)
    rules = replace(rules, multiple_outputs=multiple_outputs)

    def decorate(function: Function) -> Function:
        for refused in (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction):
            if refused(function):
                raise TypeError(f"{function.__name__} is a generator or async function, which no Airflow task is")

        @functools.wraps(function)
        def task(*args: Any, **kwargs: Any) -> Iterator[Any]:
            # A generator, for Dagster has no other way not to yield an output.
            yield from rules.run(functools.partial(function, *args, **kwargs), _context_of(args, kwargs))

        return task

    return decorate


@dataclass(frozen=True)
class Rules:
    """What becomes of a task's tries."""

    dag: Dag | None
    task_id: str
    retries: int
    retry_delay: Seconds
    multiplier: float
    max_retry_delay: Seconds | None
    execution_timeout: Seconds | None
    callbacks: Mapping[str, Callbacks]
    multiple_outputs: bool = False

    def run(self, function: Callable[[], Any], context: Context | None) -> Iterator[Any]:
        """One try. Yields its output, if there is one; raises what Dagster must see where it fails."""
        airflow_2 = self.dag is not None and self.dag.airflow != "3"
        self._call("execute", context)
        before = RETRIES.set(self.retries)
        try:
            with time_limit(self.execution_timeout):
                result = function()
            if self.multiple_outputs:
                check_outputs(result)
        except AirflowSkipException as skip:
            log.info("skipped: %s", skip)
            self._call("skipped", context)
            if airflow_2:  # it counts a skip as a success here
                self._call("success", context, state="skipped")
            return
        except (AirflowFailException, AirflowSensorTimeout, UnfinishedTaskError) as error:
            self._call("failure", context, exception=error)
            raise dg.Failure(f"{type(error).__name__}: {error}", allow_retries=False) from error
        except SystemExit as end:
            if not airflow_2 or end.code not in (None, 0):
                failure = AirflowException(f"Task failed due to SystemExit({end.code})")
                raise self._failed(failure, context, shown=end) from end
            result = None  # sys.exit(0) ends a task well in Airflow 2, and fails it in Airflow 3
        except (Exception, AirflowTaskTimeout) as error:
            outcome = self._failed(error, context)
            if outcome is error:
                raise
            raise outcome from error
        finally:
            RETRIES.reset(before)
        if isinstance(result, dg.AssetCheckResult) and not result.passed:
            # Airflow's task fails; here the check itself tells that to what depends on its asset.
            outcome = self._failed(AirflowException(result.description or "the check failed"), context)
            if isinstance(outcome, dg.RetryRequested):
                raise outcome
        else:
            self._call("success", context)
        yield result if isinstance(result, EVENTS) else dg.Output(result)

    def _failed(
        self, error: Exception | AirflowTaskTimeout, context: Context | None, shown: BaseException | None = None
    ) -> Exception:
        """What to raise for a failed try: the request for another one, or the failure. Callbacks get `shown`."""
        shown = shown or error
        tries = _try_number(context)
        if context is not None and tries <= self.retries:
            self._call("retry", context, exception=shown)
            return dg.RetryRequested(max_retries=self.retries, seconds_to_wait=self._delay(tries, context))
        self._call("failure", context, exception=shown)
        # Dagster retries an Exception, and AirflowTaskTimeout is none.
        return error if isinstance(error, Exception) else dg.Failure(f"{type(error).__name__}: {error}")

    def _delay(self, tries: int, context: Context) -> float:
        if self.dag is None or self.multiplier in (0, 1):
            return _seconds(self.retry_delay)
        date = self.dag.context(context, self.task_id).dates.logical_date
        key = f"{self.dag.dag_id}#{self.task_id}#{date}"
        return backoff(_seconds(self.retry_delay), self.multiplier, key, tries, self.max_retry_delay)

    def _call(self, event: str, context: Context | None, state: str = "", **variables: Any) -> None:
        """Call the callbacks for an event. Like Airflow, log what they raise and go on."""
        callbacks = self.callbacks[event]
        if not callbacks or self.dag is None or context is None:
            return
        if self.dag.airflow == "3" and event in ("success", "skipped"):
            variables = {"exception": None, **variables}
        airflow = self.dag.context(context, self.task_id, retries=self.retries, **variables)
        airflow.ti.state = state or STATES[event]
        for callback in [callbacks] if callable(callbacks) else callbacks:
            try:
                callback(airflow)
            except Exception:
                log.exception("callback %s failed", callback)


def check_outputs(value: Any) -> None:
    """Airflow pushes each key of the value. Raises TypeError where it could not; None pushes nothing."""
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise TypeError(f"Returned output was type {type(value)} expected dictionary for multiple_outputs")
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"Returned dictionary keys must be strings when using multiple_outputs, found {key!r}")


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
    return min(wait, _seconds(most)) if most else wait


@contextmanager
def time_limit(limit: Seconds | None) -> Iterator[None]:
    """Raises AirflowTaskTimeout in the body after that time; Dagster has no limit for a single op.

    By SIGALRM, as Airflow does it: without that signal, or outside the main thread, a warning, and no limit.
    """
    seconds = _seconds(limit) if limit is not None else None
    if seconds is None:
        yield
        return
    if seconds <= 0:
        raise AirflowTaskTimeout("Timeout")

    def expire(*_: Any) -> None:
        raise AirflowTaskTimeout(f"Timeout after {seconds} s")

    try:
        previous = signal.signal(signal.SIGALRM, expire)
    except (AttributeError, ValueError):
        log.warning("execution_timeout needs SIGALRM and the main thread; running without it")
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _context_of(args: Sequence[Any], kwargs: dict[str, Any]) -> Context | None:
    """The Dagster context: the function's argument, or else the one that is current; None in a direct call."""
    for value in (*args, *kwargs.values()):
        if isinstance(value, (dg.OpExecutionContext, dg.AssetExecutionContext, dg.AssetCheckExecutionContext)):
            return value
    try:
        return dg.OpExecutionContext.get()
    except dg.DagsterInvariantViolationError:
        return None


def _try_number(context: Context | None) -> int:
    if context is None:
        return 1
    op = context if isinstance(context, dg.OpExecutionContext) else context.op_execution_context
    return int(getattr(op, "retry_number", 0)) + 1  # a direct call, in a unit test, has none


def _seconds(time: Seconds) -> float:
    return time.total_seconds() if isinstance(time, timedelta) else float(time)
