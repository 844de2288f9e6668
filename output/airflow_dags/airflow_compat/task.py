"""A task's outcomes as Airflow has them: skipped, failed for good, timed out, tried again after a growing delay.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/tasks.html
https://docs.dagster.io/guides/build/ops/op-retries
"""

import functools
import inspect
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from .tries import RETRIES, Seconds, backoff, seconds, time_limit

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


class Around(Protocol):
    """What is needed of Hooks."""

    def context(self, dag: Any, context: Any, task_id: str, retries: int, given: Mapping[str, Any]) -> Any: ...

    def before(self, airflow: Any) -> None: ...

    def after(self, airflow: Any, result: Any) -> None: ...


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
    hooks: Around | None = None,
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
    backoff, and so do `hooks`, which may skip or fail the try before and after the function. Raises TypeError for
    generator and async functions, which no callable of an Airflow task is.
    """
    callbacks = {
        "execute": on_execute_callback,
        "success": on_success_callback,
        "failure": on_failure_callback,
        "retry": on_retry_callback,
        "skipped": on_skipped_callback,
    }
    if dag is None and (retry_exponential_backoff or hooks or any(callbacks.values())):
        raise TypeError("callbacks, hooks and retry_exponential_backoff need dag=")
    multiplier = 2.0 if retry_exponential_backoff is True else float(retry_exponential_backoff)
    rules = Rules(dag, task_id, retries, retry_delay, multiplier, max_retry_delay, execution_timeout, callbacks)
    rules = replace(rules, multiple_outputs=multiple_outputs, hooks=hooks)

    def decorate(function: Function) -> Function:
        for refused in (inspect.isgeneratorfunction, inspect.iscoroutinefunction, inspect.isasyncgenfunction):
            if refused(function):
                raise TypeError(f"{function.__name__} is a generator or async function, which no Airflow task is")

        @functools.wraps(function)
        def task(*args: Any, **kwargs: Any) -> Iterator[Any]:
            # A generator, for Dagster has no other way not to yield an output.
            def given() -> Mapping[str, Any]:
                return inspect.signature(function).bind_partial(*args, **kwargs).arguments

            yield from rules.run(functools.partial(function, *args, **kwargs), _context_of(args, kwargs), given)

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
    hooks: Around | None = None

    def run(
        self,
        function: Callable[[], Any],
        context: Context | None,
        given: Callable[[], Mapping[str, Any]] = dict,
        returned: Callable[[Any], Any] = lambda result: result.value if isinstance(result, dg.Output) else result,
    ) -> Iterator[Any]:
        """One try. Yields its output, if there is one; raises what Dagster must see where it fails.

        `given` is what the task's function is called with; `returned` says what it returned by what `function` did.
        """
        airflow_2 = self.dag is not None and self.dag.airflow != "3"
        before = RETRIES.set(self.retries)
        hooks = self.hooks if context is not None else None
        try:
            if hooks is not None:
                airflow = hooks.context(self.dag, context, self.task_id, self.retries, given())
                hooks.before(airflow)
            self._call("execute", context)
            with time_limit(self.execution_timeout):
                result = function()
            if hooks is not None:
                hooks.after(airflow, returned(result))
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
            return seconds(self.retry_delay)
        date = self.dag.context(context, self.task_id).dates.logical_date
        key = f"{self.dag.dag_id}#{self.task_id}#{date}"
        return backoff(seconds(self.retry_delay), self.multiplier, key, tries, self.max_retry_delay)

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
