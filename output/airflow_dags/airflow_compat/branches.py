"""Branches and short circuits among plain assets: what is not chosen ends without a value, and so does what follows it.

    @dg.asset
    @branch("large", "small", airflow="3")
    def size() -> Any:
        return "large"

    @dg.asset(output_required=False)
    @airflow_task()
    @chosen("large", by="size")
    def large() -> None: ...

This is exact where every trigger rule is all_success and each branch keeps to itself; other DAGs need an AirflowGraph.
The value of such an asset is a dict of what Airflow's task would push, the tasks to go on with under Airflow's own key.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/dags.html#branching
"""

import datetime as dt
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pendulum

from .cron import next_tick
from .dag import AirflowDag
from .exceptions import AirflowException, AirflowSkipException

DECISION = "skipmixin_key"

WORDS = dict.fromkeys(("true", "t", "yes", "y", "1", "on"), True)
WORDS |= dict.fromkeys(("false", "f", "no", "n", "0", "off"), False)

Bound = dt.datetime | dt.time | None
Function = Callable[..., Any]
Decorator = Callable[[Function], Function]


def branch(
    *tasks: str, airflow: str, groups: Mapping[str, Sequence[str]] | None = None, do_xcom_push: bool = True
) -> Decorator:
    """Let a function name those of the tasks directly downstream to go on with: an id, several, or None for none.

    `groups`: the ids of task groups that it may name as well, and which of the tasks each begins with.
    """
    known = {**{task: [task] for task in tasks}, **(groups or {})}

    def chosen(value: Any) -> set[str]:
        if value is None and airflow == "1":
            raise AirflowException("a branch of Airflow 1 has to name the task to go on with")
        names = [] if value is None else [value] if isinstance(value, str) else list(value)
        if unknown := [name for name in names if name not in known]:
            raise AirflowException(f"'branch_task_ids' must contain only valid task_ids. Invalid: {unknown}")
        return {task for name in names for task in known[name]}

    return _deciding(chosen, tasks, airflow, do_xcom_push)


def short_circuit(*tasks: str, airflow: str, do_xcom_push: bool = True) -> Decorator:
    """Let a function say whether to go on with the tasks directly downstream."""
    return _deciding(lambda value: tasks if value else (), tasks, airflow, do_xcom_push)


def chosen(task: str, *, by: str) -> Decorator:
    """Let a task be skipped unless it is one to go on with, as the value of its input `by` says.

    The function itself needs no parameter of that name.
    """

    def decorate(function: Function) -> Function:
        signature = inspect.signature(function)
        has_own = by in signature.parameters

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            decision = kwargs[by] if has_own else kwargs.pop(by)
            if task not in decision[DECISION]["followed"]:
                raise AirflowSkipException(f"`{by}` has not chosen it")
            return function(*args, **kwargs)

        if not has_own:
            parameters = [
                *signature.parameters.values(),
                inspect.Parameter(by, inspect.Parameter.POSITIONAL_OR_KEYWORD),
            ]
            wrapper.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return wrapper

    return decorate


def is_latest(dag: AirflowDag, context: Any) -> bool:
    """Whether the run is the latest of the DAG's schedule, as LatestOnlyOperator asks; a manual run counts as such."""
    dates, timing = dag.context(context).dates, dag.timing
    if dates.run_type == "manual" or dates.data_interval_end is None:
        return True
    end = dates.data_interval_end
    if timing.cron:
        following = next_tick(timing.cron, timing.timezone, end)
    elif timing.interval:
        following = end + timing.interval
    else:
        return True
    return bool(end < pendulum.now("UTC") <= following)


def within(now: dt.datetime, lower: Bound, upper: Bound, timezone: str = "UTC") -> bool:
    """Whether a moment lies between two bounds, as BranchDateTimeOperator asks; times of day are of the moment's day.

    Bounds without a time zone are in `timezone`, the DAG's.
    """
    first, last = _on_day(now, lower), _on_day(now, upper)
    if not (isinstance(lower, dt.datetime) and isinstance(upper, dt.datetime)) and first and last and last < first:
        last += dt.timedelta(days=1)
    zone = pendulum.timezone(timezone)
    first, last = [date.replace(tzinfo=zone) if date and date.tzinfo is None else date for date in (first, last)]
    return not ((last and last < now) or (first and first > now))


def _on_day(day: dt.datetime, bound: Bound) -> dt.datetime | None:
    return dt.datetime.combine(day, bound) if isinstance(bound, dt.time) else bound


def truth(row: Any) -> bool:
    """What BranchSQLOperator makes of the first row of its query. Raises AirflowException where that is unclear."""
    if row is None:
        raise AirflowException("No rows returned from sql query. Operator expected True or False return value.")
    value = row[0] if isinstance(row, list | tuple) else row
    value = value[0] if isinstance(row, list) and isinstance(value, list) else value
    if isinstance(value, str) and value.casefold() in WORDS:
        return WORDS[value.casefold()]
    if isinstance(value, int):
        return bool(value)
    raise AirflowException(f"Unexpected query return result {value!r} type {type(value)}")


def _deciding(
    choose: Callable[[Any], Iterable[str]], tasks: Sequence[str], airflow: str, do_xcom_push: bool
) -> Decorator:
    def decorate(function: Function) -> Function:
        @functools.wraps(function)
        def task(*args: Any, **kwargs: Any) -> dict[str, Any]:
            value = function(*args, **kwargs)
            chosen = set(choose(value))
            decision = {DECISION: {"followed": [name for name in tasks if name in chosen]}}
            if not do_xcom_push or value is None or (airflow == "3" and len(chosen) < len(tasks)):
                return decision  # Airflow 3 ends a task that skips others before it pushes what is returned
            return {**decision, "return_value": value}

        return task

    return decorate
