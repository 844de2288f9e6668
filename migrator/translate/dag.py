"""One Airflow DAG as a generated module: its tasks as assets and checks, its edges, its job and schedule."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace

from .. import airflow_model as am
from ..dagster_model import Becomes, Code, DagModule, DagRecord, Fate, Form, Import, Job, Origin, TaskRecord
from . import gates, optional, outcome
from .callbacks import run_sensors
from .context_objects import told_of_dag
from .control import is_hooked, rule_of
from .definitions import asset_of, check_of
from .only_if import with_condition
from .others import schedule_arguments, schedule_imports
from .params import tell_unread
from .schedule import TIMETABLE, Timing
from .shared import Shared
from .task import Translated, translate_task
from .updates import asks_for_sources, refs_in, refs_of

WIDTH = 110
"""Characters in a line of a generated module's docstring."""


def translate_dag(shared: Shared) -> tuple[DagModule, DagRecord]:
    """Translate a DAG. Findings go to `shared`."""
    dag = shared.dag
    translated, why = _translated(shared)
    elsewhere = shared.absorbed | shared.gates
    assets = tuple(asset_of(t, shared) for t in translated if t.task.task_id not in elsewhere)
    checks = tuple(check_of(t, shared) for t in translated if t.task.task_id in shared.absorbed)
    if shared.gates:
        starting = gates.sensor([t for t in translated if t.task.task_id in shared.gates], shared)
        begin = f"{shared.timing.reason} Its runs begin when their sensors would let them go on (--root-sensors)."
        shared.timing = replace(shared.timing, schedule=None, sensors=(starting,), reason=begin)
    if not dag.tasks:
        nothing = "It has no tasks" if dag.complete else "None of its tasks could be read"
        shared.report("A2D117", f"{nothing}, so there is no job, and nothing is scheduled", dag.span, None)
        shared.timing = Timing(reason=f"{nothing}.")
    tell_unread((*assets, *checks), shared)
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
        max_concurrent=shared.max_active_tasks,
        max_active_runs=shared.max_active_runs,
    )
    watching = run_sensors(shared) if dag.tasks else ()
    graph = outcome.graph(shared) if shared.outcome else None
    wrappers = (*_other_dags(shared), *(code for _, code in (*shared.wrappers.values(), *shared.callbacks)))
    timetables = (Code(f"{TIMETABLE} = {found}", found.imports),) if (found := timing.timetable) else ()
    statements = (*timetables, *((_airflow_dag(shared),) if shared.needs_airflow_dag else ()), *wrappers)
    form: Form
    if shared.outcome:
        form, reason = "outcome graph", f"Outcome graph: {why}."
    elif shared.decisions:
        form, reason = "optional outputs", optional.reason(shared)
    else:
        form, reason = "plain", _PLAIN[shared.plain] if dag.tasks else ""
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
        job=job if dag.tasks else None,
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
        job=job.name if dag.tasks else None,
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
    shared.decisions = optional.decisions(shared) if why and not outcome.fails_fast(shared.dag) else {}
    waiting = gates.wanted(shared, why)
    if why and not shared.decisions:
        shared.outcome = True
        outcome.map_groups(shared)
        return [translate_task(task, shared) for task in _ordered(shared)], why
    shared.absorbed = _absorbable(shared, waiting)
    # The sensors last: what the others need of them is known then.
    made = {t.task_id: translate_task(t, shared) for t in _ordered(shared) if t.task_id not in waiting}
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
    found = [translate_task(shared.tasks[task_id], shared) for task_id in task_ids]
    why = next(filter(None, (gates.unfit(t.view, t.result, shared) for t in found)), "")
    if len({t.result.gate.timeout for t in found if t.result.gate}) > 1:
        why = why or "the sensors have several timeouts"
    if why:
        del shared.findings[told:]
        shared.gates = frozenset()
        gates.kept(task_ids, why, shared)
        return [translate_task(shared.tasks[task_id], shared) for task_id in task_ids]
    for one in found:
        one.view.differences.append(gates.DIFFERENCE)
        task = one.task
        shared.report("A2D115", f"`{task.task_id}`: {gates.DIFFERENCE}", task.span, task.task_id)
    return [replace(t, fidelity="approximate") for t in found]


def _ordered(shared: Shared) -> list[am.Task]:
    """The tasks so that every one follows what it depends on; otherwise in the order of the file."""
    position = {t.task_id: n for n, t in enumerate(shared.dag.tasks)}
    ordered = shared.graph.ordered(position.__getitem__)
    return [shared.tasks[task_id] for task_id in ordered]


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
        if task.argument("outlets") or is_hooked(task) or (shared.dag.dag_id, task.task_id) in shared.others.waited_for:
            continue
        upstream = list(shared.graph.predecessors(task.task_id))
        if len(upstream) != 1 or upstream[0] in found or upstream[0] in waiting:
            continue
        parent = shared.tasks[upstream[0]]
        if (parent_rule := rule_of(parent)) is not None and parent_rule.checks:
            continue
        after = shared.graph.descendants(task.task_id)
        siblings = set(shared.graph.successors(parent.task_id)) - {task.task_id}
        if siblings <= after and not (siblings & found):
            found.add(task.task_id)
    return found


def _airflow_dag(shared: Shared) -> Code:
    """The constant the runtime's context is made from."""
    arguments = schedule_arguments(shared, TIMETABLE)
    imports = {Import("@compat.dag", "AirflowDag"), *schedule_imports(shared)}
    if shared.includes:
        arguments.append("template_searchpath=(str(Path(__file__).parent),)")
        imports.add(Import("pathlib", "Path"))
    if sources := _sources(shared):
        arguments.append(f"sources=[{', '.join(code.text for code in sources)}]")
        imports |= {one for code in sources for one in code.imports}
    for code in told_of_dag(shared):
        arguments.append(code.text)
        imports |= {*code.imports}
    for name, text, needed in shared.dag_arguments:
        arguments.append(f"{name}={text}")
        imports |= needed
    return Code(f"airflow_dag = AirflowDag({', '.join(arguments)})", tuple(sorted(imports)))


def _sources(shared: Shared) -> list[Code]:
    """The DAGs whose runs' dates and ids a task may ask for: those that update the assets it is told of."""
    dag = shared.dag
    if not asks_for_sources(dag):
        return []
    refs = [*refs_in(dag.schedule.value), *(ref for task in dag.tasks for ref in refs_of(task, "inlets"))]
    found = {dag_id for ref in refs for dag_id in shared.outlets.dags(ref)} - {dag.dag_id}
    return [shared.others.constants[dag_id] for dag_id in sorted(found & shared.others.constants.keys())]


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
        text += f"\n\n{textwrap.dedent(dag.doc_md).strip()}"
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
        keyed=task.task_id in shared.keyed,
    )
