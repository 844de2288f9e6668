"""Control flow that plain assets do not keep: which tasks do not run on the success of all before them."""

from __future__ import annotations

from .. import airflow_model as am
from .. import rules
from ..rules.api import Rule
from .shared import Shared

TRIGGER_RULES = frozenset(
    {"all_success", "all_failed", "all_done", "all_done_min_one_success", "all_done_setup_success", "all_skipped"}
    | {"one_success", "one_failed", "one_done", "none_failed", "none_failed_min_one_success", "none_failed_or_skipped"}
    | {"none_skipped", "always", "dummy"}
)
"""Airflow's, of all its versions."""


def unknown_rule(task: am.Task) -> str:
    """Why the task's trigger rule is not known; empty where it is."""
    if task.trigger_rule in TRIGGER_RULES:
        return ""
    argument = task.argument("trigger_rule")
    if argument is not None and isinstance(argument.value, am.Unknown):
        return argument.value.reason
    if task.trigger_rule == "unknown":
        return "its trigger rule is computed when the file is loaded"
    return f"Airflow has no trigger rule {task.trigger_rule!r}"


def rule_of(task: am.Task) -> Rule | None:
    """The rule for a task: by its decorator, or by its operator's class.

    A user's own subclass has none, for what it adds to its base is code; but that of a branch is to choose.
    """
    if task.decorator is not None:
        return rules.find(f"@{task.decorator}")
    if task.cls is not None:
        return rules.find(BRANCH) if BRANCHES.intersection(task.bases) else None
    return rules.find(task.name)


BRANCH = "airflow.providers.standard.operators.branch.BaseBranchOperator"
BRANCHES = frozenset({BRANCH, "airflow.sdk.BaseBranchOperator"})
"""What branch operators of the user's own are made of; Airflow 2's own module has it by the name of the SDK."""


HOOKS = ("pre_execute", "post_execute")
"""Arguments with functions that are called before or after the task's own work, and may skip or fail it."""


def is_hooked(task: am.Task) -> bool:
    """Whether the user's functions may skip or fail the task before or after it has done its work."""
    return any((a := task.argument(name)) is not None and a.value is not None for name in HOOKS)


def equals_all_success(task: am.Task, shared: Shared) -> bool:
    """Whether the task's trigger rule decides as all_success does, whatever its upstream tasks do."""
    rule = task.trigger_rule
    if unknown_rule(task):
        return False
    upstream = list(shared.graph.predecessors(task.task_id))
    if rule == "all_success" or not upstream:
        return True
    if rule in ("none_failed", "none_failed_min_one_success", "none_failed_or_skipped"):
        return not any(may_skip(shared.tasks[t]) for t in shared.graph.ancestors(task.task_id))
    return rule == "one_success" and len(upstream) == 1


def may_skip(task: am.Task) -> bool:
    """Whether the task may be skipped or skip others, as far as its class, arguments and function tell."""
    name = f"{task.operator} {task.name} {task.decorator or ''}".lower()
    if "branch" in name or "short" in name or "latest" in name or "sensor" in name or "bash" in name:
        return True
    if task.cls is not None or not task.name.startswith("airflow.") or is_hooked(task):
        return True
    if task.function is None:
        return "python" in name
    return any(
        u.name.endswith("AirflowSkipException") or u.kind in ("context_all", "airflow") for u in task.function.uses
    )
