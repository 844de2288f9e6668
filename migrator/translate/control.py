"""Control flow that plain assets do not keep: which tasks must not be translated as if they ran on success alone."""

from __future__ import annotations

import networkx as nx

from .. import airflow_model as am
from .. import rules
from ..rules.api import Rule
from .shared import Shared


def manual_reason(task: am.Task, shared: Shared) -> tuple[str, str] | None:
    """(code, why) where the task's place in the graph has no equal among plain assets; None where it has."""
    rule = rule_of(task)
    if rule is not None and rule.decides:
        below = ", ".join(sorted(shared.graph.successors(task.task_id)))
        return "A2D402", f"{rule.summary} Directly downstream: {below}." if below else rule.summary
    if task.mapping is not None:
        return "A2D403", f"`{task.task_id}` is mapped over values that are known at run time only"
    if any(g.mapping is not None for g in groups_of(task, shared.dag)):
        return "A2D403", f"`{task.task_id}` is in a mapped task group"
    if task.is_teardown:
        return "A2D409", f"`{task.task_id}` is a teardown, which runs whatever happened before it"
    if not equals_all_success(task, shared):
        return "A2D401", f"The trigger rule of `{task.task_id}` is {task.trigger_rule}"
    return None


def rule_of(task: am.Task) -> Rule | None:
    """The rule for a task: by its decorator, or by its operator's class.

    A user's own subclass has none: what it adds to its base is code.
    """
    if task.decorator is not None:
        return rules.find(f"@{task.decorator}")
    if task.cls is not None:
        return None
    return rules.find(task.name)


def groups_of(task: am.Task, dag: am.Dag) -> list[am.Group]:
    """The task groups a task is in, from the innermost."""
    by_id = {g.group_id: g for g in dag.groups}
    found, name = [], task.group
    while name is not None and name in by_id:
        found.append(by_id[name])
        name = by_id[name].parent
    return found


def equals_all_success(task: am.Task, shared: Shared) -> bool:
    """Whether the task's trigger rule decides as all_success does, whatever its upstream tasks do."""
    rule = task.trigger_rule
    upstream = list(shared.graph.predecessors(task.task_id))
    if rule == "all_success" or not upstream:
        return True
    if rule in ("none_failed", "none_failed_min_one_success", "none_failed_or_skipped"):
        return not any(may_skip(shared.tasks[t]) for t in nx.ancestors(shared.graph, task.task_id))
    return rule == "one_success" and len(upstream) == 1


def may_skip(task: am.Task) -> bool:
    """Whether the task may be skipped or skip others, as far as its class, arguments and function tell."""
    name = f"{task.operator} {task.name} {task.decorator or ''}".lower()
    if "branch" in name or "short" in name or "latest" in name or "sensor" in name or "bash" in name:
        return True
    if task.cls is not None or not task.name.startswith("airflow."):
        return True
    if task.function is None:
        return "python" in name
    return any(
        u.name.endswith("AirflowSkipException") or u.kind in ("context_all", "airflow") for u in task.function.uses
    )
