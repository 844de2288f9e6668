"""One Airflow DAG as a generated module: its tasks as assets and checks, its edges, its job and schedule."""

from __future__ import annotations

import textwrap
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, replace

import networkx as nx

from .. import airflow_model as am
from ..codes import FAILS_WHEN_RUN
from ..dagster_model import (
    Asset,
    AssetCheck,
    Becomes,
    Code,
    DagModule,
    DagRecord,
    Fate,
    Fidelity,
    Form,
    Import,
    Job,
    Key,
    Origin,
    ResourceUse,
    TaskRecord,
)
from ..rules.api import Result, Rule
from . import gates, optional, outcome
from .arguments import ManualError
from .callbacks import run_sensors
from .control import rule_of
from .names import tag
from .only_if import with_condition
from .others import schedule_arguments
from .pen import CannotWriteError
from .returns import gives_keys, keeps
from .sensors import TIMEDELTA
from .settings import Settings, callbacks, settings
from .shared import Shared
from .view import View

WIDTH = 110
"""Characters in a line of a generated module's docstring."""


@dataclass(frozen=True, slots=True)
class Translated:
    """One task's translation, before its place in the graph is decided."""

    task: am.Task
    view: View
    result: Result
    settings: Settings
    rule: Rule | None
    fidelity: Fidelity


def translate_dag(shared: Shared) -> tuple[DagModule, DagRecord]:
    """Translate a DAG. Findings go to `shared`."""
    dag = shared.dag
    translated, why = _translated(shared)
    elsewhere = shared.absorbed | shared.gates
    assets = tuple(_asset(t, shared) for t in translated if t.task.task_id not in elsewhere)
    checks = tuple(_check(t, shared) for t in translated if t.task.task_id in shared.absorbed)
    if shared.gates:
        starting = gates.sensor([t for t in translated if t.task.task_id in shared.gates], shared)
        begin = f"{shared.timing.reason} Its runs begin when their sensors would let them go on (--root-sensors)."
        shared.timing = replace(shared.timing, schedule=None, sensors=(starting,), reason=begin)
    timing = shared.timing = with_condition(shared.timing, shared)
    for finding in timing.findings:
        shared.findings.append(finding)
    origin = Origin(dag.dag_id, "", dag.span)
    job = Job(
        name=shared.job_name,
        group=shared.package,
        origin=origin,
        description=dag.description if isinstance(dag.description, str) else None,
        tags=(("airflow/dag_id", dag.dag_id), *shared.job_tags),
        max_concurrent=_max_active_tasks(dag),
        max_active_runs=shared.max_active_runs,
    )
    watching = run_sensors(shared)
    graph = outcome.graph(shared) if shared.outcome else None
    wrappers = (*_other_dags(shared), *(code for _, code in (*shared.wrappers.values(), *shared.callbacks)))
    statements = (*((_airflow_dag(shared),) if shared.needs_airflow_dag else ()), *wrappers)
    form: Form
    if shared.outcome:
        form, reason = "outcome graph", f"Outcome graph: {why}."
    elif shared.decisions:
        form, reason = "optional outputs", optional.reason(shared)
    else:
        form, reason = "plain", _PLAIN[shared.plain]
    module = DagModule(
        dag_id=dag.dag_id,
        package=shared.package,
        docstring=_docstring(shared, reason),
        origin=origin,
        carried=shared.carrier.carried(),
        imports=tuple(sorted(shared.carrier.imports)),
        statements=statements,
        partitions=timing.partitions,
        graph=graph,
        assets=assets,
        checks=checks,
        job=job,
        schedule=timing.schedule,
        sensors=(*timing.sensors, *shared.sensors.values()),
        run_sensors=watching,
    )
    record = DagRecord(
        dag_id=dag.dag_id,
        file=dag.file,
        span=dag.span,
        airflow=dag.airflow,
        form=form,
        reason=f"{timing.reason} {reason}".strip(),
        complete=dag.complete,
        package=shared.package,
        arguments=shared.dag_fates,
        tasks=tuple(_record(t, shared) for t in translated),
        job=job.name,
        schedule=timing.schedule.name if timing.schedule else None,
        only_if=timing.only_if,
        partitioned=timing.partitions is not None,
    )
    return module, record


_PLAIN = {
    True: "Plain assets: every trigger rule is all_success and nothing branches.",
    False: "Plain assets, for its trigger rules decide as all_success does.",
}


def _translated(shared: Shared) -> tuple[list[Translated], str]:
    """The tasks, in the simplest form that is equal to the DAG, and why it is not plain assets."""
    why = outcome.needed(shared)
    shared.decisions = optional.decisions(shared) if why else {}
    waiting = gates.wanted(shared, why)
    if why and not shared.decisions:
        shared.outcome = True
        outcome.map_groups(shared)
        return [_task(task, shared) for task in _ordered(shared)], why
    shared.absorbed = _absorbable(shared, waiting)
    # The sensors last: what the others need of them is known then.
    made = {t.task_id: _task(t, shared) for t in _ordered(shared) if t.task_id not in waiting}
    made |= {t.task.task_id: t for t in _waiting(waiting, shared)}
    translated = [made[task.task_id] for task in _ordered(shared)]
    for found in translated:
        if found.task.task_id in shared.absorbed and not found.result.check:
            shared.absorbed.discard(found.task.task_id)
    return translated, ""


def _waiting(task_ids: tuple[str, ...], shared: Shared) -> list[Translated]:
    """The sensors that the DAG begins with: as conditions for its runs, or as any task where one cannot be that."""
    told = len(shared.findings)
    shared.gates = frozenset(task_ids)
    found = [_task(shared.tasks[task_id], shared) for task_id in task_ids]
    why = next(filter(None, (gates.unfit(t.view, t.result, shared) for t in found)), "")
    if len({t.result.gate.timeout for t in found if t.result.gate}) > 1:
        why = why or "the sensors have several timeouts"
    if why:
        del shared.findings[told:]
        shared.gates = frozenset()
        gates.kept(task_ids, why, shared)
        return [_task(shared.tasks[task_id], shared) for task_id in task_ids]
    for one in found:
        one.view.differences.append(gates.DIFFERENCE)
        task = one.task
        shared.report("A2D115", f"`{task.task_id}`: {gates.DIFFERENCE}", task.span, task.task_id)
    return [replace(t, fidelity="approximate") for t in found]


def _ordered(shared: Shared) -> list[am.Task]:
    """The tasks so that every one follows what it depends on; otherwise in the order of the file."""
    position = {t.task_id: n for n, t in enumerate(shared.dag.tasks)}
    ordered = nx.lexicographical_topological_sort(shared.graph, key=lambda task_id: position[task_id])
    return [shared.tasks[task_id] for task_id in ordered]


# --- one task -----------------------------------------------------------------------------------------------------


def _task(task: am.Task, shared: Shared) -> Translated:
    view = View(task, shared)
    rule = rule_of(task)
    told_before = len(shared.findings)
    found = settings(view)
    if task.conditional:
        shared.report("A2D405", f"Whether `{task.task_id}` exists is not known", task.span, task.task_id)
    if task.repeated:
        shared.report("A2D406", f"`{task.task_id}` stands for several tasks", task.span, task.task_id)
    try:
        if shared.outcome and (why := outcome.manual_reason(task, shared)) is not None:
            raise ManualError(*why, task.span)
        if shared.outcome and task.mapping is not None:
            view = View(outcome.effective(task), shared)
            found = settings(view)
        callbacks(view)
        result = rule.function(view) if rule is not None else view.bridge()
        if shared.decisions:
            result = optional.settled(result, view)
        if rule is None:
            _report_bridge(task, shared)
        if shared.outcome:
            outcome.check_mapping(view.task, view, shared)
        shared.env |= view.pen.env
        result = replace(
            result, body=view.finish(result.body), raising=view.finish(result.raising) if result.raising else None
        )
        view.differences += [f.message for f in shared.findings[told_before:] if f.code in FAILS_WHEN_RUN]
        fidelity = _fidelity(rule, result, view)
    except ManualError as error:
        shared.report(error.code, error.why, error.span or task.span, task.task_id)
        view, result, fidelity = _manual(view, error)
    except CannotWriteError as error:
        needs = f"`{task.task_id}` needs {error.reason}"
        shared.report("A2D304", needs, task.span, task.task_id)
        view, result, fidelity = _manual(view, ManualError("A2D304", needs))
    except RecursionError:
        raise
    except Exception as error:  # a fault of ours must not cost the user the other tasks
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"The rule for {task.operator} failed: {type(error).__name__}: {error} ({place.name})"
        shared.report("A2D606", fault, task.span, task.task_id)
        view, result, fidelity = _manual(view, ManualError("A2D606", fault))
    _unread(view, fidelity)
    return Translated(view.task, view, result, found, rule, fidelity)


def _report_bridge(task: am.Task, shared: Shared) -> None:
    if task.cls is not None:
        shared.report("A2D204", f"{task.operator} is defined in {task.cls.span.file}", task.span, task.task_id)
    else:
        shared.report("A2D201", f"There is no rule for {task.name}", task.span, task.task_id)


def _fidelity(rule: Rule | None, result: Result, view: View) -> Fidelity:
    if view.bridged or result.fidelity == "bridged":
        return "bridged"
    if result.fidelity is not None:
        return "approximate" if view.differences and result.fidelity == "exact" else result.fidelity
    if view.differences:
        return "approximate"
    return "bridged" if rule is None else rule.fidelity


def _manual(view: View, error: ManualError) -> tuple[View, Result, Fidelity]:
    """A body that fails when it is run and names the finding, in a view that has asked for nothing else."""
    fresh = View(view.task, view.shared)
    for gathered in (view.shared.sensors, view.shared.whole_dags):
        gathered.pop(view.task.task_id, None)
    fresh.fates = view.fates
    # In an outcome graph other tasks may run though one has failed, but not if it was never written.
    unfinished = Import("@compat.exceptions", "UnfinishedTaskError")
    name, imports = (unfinished.name, (unfinished,)) if view.shared.outcome else ("NotImplementedError", ())
    text = f"{error.code}: {error.why}"
    return fresh, Result(Code(f"raise {name}({text!r})", imports), returns="None"), "manual"


def _unread(view: View, fidelity: Fidelity) -> None:
    """Every argument nobody read is a finding by itself; a manual task's are left for the person who writes it."""
    for argument in view.task.arguments:
        if argument.name in view.fates or argument.name in ("task_id", "dag", "task_group"):
            continue
        if fidelity == "manual":
            view.fate(argument.name, "unsupported", "the task must be finished by hand")
            continue
        if argument.origin == "default_args":
            view.fate(argument.name, "dropped", "the operator does not take this default")
            continue
        view.fate(argument.name, "unsupported", "nothing in the translation reads it")
        message = f"`{argument.name}` of {view.task.operator} is not carried over"
        view.shared.report("A2D301", message, argument.span, view.task.task_id)


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
    """Whether the runtime counts the tries: for callbacks, which differ between them, and growing delays."""
    return any(k.startswith("on_") or k == "retry_exponential_backoff" for k in view.decorator)


def _asset(translated: Translated, shared: Shared) -> Asset:
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
        resources=_resources(view, body),
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


def _resources(view: View, body: object) -> tuple[ResourceUse, ...]:
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


# --- checks -------------------------------------------------------------------------------------------------------


def _absorbable(shared: Shared, waiting: tuple[str, ...] = ()) -> set[str]:
    """The check tasks that become asset checks of the one task they follow.

    A blocking asset check keeps back everything that depends on its asset in the run. That is what Airflow does only if
    all that follows the asset follows the check, too; otherwise the check stays an asset that raises.
    """
    found: set[str] = set()
    for task in shared.dag.tasks:
        rule = rule_of(task)
        if rule is None or not rule.checks or task.trigger_rule != "all_success":
            continue
        if task.argument("outlets") or (shared.dag.dag_id, task.task_id) in shared.others.waited_for:
            continue
        upstream = list(shared.graph.predecessors(task.task_id))
        if len(upstream) != 1 or upstream[0] in found or upstream[0] in waiting:
            continue
        parent = shared.tasks[upstream[0]]
        if (parent_rule := rule_of(parent)) is not None and parent_rule.checks:
            continue
        after = nx.descendants(shared.graph, task.task_id)
        siblings = set(shared.graph.successors(parent.task_id)) - {task.task_id}
        if siblings <= after and not (siblings & found):
            found.add(task.task_id)
    return found


def _check(translated: Translated, shared: Shared) -> AssetCheck:
    task, view, found = translated.task, translated.view, translated.settings
    (parent,) = shared.graph.predecessors(task.task_id)
    decorators, _ = _decorators(translated, shared)
    return AssetCheck(
        name=shared.functions[task.task_id],
        asset=shared.keys[parent],
        body=translated.result.body,
        origin=Origin(shared.dag.dag_id, task.task_id, task.span),
        blocking=True,
        resources=_resources(view, translated.result.body),
        decorators=decorators,
        description=found.description or f"Airflow task `{task.task_id}`.",
        partitioned=shared.timing.partitions is not None,
        retry=None if _tries_itself(view) or translated.result.tried_again else found.retry,
        metadata=(("airflow/dag_id", shared.dag.dag_id), ("airflow/task_id", task.task_id)),
        needs_context=view.context_used,
    )


# --- the rest of the module ---------------------------------------------------------------------------------------


def _max_active_tasks(dag: am.Dag) -> int | None:
    for name in ("max_active_tasks", "concurrency"):
        argument = dag.argument(name)
        if argument is not None and isinstance(argument.value, int):
            return argument.value
    return None


def _airflow_dag(shared: Shared) -> Code:
    """The constant the runtime's context is made from."""
    arguments = schedule_arguments(shared)
    imports = {Import("@compat.dag", "AirflowDag")}
    if shared.timing.interval:
        imports.add(TIMEDELTA)
    if shared.includes:
        arguments.append("template_searchpath=(str(Path(__file__).parent),)")
        imports.add(Import("pathlib", "Path"))
    for name, text, needed in shared.dag_arguments:
        arguments.append(f"{name}={text}")
        imports |= needed
    return Code(f"airflow_dag = AirflowDag({', '.join(arguments)})", tuple(sorted(imports)))


def _other_dags(shared: Shared) -> Iterator[Code]:
    """The constants for the DAGs that tasks wait for or start."""
    for dag_id, name in shared.other_names.items():
        code = shared.others.constants[dag_id]
        yield replace(code, text=f"{name} = {code.text}")


def _docstring(shared: Shared, reason: str) -> str:
    dag = shared.dag
    form = textwrap.fill(f"{shared.timing.reason} {reason}", WIDTH, break_long_words=False, break_on_hyphens=False)
    text = f"Airflow DAG `{dag.dag_id}` ({dag.file}) as Dagster assets.\n\n{form}"
    if isinstance(dag.doc_md, str) and dag.doc_md.strip():
        text += f"\n\n{dag.doc_md.strip()}"
    return text


def _record(translated: Translated, shared: Shared) -> TaskRecord:
    task, view = translated.task, translated.view
    name = shared.functions[task.task_id]
    if task.task_id in shared.absorbed:
        (parent,) = shared.graph.predecessors(task.task_id)
        becomes = Becomes("asset_check", name, shared.keys[parent])
    elif task.task_id in shared.gates:
        becomes = Becomes("sensor", shared.timing.sensors[0].name if shared.timing.sensors else "")
    else:
        becomes = Becomes("asset", name, shared.keys[task.task_id])
    fates = dict(view.fates)
    for own in ("task_id", "dag", "task_group"):
        if task.argument(own) is not None:
            fates[own] = Fate(own, "translated", "the asset's name and group", "call")
    rule_differences = translated.rule.differences if translated.rule and translated.fidelity == "approximate" else ()
    return TaskRecord(
        task_id=task.task_id,
        operator=task.operator,
        name=task.name,
        rule=translated.rule.name if translated.rule else None,
        fidelity=translated.fidelity,
        differences=tuple(dict.fromkeys((*rule_differences, *view.differences))),
        becomes=(becomes, *(Becomes("sensor", s.name) for t, s in shared.sensors.items() if t == task.task_id)),
        arguments=tuple(fates[a.name] for a in task.arguments if a.name in fates),
        span=task.span,
        upstream=tuple(sorted(shared.graph.predecessors(task.task_id))),
        group=task.group,
    )


__all__ = ["tag", "translate_dag"]
