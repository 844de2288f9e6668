"""A translated task as the definition it becomes: an asset, or an asset check of the task it follows."""

from __future__ import annotations

from .. import airflow_model as am
from ..dagster_model import Asset, AssetCheck, Code, Import, Key, Origin, ResourceUse
from . import optional, outcome
from .returns import gives_keys, keeps
from .shared import Shared
from .task import Translated
from .view import View


def _decorators(translated: Translated, shared: Shared) -> tuple[tuple[Code, ...], bool]:
    """The runtime's decorator where the task needs it, and whether the asset may end without a value."""
    view, result, task_id = translated.view, translated.result, translated.task.task_id
    arguments = {k: v for k, v in view.decorator.items() if k}
    if task_id in shared.multiple - shared.keyed and _pushes(view.task):
        function = view.task.function
        if function is None or not gives_keys(function):
            arguments["multiple_outputs"] = "True"
    guards = tuple(optional.guard(view.task.task_id, view))
    may_skip = result.may_skip or view.may_skip or bool(guards)
    retry = translated.settings.retry
    final = retry is not None and (result.may_fail_finally or "" in view.decorator)
    deciding = (optional.decorator(view.task.task_id, result, shared),) if result.flow != "plain" else ()
    judged = retry is not None and result.tried_again and view.task.task_id in shared.absorbed
    if not arguments and not may_skip and not final and not judged:
        return deciding, False
    if retry is not None and (_tries_itself(view) or judged):
        arguments |= {"retries": str(retry.max_retries), "retry_delay": f"{retry.delay:g}"}
    if _tries_itself(view):
        arguments |= {"dag": "airflow_dag", "task_id": repr(translated.task.task_id)}
        shared.needs_airflow_dag = True
    text = ", ".join(f"{k}={v}" for k, v in arguments.items())
    name = Import("@compat.task", "airflow_task")
    return (Code(f"airflow_task({text})", (name, *sorted(view.pen.imports))), *guards, *deciding), may_skip


def _pushes(task: am.Task) -> bool:
    argument = task.argument("do_xcom_push")
    return argument is None or argument.value is not False


def _tries_itself(view: View) -> bool:
    """Whether the runtime counts the tries: for callbacks and hooks, which know of them, and growing delays."""
    return any(k.startswith("on_") or k in ("hooks", "retry_exponential_backoff") for k in view.decorator)


def asset_of(translated: Translated, shared: Shared) -> Asset:
    """The asset a task becomes."""
    task, view, result, found = translated.task, translated.view, translated.result, translated.settings
    flow = outcome.flow(translated, shared) if shared.outcome else None
    decorators, may_skip = _decorators(translated, shared) if flow is None else ((), False)
    body = result.raising if result.check and result.raising is not None else result.body
    inputs = view.asset_inputs()
    taken = {i.key for i in inputs} if flow is None else set()
    deps = tuple(k for k in _upstream_keys(task.task_id, shared) if k not in taken)
    other_deps = tuple(dict.fromkeys(view.other_deps))
    retry = found.retry
    if _tries_itself(view) or flow is not None:
        retry = None
    metadata: tuple[tuple[str, object], ...] = (
        ("airflow/dag_id", shared.dag.dag_id),
        ("airflow/task_id", task.task_id),
        *result.metadata,
    )
    return Asset(
        key=shared.keys[task.task_id],
        function=shared.functions[task.task_id],
        body=body,
        origin=Origin(shared.dag.dag_id, task.task_id, task.span),
        inputs=inputs,
        deps=deps,
        other_deps=other_deps,
        resources=_resources(view),
        decorators=decorators,
        group=shared.package,
        description=found.description,
        partitioned=shared.timing.partitions is not None,
        after_itself=shared.timing.in_order and shared.timing.partitions is not None and flow is None,
        retry=retry,
        freshness=found.freshness,
        owners=found.owners,
        tags=shared.tags,
        op_tags=(("dagster/priority", str(found.priority)),) if found.priority is not None else (),
        kinds=result.kinds,
        metadata=metadata,
        pool=found.pool,
        output_required=not may_skip,
        returns=_returns(translated, shared),
        needs_context=view.context_used or _asks_window(view),
        flow=flow,
    )


def _returns(translated: Translated, shared: Shared) -> str:
    if translated.result.check:
        return "None"
    if translated.task.task_id in shared.decisions and translated.result.flow != "plain":
        return "Any"
    if translated.task.task_id in shared.keyed:
        return "dict[str, Any]"
    found, function = translated.result.returns, translated.task.function
    if found == "None":
        return "Any" if translated.task.task_id in shared.consumed else "None"
    if function is not None and "python" in translated.result.kinds and not keeps(function, found):
        return "Any"
    return found


def _asks_window(view: View) -> bool:
    return any("context." in line for line in view.locals.values())


def _resources(view: View) -> tuple[ResourceUse, ...]:
    return tuple(view.resources[name] for name in sorted(view.resources))


def _upstream_keys(task_id: str, shared: Shared) -> list[Key]:
    """The keys of the tasks this one follows; an absorbed check stands for what it follows itself."""
    found: dict[Key, None] = {}
    for upstream in sorted(shared.graph.predecessors(task_id), key=lambda t: shared.keys[t]):
        if upstream in shared.gates:
            continue
        if upstream in shared.absorbed:
            for key in _upstream_keys(upstream, shared):
                found[key] = None
        else:
            found[shared.keys[upstream]] = None
    return list(found)


def check_of(translated: Translated, shared: Shared) -> AssetCheck:
    """The check of the one task it follows that a task becomes."""
    task, view, found = translated.task, translated.view, translated.settings
    (parent,) = shared.graph.predecessors(task.task_id)
    decorators, _ = _decorators(translated, shared)
    return AssetCheck(
        name=shared.functions[task.task_id],
        asset=shared.keys[parent],
        body=translated.result.body,
        origin=Origin(shared.dag.dag_id, task.task_id, task.span),
        blocking=True,
        resources=_resources(view),
        decorators=decorators,
        description=found.description or f"Airflow task `{task.task_id}`.",
        partitioned=shared.timing.partitions is not None,
        retry=None if _tries_itself(view) or translated.result.tried_again else found.retry,
        metadata=(("airflow/dag_id", shared.dag.dag_id), ("airflow/task_id", task.task_id)),
        needs_context=view.context_used,
    )
