"""What becomes of each argument of the DAG itself."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from .. import airflow_model as am
from ..dagster_model import Fate, Import
from .callbacks import CALLBACKS
from .pen import CannotWriteError
from .shared import Shared
from .view import View

READ_ELSEWHERE = frozenset(
    re.findall(
        r"\w+",
        """template_searchpath
        dag_id schedule schedule_interval timetable start_date end_date catchup tags params description doc_md
        default_args user_defined_macros user_defined_filters
        render_template_as_native_obj template_undefined jinja_environment_kwargs""",
    )
)


MAX_ACTIVE_TASKS = ("max_active_tasks", "concurrency")
MAX_RUNTIME = "dagster/max_runtime"
"""A run's tag: the seconds after which Dagster's run monitoring ends it as failed."""


DROPPED = {
    "dag_display_name": "it is only shown",
    "default_view": "it is about Airflow's web page",
    "orientation": "it is about Airflow's web page",
    "owner_links": "it is about Airflow's web page",
    "access_control": "access is the business of the Dagster deployment",
    "is_paused_upon_creation": "schedules are written stopped",
    "auto_register": "it is about how Airflow finds the DAG",
    "full_filepath": "it is about how Airflow finds the DAG",
    "dag": "",
}


FAIL_FAST = ("fail_fast", "fail_stop")
"""The names by which Airflow 3 and 2.x know the same argument."""


UNSUPPORTED = {
    "dagrun_timeout": "a run is not stopped after this time",
    "sla_miss_callback": "no one is told when a task is late",
    "fail_fast": "other tasks go on when one fails",
    "fail_stop": "other tasks go on when one fails",
    "deadline": "no one is told when a run is late",
    "disable_bundle_versioning": "",
    "max_consecutive_failed_dag_runs": "the schedule is not stopped after failures",
    "allowed_run_types": "any run may be started",
    "rerun_with_latest_version": "",
}


def set_dag_arguments(shared: Shared) -> None:
    """The fate of each argument of the DAG itself, and what the runtime's description of it needs."""
    dag = shared.dag
    fates: list[Fate] = []
    for argument in dag.arguments:
        name, text = argument.name, argument.source or ""
        if name in READ_ELSEWHERE or (name in CALLBACKS and argument.value):
            fates.append(Fate(name, "translated", "", argument.origin, text[:200]))
        elif name == "max_active_runs":
            fates.append(_max_active_runs(argument, shared))
        elif name in MAX_ACTIVE_TASKS:
            fates.append(_max_active_tasks(argument, shared))
        elif name == "dagrun_timeout" and isinstance(argument.value, dt.timedelta):
            shared.job_tags = ((MAX_RUNTIME, f"{argument.value.total_seconds():g}"),)
            fates.append(Fate(name, "translated", f"the tag `{MAX_RUNTIME}`", argument.origin, text[:200]))
        elif name in FAIL_FAST and argument.value is True:
            told = "the outcome graph stops the other tasks when one fails"
            fates.append(Fate(name, "translated", told, argument.origin, text[:200]))
        elif name == "sla_miss_callback" and dag.airflow == "3":
            told = "Airflow 3 has no SLAs and ignores it"
            fates.append(Fate(name, "dropped", told, argument.origin, text[:200]))
            shared.report("A2D302", f"`{name}`: {told}", argument.span)
        elif name in DROPPED or argument.value in (None, False, [], {}):
            fates.append(Fate(name, "dropped", DROPPED.get(name) or "it changes nothing", argument.origin, text[:200]))
        else:
            consequence = UNSUPPORTED.get(name) or "it is not carried over"
            fates.append(Fate(name, "unsupported", consequence, argument.origin, text[:200]))
            code = "A2D109" if name.endswith("callback") else "A2D108"
            shared.report(code, f"`{name}`: {consequence}", argument.span)
    shared.dag_fates = tuple(fates)
    native = dag.argument("render_template_as_native_obj")
    shared.native = native is not None and native.value is True
    found: list[tuple[str, str, set[Import]]] = []
    if dag.params and shared.params is None:
        _dag_argument(found, "params", {n: s.default for n, s in dag.params}, shared)
    if shared.native:
        found.append(("render_template_as_native_obj", "True", set()))
    for name in ("user_defined_macros", "user_defined_filters"):
        argument_ = dag.argument(name)
        if argument_ is not None and isinstance(argument_.value, dict):
            shared.user_macros |= {k for k in argument_.value if isinstance(k, str)}
            _dag_argument(found, name, argument_.value, shared)
    for name in ("template_undefined", "jinja_environment_kwargs"):
        argument_ = dag.argument(name)
        if argument_ is not None and argument_.value:
            _dag_argument(found, name, argument_.value, shared)
            shared.lenient = True  # which names are unknown is told nowhere
            shared.own_jinja |= name == "jinja_environment_kwargs"
    shared.dag_arguments = tuple(found)


def _max_active_tasks(argument: am.Argument, shared: Shared) -> Fate:
    """How many tasks of a run may go on at once: a limit of its executor."""
    text, value, dag = (argument.source or "")[:200], argument.value, shared.dag
    if value is None:
        return Fate(argument.name, "dropped", "it is Airflow's default", argument.origin, text)
    if not isinstance(value, int):
        consequence = "the tasks of a run are not limited; set `max_concurrent` of the job's executor"
        shared.report("A2D108", f"`{argument.name}`: {consequence}", argument.span)
        return Fate(argument.name, "unsupported", consequence, argument.origin, text)
    shared.max_active_tasks = value
    runs = dag.argument("max_active_runs")
    if dag.airflow != "3" and (runs is None or runs.value != 1):
        consequence = "the limit holds for each run; Airflow 2 counts the tasks of all runs together"
        shared.report("A2D108", f"`{argument.name}`: {consequence}", argument.span)
    return Fate(argument.name, "translated", "the job's executor", argument.origin, text)


def _max_active_runs(argument: am.Argument, shared: Shared) -> Fate:
    """How many runs of the DAG may go on at once: a limit in dagster.yaml."""
    text, value = (argument.source or "")[:200], argument.value
    if value in (16, None):
        return Fate(argument.name, "dropped", "it is Airflow's default", argument.origin, text)
    if isinstance(value, int) and value > 0:
        shared.max_active_runs = value
        return Fate(argument.name, "translated", "a limit in dagster.yaml", argument.origin, text)
    consequence = "runs are not limited; set a limit in dagster.yaml"
    shared.report("A2D108", f"`{argument.name}`: {consequence}", argument.span)
    return Fate(argument.name, "unsupported", consequence, argument.origin, text)


def _dag_argument(found: list[tuple[str, str, set[Import]]], name: str, value: Any, shared: Shared) -> None:
    if not shared.dag.tasks:
        return
    view = View(shared.dag.tasks[0], shared)
    try:
        text = view.pen.expression(value)
    except CannotWriteError as error:
        shared.report("A2D108", f"`{name}`: {error.reason}", shared.dag.span)
        return
    found.append((name, text, view.pen.imports))
