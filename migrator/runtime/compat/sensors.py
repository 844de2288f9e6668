"""Waiting, as Airflow's sensors wait.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/sensors.html

A sensor occupies its step while it waits, as in Airflow's mode "poke". Where the wait is long, a Dagster sensor that
launches the run is the better form.
"""

import hashlib
import logging
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from glob import glob
from operator import itemgetter
from pathlib import Path
from typing import Any

import pendulum

from .exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSensorTimeout,
    AirflowSkipException,
    AirflowTaskTimeout,
)

Seconds = float | timedelta
WEEK = 7 * 24 * 60 * 60

log = logging.getLogger(__name__)


@dataclass
class PokeReturnValue:
    """What a poke may return: whether the wait is over, and the sensor's XCom value then."""

    is_done: bool | Any
    xcom_value: Any = None

    def __bool__(self) -> bool:
        return bool(self.is_done)


def poke_until(
    poke: Callable[[], Any],
    *,
    poke_interval: Seconds = 60,
    timeout: Seconds = WEEK,
    soft_fail: bool = False,
    silent_fail: bool = False,
    never_fail: bool = False,
    exponential_backoff: bool = False,
    max_wait: Seconds | None = None,
    task: str = "",
) -> Any:
    """Call `poke` every `poke_interval` until it returns something true.

    Returns the `xcom_value` of a PokeReturnValue, else None. Raises AirflowSensorTimeout after `timeout`
    (AirflowSkipException with `soft_fail`), and what `poke` raises; an exception counts as "not yet" with `silent_fail`
    and skips with `never_fail`. With `exponential_backoff` the interval doubles, up to `max_wait`; `task` is then
    "dag_id#task_id", which spreads the intervals of different sensors.
    """
    started = time.monotonic()
    limit = _seconds(timeout)
    count = 1
    while True:
        try:
            answer = poke()
        except (AirflowSensorTimeout, AirflowTaskTimeout, AirflowFailException) as error:
            if soft_fail or never_fail:
                reason = "soft_fail" if soft_fail else "never_fail"
                raise AirflowSkipException(f"Skipping due to {reason} is set to True.") from error
            raise
        except AirflowSkipException:
            raise
        except Exception as error:
            if silent_fail:
                log.exception("Sensor poke failed")
                answer = False
            elif never_fail:
                raise AirflowSkipException("Skipping due to never_fail is set to True.") from error
            else:
                raise
        if answer:
            return answer.xcom_value if isinstance(answer, PokeReturnValue) else None
        waited = time.monotonic() - started
        if waited > limit:
            message = (
                f"Sensor has timed out; run duration of {waited} seconds exceeds the specified timeout of {limit}."
            )
            raise AirflowSkipException(message) if soft_fail else AirflowSensorTimeout(message)
        wait = _seconds(poke_interval)
        if exponential_backoff:
            most = _seconds(max_wait) if max_wait else None
            wait = next_interval(wait, f"{task}#{started}", count, limit - int(waited), most)
        time.sleep(wait)
        count += 1


def next_interval(poke_interval: float, key: str, count: int, left: float, most: float | None = None) -> float:
    """Seconds to wait after poke number `count`, as Airflow computes them: doubling, plus as much again at most.

    `key` decides how much: `dag_id#task_id#start`. No more than `left`, the time until the timeout, and `most`.
    """
    least = max(int(poke_interval * 2 ** (count - 2)), 1)
    spread = int(hashlib.sha1(f"{key}#{count}".encode(), usedforsecurity=False).hexdigest(), 16) % least
    wait = min(left, least + spread)
    return float(min(most, wait) if most else wait)


def wait_until(moment: datetime | str, **options: Any) -> bool | None:
    """Poll until a moment has passed; one without time zone is UTC. `options` are those of `poke_until`.

    True where it had passed before, None where there was something to wait for.
    """
    target = _point(moment)
    if has_passed(target):
        return True
    poke_until(lambda: has_passed(target), **options)
    return None


def has_passed(moment: datetime | str) -> bool:
    """Whether a moment has passed; one without time zone is UTC."""
    return datetime.now(timezone.utc) > _point(moment)


def _point(moment: datetime | str) -> datetime:
    parsed = pendulum.parse(moment, tz="UTC", strict=False) if isinstance(moment, str) else moment
    if not isinstance(parsed, datetime):
        raise ValueError(f"{moment!r} is not a date and time")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=timezone.utc)


def file_exists(path: str, recursive: bool = False) -> bool:
    """FileSensor: whether the pattern matches a file, or a folder that has one somewhere in it."""
    found = glob(path, recursive=recursive)
    return any(Path(name).is_file() or any(files for _, _, files in os.walk(name)) for name in found)


def bash_succeeds(command: str, env: Mapping[str, str] | None = None, retry_exit_code: int | None = None) -> bool:
    """BashSensor: whether the command exits with 0.

    With `retry_exit_code` only that code means "not yet"; any other raises AirflowFailException.
    """
    with tempfile.TemporaryDirectory(prefix="airflowtmp") as folder:
        arguments = [shutil.which("bash") or "bash", "-c", command]
        done = subprocess.run(arguments, cwd=folder, env=env, stderr=subprocess.STDOUT, check=False)
    if done.returncode == 0 or retry_exit_code is None or done.returncode == retry_exit_code:
        return done.returncode == 0
    raise AirflowFailException(f"Command exited with return code {done.returncode}")


def rows_ready(
    records: Any,
    *,
    success: Callable[[Any], Any] | None = None,
    failure: Callable[[Any], Any] | None = None,
    selector: Callable[[Any], Any] = itemgetter(0),
    fail_on_empty: bool = False,
    allow_null: bool = False,
) -> Any:
    """SqlSensor: whether the value that `selector` takes of the first row is true, or as `success` says.

    No rows mean "not yet". Raises AirflowException for them with `fail_on_empty`, and where `failure` says so. NULL is
    true with `allow_null`, as by default before Airflow 2.
    """
    if not records:
        if fail_on_empty:
            raise AirflowException("No rows returned, raising as per fail_on_empty flag")
        return False
    value = selector(records[0])
    if failure is not None and failure(value):
        raise AirflowException(f"Failure criteria met. self.failure({value}) returned True")
    if success is not None:
        return success(value)
    return (allow_null and value is None) or bool(value)


def http_ready(
    request: Callable[[], Any],
    *,
    response_check: Callable[[Any], Any] | None = None,
    response_error_codes_allowlist: Iterable[str] = ("404",),
) -> Any:
    """HttpSensor: whether the request succeeds and `response_check` accepts its response.

    An HTTP error whose status begins with one of `response_error_codes_allowlist` means "not yet"; others are raised.
    """
    try:
        response = request()
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        if status is not None and str(status).startswith(tuple(response_error_codes_allowlist)):
            return False
        raise
    return True if response_check is None else response_check(response)


def _seconds(duration: Seconds) -> float:
    return duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
