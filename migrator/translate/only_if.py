"""Schedules that a DAG has in some environments only: `schedule="@daily" if ENVIRONMENT == "production" else None`."""

from __future__ import annotations

from dataclasses import replace

from ..dagster_model import Code
from ..findings import Finding
from .pen import CannotWriteError, Pen
from .schedule import Timing
from .shared import Shared


def with_condition(timing: Timing, shared: Shared) -> Timing:
    """The timing whose schedule and sensors are only there where the DAG's condition holds, as in Airflow.

    It is asked when the project is loaded, as Airflow asks it when the file is. What it reads goes to `shared.env`.
    """
    condition = shared.dag.schedule.only_if
    if condition is True or (timing.schedule is None and not timing.sensors):
        return timing
    pen = Pen()
    try:
        text = pen.expression(condition)
    except CannotWriteError as error:
        message = f"Whether there is a schedule depends on {error.reason}"
        finding = Finding("A2D102", message, shared.dag.span, dag_id=shared.dag.dag_id)
        return replace(timing, schedule=None, sensors=(), findings=(*timing.findings, finding))
    shared.env |= pen.env
    shared.own_files |= pen.files
    only_if = Code(text, tuple(sorted(pen.imports)))
    return replace(
        timing,
        schedule=replace(timing.schedule, only_if=only_if) if timing.schedule else None,
        sensors=tuple(replace(sensor, only_if=only_if) for sensor in timing.sensors),
        only_if=text,
        reason=f"{timing.reason} Scheduled only where the environment says so.",
    )
