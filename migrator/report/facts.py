"""What a DAG's page says of it in short: its description, its cron, what its own arguments come to, what a task is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from .. import airflow_model as am
from .graphs import is_branch
from .secrets import masked


def description(dag: am.Dag) -> str:
    """Its description or the first line of its documentation, secrets masked."""
    text = dag.description if isinstance(dag.description, str) else dag.doc_md if isinstance(dag.doc_md, str) else ""
    first = next((line.strip(" #") for line in text.splitlines() if line.strip(" #")), "")
    return masked(first)


def cron(schedule: am.Schedule) -> str:
    """Its cron expressions or preset; empty for any other kind of schedule."""
    if schedule.kind != "cron":
        return ""
    crons = schedule.value if isinstance(schedule.value, tuple) else (schedule.value,)
    return schedule.preset or " · ".join(str(cron) for cron in crons)


def facts(dag: am.Dag) -> Iterator[tuple[str, str]]:
    """What the DAG's own arguments come to, where it matters to whoever compares."""
    if isinstance(dag.start_date, dt.datetime):
        yield "Start", dag.start_date.strftime("%Y-%m-%d" if dag.start_date.time() == dt.time() else "%Y-%m-%d %H:%M")
    if isinstance(dag.end_date, dt.datetime):
        yield "End", dag.end_date.strftime("%Y-%m-%d")
    if dag.schedule.kind not in ("none", "assets"):
        yield (
            "Catchup",
            {True: "yes", False: "no"}.get(dag.catchup, "not known") if isinstance(dag.catchup, bool) else "not known",
        )
    if isinstance(dag.max_active_runs, int) and dag.argument("max_active_runs") is not None:
        yield "Active runs", f"at most {dag.max_active_runs}"
    owners = dag.argument("default_args")
    if owners is not None and isinstance(owners.value, dict) and isinstance(owners.value.get("owner"), str):
        yield "Owner", owners.value["owner"]


def notes(task: am.Task) -> Iterator[str]:
    """What is special about the task, in words."""
    if task.mapping is not None:
        over = ", ".join(argument.name for argument in task.mapping.arguments)
        yield f"mapped over {over}" if over else "mapped"
    if is_branch(task):
        yield "decides which tasks run after it"
    if task.is_setup:
        yield "setup"
    if task.is_teardown:
        yield "teardown"
    if task.conditional:
        yield "exists under a condition only known at run time"
    if task.repeated:
        yield "stands for several made in a loop"
