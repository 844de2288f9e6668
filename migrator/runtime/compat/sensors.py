"""Waiting, as Airflow's sensors wait.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/sensors.html

A sensor occupies its step while it waits, as in Airflow's mode "poke". Where the wait is long, a Dagster sensor that
launches the run is the better form.
"""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from .exceptions import AirflowFailException, AirflowSensorTimeout, AirflowSkipException, AirflowTaskTimeout

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


def wait_until(moment: datetime, *, timeout: Seconds | None = None, soft_fail: bool = False) -> None:
    """Sleep until a point in time; one without time zone is UTC. `timeout` as in `poke_until`."""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    left = (moment - datetime.now(timezone.utc)).total_seconds()
    if timeout is not None and left > _seconds(timeout):
        time.sleep(_seconds(timeout))
        message = f"Sensor has timed out before {moment}."
        raise AirflowSkipException(message) if soft_fail else AirflowSensorTimeout(message)
    time.sleep(max(left, 0))


def _seconds(duration: Seconds) -> float:
    return duration.total_seconds() if isinstance(duration, timedelta) else float(duration)
