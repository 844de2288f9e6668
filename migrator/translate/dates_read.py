"""Why a DAG needs partitions: its tasks read a date, its runs depend on the past, or it backfills."""

from __future__ import annotations

from .. import airflow_model as am
from ..read.template_names import DATE_ATTRIBUTES, DATE_NAMES
from . import templates
from .control import HOOKS
from .hook_uses import functions, used
from .schedule import ON_PAST, READS_DATES

DATED = ("TimeDeltaSensor", "DayOfWeek", "IntervalCheck", "ExternalTaskSensor")
"""Parts of the names of operators that look at the run's dates by themselves."""


def partitioned_because(dag: am.Dag, template_files: list[str]) -> str:
    """Why the DAG needs partitions; empty where it does not. `template_files` are the texts its arguments name."""
    if templates.reads_dates(template_files):
        return READS_DATES
    for task in dag.tasks:
        if task.function is not None and any(_use_reads_date(u) for u in task.function.uses):
            return READS_DATES
        if any(_hook_reads_date(a.value) for a in task.arguments if a.name in HOOKS):
            return READS_DATES
        arguments = (*task.arguments, *task.op_args, *task.op_kwargs)
        if any(templates.reads_dates(a.value) for a in arguments if a.name not in ("doc_md", "doc")):
            return READS_DATES
        if any(name in task.operator for name in DATED):
            return READS_DATES
    owners: tuple[am.Dag | am.Task, ...] = (dag, *dag.tasks)
    for owner in owners:
        if any((a := owner.argument(name)) is not None and a.value is True for name in ON_PAST):
            return "its runs depend on the past"
    if dag.catchup is True:
        return "it backfills (catchup)"
    return ""


def _hook_reads_date(value: am.Value) -> bool:
    """Whether a function that is called before or after the task reads a date, or may."""
    reads = [used(function).reads for function in functions(value)]
    return any(names is None or names & DATE_NAMES for names in reads)


def _use_reads_date(use: am.Use) -> bool:
    if use.kind == "context_all":
        return True
    if use.kind != "context":
        return False
    path = use.get("path", ())
    return use.name in DATE_NAMES or (bool(path) and path[0] in DATE_ATTRIBUTES.get(use.name, ()))
