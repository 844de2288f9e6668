"""The form with optional outputs: branches among plain assets, where Dagster's own skipping is exactly Airflow's.

A task directly after a branch asks whether it was chosen and ends without a value if not; Dagster then skips what
depends on it. That is exact where all rules are all_success and a failure never meets a skip: where one task that comes
after another may be skipped without it, the other's failure would be hidden in Airflow and end the run in Dagster.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .. import airflow_model as am
from ..dagster_model import Code, Import
from ..digraph import Digraph
from ..rules.api import Result
from ..rules.python import may_raise_skip
from .carry import definition
from .control import equals_all_success, is_hooked, rule_of
from .returns import returned
from .shared import Decision, Shared
from .updates import groups_of
from .view import View


def decisions(shared: Shared) -> dict[str, Decision]:
    """The deciding tasks of a DAG that can have this form; none where it cannot."""
    dag, graph = shared.dag, shared.graph
    found: dict[str, Decision] = {}
    sources: list[tuple[str, set[str]]] = []
    for task in dag.tasks:
        if task.mapping is not None or any(g.mapping is not None for g in groups_of(task, dag)):
            return {}
        if task.is_setup or task.is_teardown:
            return {}
        rule, children = rule_of(task), tuple(sorted(graph.successors(task.task_id)))
        if rule is not None and rule.decides:
            decision = _decision(task, children, shared)
            if decision is None or task.task_id in shared.keyed or is_hooked(task):
                return {}
            found[task.task_id] = decision
            sources += [(task.task_id, _below(together, graph)) for together in decision.together]
        elif may_raise_skip(task.function) or is_hooked(task):
            sources.append((task.task_id, graph.descendants(task.task_id)))
    after = {child for decision in found.values() for child in decision.children}
    if any(_tells(shared.tasks[child]) for child in after):
        return {}
    if not all(equals_all_success(task, shared) for task in dag.tasks):
        return {}
    return found if all(_keeps_to_itself(*source, graph) for source in sources) else {}


def _below(tasks: Iterable[str], graph: Digraph[str]) -> set[str]:
    """The tasks and all that come after them."""
    return {name for task in tasks for name in (task, *graph.descendants(task))}


def _keeps_to_itself(decider: str, skipped: set[str], graph: Digraph[str]) -> bool:
    """Whether none of the tasks that are skipped together comes after one that may run, and fail, then."""
    before = {decider, *graph.ancestors(decider)}
    return all(set(graph.predecessors(task)) <= skipped | before for task in skipped)


def _tells(task: am.Task) -> bool:
    """Whether anybody would be told of a task that was not chosen: in Airflow it never begins."""
    return is_hooked(task) or any(
        a.name.startswith("on_") and a.name.endswith("_callback") and a.value for a in task.arguments
    )


def _decision(task: am.Task, children: tuple[str, ...], shared: Shared) -> Decision | None:
    """What a task decides between; None where it may name something else."""
    rule = rule_of(task)
    assert rule is not None
    if rule.decides != "branch":
        return Decision(children, together=(children,) if children else ())
    names = _names(task)
    if names is None:
        return None
    groups = []
    for name in sorted(names - set(children)):
        roots = _roots(name, shared)
        if not roots or not roots <= set(children):
            return None
        groups.append((name, tuple(sorted(roots))))
    reached: dict[tuple[bool, ...], list[str]] = {}
    for child in children:
        by = (child in names, *(child in roots for _, roots in groups))
        reached.setdefault(by, []).append(child)
    # A task that has a name of its own is left out by itself.
    together: list[tuple[str, ...]] = [(child,) for by, found in reached.items() if by[0] for child in found]
    together += [tuple(found) for by, found in reached.items() if not by[0]]
    return Decision(children, tuple(groups), tuple(together))


def _roots(group_id: str, shared: Shared) -> set[str]:
    """The tasks that a task group begins with."""
    members = {t.task_id for t in shared.dag.tasks if group_id in {g.group_id for g in groups_of(t, shared.dag)}}
    return {name for name in members if members.isdisjoint(shared.graph.predecessors(name))}


def _names(task: am.Task) -> set[str] | None:
    """The ids that a branch may name; None where they are not known."""
    if task.function is None:
        values = [task.argument(name) for name in ("follow_task_ids_if_true", "follow_task_ids_if_false")]
        if not all(values):
            return None
        found: set[str] = set()
        for argument in values:
            value = argument.value if argument is not None else None
            items = [value] if isinstance(value, str) else value
            if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
                return None
            found |= set(items)
        return found
    if task.function.is_lambda:
        return None
    texts = [_literals(value) for value in returned(definition(task.function))]
    return None if None in texts else {name for names in texts for name in names or ()}


def _literals(value: ast.expr | None) -> set[str] | None:
    match value:
        case None | ast.Constant(value=None):
            return set()
        case ast.Constant(value=str() as text):
            return {text}
        case ast.IfExp(body=then, orelse=otherwise):
            parts = [_literals(then), _literals(otherwise)]
        case ast.List(elts=items) | ast.Tuple(elts=items):
            parts = [_literals(item) for item in items]
        case _:
            return None
    return None if None in parts else {name for names in parts for name in names or ()}


def decorator(task_id: str, result: Result, shared: Shared) -> Code:
    """The decorator of a deciding task's function."""
    decision, flow = shared.decisions[task_id], result.flow
    function = "short_circuit" if flow == "short_circuit" else "branch"
    arguments = [*map(repr, decision.children), f"airflow={shared.dag.airflow!r}"]
    if decision.groups:
        arguments.append(f"groups={ {name: list(roots) for name, roots in decision.groups}!r}")
    arguments += [f"{name}={text}" for name, text in result.flow_arguments if name == "do_xcom_push"]
    return Code(f"{function}({', '.join(arguments)})", (Import("@compat.branches", function),))


def guard(task_id: str, view: View) -> Iterator[Code]:
    """Where tasks before this one may leave it out, the decorators that skip it then."""
    for name in view.shared.decisions:
        if view.shared.graph.has_edge(name, task_id):
            if name not in view.inputs:
                view.for_decorators.add(name)
            text = f"chosen({task_id!r}, by={view.input(name)!r})"
            yield Code(text, (Import("@compat.branches", "chosen"),))


def settled(result: Result, view: View) -> Result:
    """The result of a rule, with a body for what an outcome graph would decide by itself."""
    if result.flow != "latest_only":
        return result
    view.shared.needs_airflow_dag = True
    latest = f"{view.compat('branches', 'is_latest')}(airflow_dag, {view.context()})"
    children = list(view.shared.decisions[view.task.task_id].children)
    return replace(result, body=Code(f"return {children!r} if {latest} else []"), returns="Any")


def reason(shared: Shared) -> str:
    """Which tasks may end without a value, for the DAG's docstring."""
    names = " or ".join(f"`{task_id}`" for task_id in sorted(shared.decisions))
    return f"Optional outputs: what {names} leaves out ends without a value, and so does what comes after it."
