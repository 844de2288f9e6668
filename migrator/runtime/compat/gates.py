"""Runs that begin when something holds, as a sensor at the beginning of an Airflow DAG would let them go on.

https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/sensors.html
https://docs.dagster.io/guides/automate/sensors

In Airflow a run begins when it falls due, and its sensor waits in it. Here there is no run before there is something
to do.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from . import schedules
from .context import AirflowContext
from .dag import AirflowDag
from .exceptions import AirflowFailException, AirflowSensorTimeout, AirflowSkipException

Condition = Callable[[AirflowContext], Any]
WEEK = 7 * 24 * 60 * 60
GIVEN_UP = (AirflowSkipException, AirflowFailException, AirflowSensorTimeout)
"""What a condition raises to say that it will never hold."""


def request_when(
    context: dg.SensorEvaluationContext,
    calendar: schedules.Calendar | dg.TimeWindowPartitionsDefinition,
    dag: AirflowDag,
    conditions: Sequence[Condition],
    *,
    timeout: float | timedelta = WEEK,
    catchup: bool = False,
    cutover: str | None = None,
    params: Mapping[str, Any] | None = None,
) -> schedules.Answer:
    """Ask once for each run that has fallen due, when all conditions hold for its dates.

    Of those that fell due while nobody looked, all count with `catchup` (from `cutover` on), else the last. A run that
    has waited for longer than `timeout` (seconds or a timedelta) is given up, as is one for which a condition raises
    that it is to fail for good or be skipped. Whatever else a condition raises is logged, and means "not yet".
    """
    calendar = schedules.as_calendar(calendar)
    moment = schedules.now()
    begin = schedules.read_cutover(cutover) - schedules.MOMENT if catchup else moment
    first: dict[str, Any] = {"seen": begin.isoformat(), "waiting": {}}
    state = json.loads(context.cursor) if context.cursor else first
    waiting: dict[str, str] = state["waiting"]  # when the run fell due -> since when it has been waiting
    for due in _fallen_due(calendar, state, moment, catchup=catchup):
        waiting[due] = moment.isoformat()
        state["seen"] = due
    limit = timeout if isinstance(timeout, timedelta) else timedelta(seconds=timeout)
    asked: list[dg.RunRequest] = []
    for due, since in list(waiting.items()):
        at = schedules.parsed(due)
        run = next(calendar.runs(at, at), None)
        if run is None:  # the schedule has changed
            del waiting[due]
            continue
        tags = {**run.tags(), "dagster/sensor_name": ""}
        airflow = dag.context_of_tags(context.instance, tags, moment, params=params).make_current()
        try:
            if all(holds(condition, airflow) for condition in conditions):
                asked.append(run.request())
                del waiting[due]
            elif moment - schedules.parsed(since) > limit:
                context.log.warning(f"The run of {due} is given up: it has waited for longer than {limit}.")
                del waiting[due]
        except GIVEN_UP as error:
            context.log.warning(f"The run of {due} is given up: {error}")
            del waiting[due]
        except Exception as error:
            context.log.warning(f"Whether the run of {due} may begin could not be seen: {error!r}")
    skipped = dg.SkipReason(f"{len(waiting)} runs wait." if waiting else "No run has fallen due.")
    return dg.SensorResult(run_requests=asked, skip_reason=None if asked else skipped, cursor=json.dumps(state))


def holds(condition: Condition, airflow: AirflowContext) -> bool:
    """Whether a condition holds, in one place for tests."""
    return bool(condition(airflow))


def _fallen_due(calendar: schedules.Calendar, state: Mapping[str, Any], moment: Any, *, catchup: bool) -> list[str]:
    """When the runs fell due that nobody has looked at yet; no more than can wait at a time."""
    room = schedules.AT_ONCE - len(state["waiting"])
    found: list[str] = []
    for run in calendar.runs(schedules.parsed(state["seen"]) + schedules.MOMENT, moment):
        if catchup and len(found) >= room:
            break
        found = [*found, run.due.isoformat()] if catchup else [run.due.isoformat()]
    return found
