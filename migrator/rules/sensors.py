"""Tasks that wait: for a file, a time, a row, a response or whatever a function says.

In Dagster they wait as Airflow's do, by polling inside the asset, so that what depends on them waits as well.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from ..airflow_model import Symbol, Value
from .api import Gate, Result, TaskView, rule
from .python import classic_call, decorated_call, function_text, may_raise_skip
from .sql import database, served
from .text import call, has, pushes, rendered_unless, seconds, unless

_SENSORS = "airflow.providers.standard.sensors"
_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


@rule(f"{_SENSORS}.filesystem.FileSensor")
def file_sensor(view: TaskView) -> Result:
    """Polls until a file, or a folder that holds one, matches the path.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/file.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    path, recursive = view.template("filepath"), unless(view, "recursive", False)
    literal = view.value("filepath")
    if isinstance(literal, str) and literal.startswith("/"):
        view.drop("fs_conn_id", "The path is absolute, so the connection's folder does not matter.")
        found = call(view.compat("sensors", "file_exists"), path, recursive=recursive)
    else:
        folder = view.connection("fs_conn_id", "fs", "fs_default")
        found = call(f"{folder}.exists", path, recursive=recursive)
    _drop_trigger(view)
    return _poll(view, found)


@rule(f"{_SENSORS}.python.PythonSensor")
def python_sensor(view: TaskView) -> Result:
    """Polls until the function returns something true; a PokeReturnValue's value becomes the asset's.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/python.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    text = function_text(view, classic_call(view))
    return text if isinstance(text, Result) else _poll(view, text, returns=True)


@rule("@task.sensor", "airflow.providers.standard.decorators.sensor.DecoratedSensorOperator")
def task_sensor(view: TaskView) -> Result:
    """Polls until the decorated function returns something true; a PokeReturnValue's value becomes the asset's.

    Airflow: https://airflow.apache.org/docs/apache-airflow/stable/tutorial/taskflow.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    text = function_text(view, decorated_call(view))
    return text if isinstance(text, Result) else _poll(view, text, returns=True)


@rule(f"{_SENSORS}.bash.BashSensor")
def bash_sensor(view: TaskView) -> Result:
    """Polls until the command exits with 0.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/bash.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    if view.value("output_encoding", "utf-8") != "utf-8":
        view.unsupported("output_encoding", "The output is read as UTF-8.")
    command = call(
        view.compat("sensors", "bash_succeeds"),
        view.template("bash_command"),
        env=rendered_unless(view, "env", None),
        retry_exit_code=unless(view, "retry_exit_code", None),
    )
    return _poll(view, command)


@rule("airflow.providers.common.sql.sensors.sql.SqlSensor")
def sql_sensor(view: TaskView) -> Result:
    """Polls until the first value of the query's first row is true, or as the given functions say.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-common-sql/stable/sensors.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    if not served(view, "conn_id"):
        return view.bridge()
    # Before Airflow 2, the parameters were no template, and a first value of NULL was true unless allow_null=False.
    first = view.dag.airflow == "1"
    parameters = view.code("parameters") if first else view.template("parameters")
    records = call(
        f"{database(view, 'conn_id', None, None)}.get_records",
        view.template("sql"),
        parameters if has(view, "parameters") else "",
    )
    null_passes = first and view.literal("allow_null", bool, True)
    ready = call(
        view.compat("sensors", "rows_ready"),
        records,
        success=unless(view, "success", None),
        failure=unless(view, "failure", None),
        selector=unless(view, "selector", None),
        fail_on_empty=unless(view, "fail_on_empty", False),
        allow_null="True" if null_passes else None,
    )
    return _poll(view, ready)


@rule(f"{_SENSORS}.time.TimeSensor", f"{_SENSORS}.time.TimeSensorAsync")
def time_sensor(view: TaskView) -> Result:
    """Polls until it is later than the time of day, in the DAG's time zone.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/datetime.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    now = call(f"{view.library('datetime', 'datetime')}.now", _timezone(view))
    waits = view.dag.airflow == "3" or view.task.name.endswith("Async")
    _drop_trigger(view)
    target = view.code("target_time")
    if not waits:
        # Until Airflow 3, the clock times are compared: after midnight the target is ahead again.
        return _poll(view, f"{now}.time() > {target}")
    combine = f"{view.library('datetime', 'datetime')}.combine"
    return _wait(view, call(combine, f"{now}.date()", target, _timezone(view)))


@rule(f"{_SENSORS}.time_delta.TimeDeltaSensor", f"{_SENSORS}.time_delta.TimeDeltaSensorAsync")
def time_delta_sensor(view: TaskView) -> Result:
    """Polls until the given time has passed since the end of the data interval.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/datetime.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    airflow = view.airflow_context()
    base = f'{airflow}["data_interval_end"]'
    if view.dag.airflow == "3":
        # Runs without a data interval exist since Airflow 3; they count from when they may start.
        base = f'({airflow}.get("data_interval_end") or {airflow}["dag_run"].run_after)'
    tells = _defers(view) and pushes(view)  # that the time had passed before
    if tells and view.gates:
        view.differs("Where the time has passed before, Airflow pushes True; here nothing is pushed.")
    _drop_trigger(view)
    return _wait(view, f"{base} + {_delta(view, 'delta')}", returns=tells)


@rule(f"{_SENSORS}.date_time.DateTimeSensor", f"{_SENSORS}.date_time.DateTimeSensorAsync")
def date_time_sensor(view: TaskView) -> Result:
    """Polls until the given moment has passed.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/datetime.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    _drop_trigger(view)
    return _wait(view, view.template("target_time"))


@rule(f"{_SENSORS}.time_delta.WaitSensor")
def wait_sensor(view: TaskView) -> Result:
    """Sleeps for the given time, counted from the start of the task.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/datetime.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    for name in ("poke_interval", "timeout", "mode", "soft_fail", "exponential_backoff", "max_wait"):
        view.drop(name, "WaitSensor sleeps once and polls nothing.")
    for name in ("silent_fail", "never_fail"):
        view.drop(name, "WaitSensor sleeps once and polls nothing.")
    _deferrable(view)
    sleep = f"{view.library('time')}.sleep"
    return Result(view.text(call(sleep, f"{_delta(view, 'time_to_wait')}.total_seconds()")), returns="None")


@rule(f"{_SENSORS}.weekday.DayOfWeekSensor")
def day_of_week_sensor(view: TaskView) -> Result:
    """Polls until it is one of the given days of the week, or checks the logical date's.

    Airflow: https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/sensors/datetime.html
    Dagster: https://docs.dagster.io/guides/automate/sensors
    """
    days = week_days(view.value("week_day"))
    if not days:
        return view.bridge()
    logical = view.literal("use_task_logical_date", bool, False) or view.literal("use_task_execution_day", bool, False)
    if logical:
        today = f'{view.airflow_context()}["logical_date"]'
    else:
        now = f"{view.library('datetime', 'datetime')}.now"
        today = call(now, f"{view.library('datetime', 'timezone')}.utc")
    wanted = [str(day) for day in sorted(days)]
    return _poll(
        view, f"{today}.isoweekday() " + (f"== {wanted[0]}" if len(days) == 1 else f"in {{{', '.join(wanted)}}}")
    )


def poll_text(view: TaskView, function: str, first: str) -> str:
    """A call of `poke_until` or `wait_until` with the arguments that every sensor has."""
    if view.value("mode", "poke") != "poke":
        view.differs(
            "mode='reschedule': it polls in place and keeps its slot between two looks; "
            "its timeout begins again with each retry."
        )
    _deferrable(view)
    return call(
        view.compat("sensors", function),
        first,
        poke_interval=seconds(view, "poke_interval", 60),
        timeout=seconds(view, "timeout", 604800),
        soft_fail=unless(view, "soft_fail", False),
        exponential_backoff=unless(view, "exponential_backoff", False),
        max_wait=seconds(view, "max_wait", None),
        silent_fail=unless(view, "silent_fail", False),
        never_fail=unless(view, "never_fail", False),
    )


def skips_on_failure(view: TaskView) -> bool:
    """Whether the sensor ends as skipped when its time is over or its look fails."""
    return any(view.value(name, False) is not False for name in ("soft_fail", "never_fail"))


def times_out_finally(view: TaskView) -> bool:
    """Whether a sensor that timed out is not tried again: since Airflow 2."""
    return view.dag.airflow != "1"


_OF_ITS_STEP = "There is no task that waits: the sensor looks, and the run begins when the condition holds."


def gate(view: TaskView, condition: str) -> Result:
    """The condition by itself, for a Dagster sensor that starts the DAG's runs."""
    every = seconds(view, "poke_interval", 60)
    for name in (*_WAYS_TO_WAIT, *_WAYS_TO_END, *_TRIES):
        if (argument := view.task.argument(name)) is not None and argument.origin == "call":
            view.drop(name, _OF_ITS_STEP)
    number = every is not None and every.replace(".", "", 1).isdigit()
    timeout = seconds(view, "timeout", 604800)
    return Result(view.text(f"return {condition}"), gate=Gate(float(every or 60) if number else 60, timeout))


_WAYS_TO_WAIT = ("mode", "deferrable", "exponential_backoff", "max_wait", "pool", "priority_weight")
_WAYS_TO_END = ("soft_fail", "silent_fail", "never_fail", "execution_timeout")
_TRIES = ("retries", "retry_delay", "retry_exponential_backoff", "max_retry_delay")


def _poll(view: TaskView, looked: str, *, returns: bool = False) -> Result:
    if view.gates:
        return gate(view, looked)
    own = re.fullmatch(r"\((lambda\b.*)\)\(\)", looked, re.DOTALL)
    text = poll_text(view, "poke_until", own[1] if own else f"lambda: {looked}")
    pushed = returns and view.value("do_xcom_push", True) is not False
    return Result(
        view.text(f"return {text}" if pushed else text),
        returns="Any" if pushed else "None",
        may_skip=skips_on_failure(view) or may_raise_skip(view.task.function),
        may_fail_finally=times_out_finally(view),
    )


def _wait(view: TaskView, moment: str, *, returns: bool = False) -> Result:
    if view.gates:
        return gate(view, call(view.compat("sensors", "has_passed"), moment))
    text = poll_text(view, "wait_until", moment)
    return Result(
        view.text(f"return {text}" if returns else text),
        returns="Any" if returns else "None",
        may_skip=skips_on_failure(view),
        may_fail_finally=times_out_finally(view),
    )


def _drop_trigger(view: TaskView) -> None:
    for name in ("start_from_trigger", "trigger_kwargs", "end_from_trigger"):
        view.drop(name, "It says how Airflow's triggerer takes part.")


def _defers(view: TaskView) -> bool:
    return bool(view.value("deferrable", False)) or view.task.name.endswith("Async")


def _deferrable(view: TaskView) -> None:
    if _defers(view):
        view.differs("It waits in place and keeps its slot, where Airflow defers to the triggerer and frees it.")


def _delta(view: TaskView, name: str) -> str:
    """A timedelta; anything else is a number of minutes, perhaps as a template."""
    if isinstance(view.value(name), timedelta | Symbol):
        return view.code(name)
    minutes: Any = view.value(name)
    number = repr(minutes) if isinstance(minutes, int) else f"int({view.template(name)})"
    return call(view.library("datetime", "timedelta"), minutes=number)


def _timezone(view: TaskView) -> str:
    if view.dag.timezone == "UTC":
        return f"{view.library('datetime', 'timezone')}.utc"
    return call(view.library("zoneinfo", "ZoneInfo"), f'"{view.dag.timezone}"')


def week_days(value: Value) -> set[int]:
    """Days of the week by number, Monday is 1; empty where one is not known."""
    match value:
        case str() if value.upper() in _DAYS:
            return {_DAYS.index(value.upper()) + 1}
        case Symbol(path) if path.rpartition(".")[2] in _DAYS:
            return {_DAYS.index(path.rpartition(".")[2]) + 1}
        case list() | tuple() | set() | frozenset():
            found = [week_days(item) for item in value]
            return set().union(*found) if all(found) else set()
    return set()
