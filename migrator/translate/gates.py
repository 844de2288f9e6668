"""Sensors that a DAG begins with, as one Dagster sensor that starts its runs (`--root-sensors`).

That is nearly the same only where the sensors hold up everything else in the DAG, and do nothing else.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Code, Import, Origin, Sensor
from ..rules.api import Result
from .control import is_hooked, rule_of
from .sensors import Text, returns
from .shared import Shared

if TYPE_CHECKING:
    from .task import Translated
    from .view import View

DIFFERENCE = (
    "the DAG's run is asked for when the condition holds, and is not there before; one that has waited for longer than "
    "the timeout is given up, and does not fail"
)
_IMPORTS = (
    Import("@compat.gates", "request_when"),
    Import("@compat.context", "AirflowContext"),
    Import("typing", "Any"),
)


def wanted(shared: Shared, why_not_plain: str) -> tuple[str, ...]:
    """The sensors that the DAG's runs may wait for before they begin; for those that may not, a finding says why."""
    if not shared.root_sensors:
        return ()
    roots = [t for t in shared.dag.tasks if not shared.graph.predecessors(t.task_id)]
    waiting = [t for t in roots if rule_of(t) is not None and "sensor" in f"{t.operator} {t.decorator}".lower()]
    why = "other tasks look at how it ends" if why_not_plain else _of_dag(shared, len(roots) == len(waiting))
    for task in waiting:
        why = why or _of_task(task, shared)
    if why:
        kept(tuple(t.task_id for t in waiting), why, shared)
        return ()
    return tuple(t.task_id for t in waiting)


def kept(task_ids: tuple[str, ...], why: str, shared: Shared) -> None:
    """Say why sensors remain assets that poll."""
    for task_id in task_ids:
        shared.report("A2D116", f"`{task_id}` remains an asset that polls: {why}", shared.tasks[task_id].span, task_id)


def _of_dag(shared: Shared, all_wait: bool) -> str:
    if not all_wait:
        return "other tasks begin without waiting for it"
    if shared.timing.timetable is not None:
        return "a timetable of its own plans the DAG's runs, one after the other"
    if shared.timing.calendar is None or shared.dag.schedule.only_if is not True:
        return "the DAG's runs are not started by time alone"
    if shared.timing.in_order:
        return "the DAG's runs wait for the one before"
    if shared.max_active_runs is not None:
        return "the DAG limits its runs, those that wait included"
    if shared.dag.dag_id in shared.others.started:
        return "another DAG starts its runs"
    if not shared.graph.has_edges:
        return "the DAG has no other task"
    return ""


def _of_task(task: am.Task, shared: Shared) -> str:
    if (shared.dag.dag_id, task.task_id) in shared.others.waited_for:
        return "another DAG waits for it"
    if task.conditional or task.repeated:
        return "whether it is there is not known"
    if any((a := task.argument(name)) is not None and a.value for name in ("outlets", "params", "depends_on_past")):
        return "it does more than wait"
    if is_hooked(task):
        return "a function is called before or after it"
    return ""


def unfit(view: View, result: Result, shared: Shared) -> str:
    """Why a sensor's translation is no condition by itself; empty where it is one."""
    if result.gate is None:
        return "it is not translated to a condition that can be looked at outside of a run"
    if view.task.task_id in shared.consumed:
        return "its value is used"
    if view.context_used or view.inputs:
        return "its condition needs the run it is part of"
    if any(name.startswith("on_") for name in view.decorator):
        return "it has callbacks"
    return ""


def sensor(found: list[Translated], shared: Shared) -> Sensor:
    """The sensor that starts the DAG's runs when all these hold."""
    timing, body, imports = shared.timing, [], [*_IMPORTS]
    assert timing.calendar is not None
    names = {one.task.task_id: shared.names.unique(f"{shared.functions[one.task.task_id]}_holds") for one in found}
    params: list[str] = []
    for one in found:
        assert isinstance(one.result.body, Code)
        text = textwrap.indent(one.result.body.text, "    ")
        body.append(f"def {names[one.task.task_id]}(airflow: AirflowContext) -> Any:\n{text}")
        imports += one.result.body.imports
        params = params or (one.view.params_argument() if one.view.airflow_used else [])
    gate = found[0].result.gate
    assert gate is not None
    arguments = ["context", str(timing.calendar), "airflow_dag", f"[{', '.join(names.values())}]"]
    arguments += [f"timeout={gate.timeout}"] if gate.timeout else []
    arguments += ["catchup=True", f"cutover={timing.cutover}"] if timing.cutover else []
    what = " and ".join(f"`{task_id}`" for task_id in names)
    text = "\n\n".join(
        [
            f'"""Asks for each run that has fallen due when {what} would let it go on."""',
            *body,
            f"return request_when({', '.join([*arguments, *params])})",
        ]
    )
    resources = {use.name: use for one in found for use in one.view.resources.values()}
    return Sensor(
        name=timing.sensors[0].name if timing.sensors else shared.sensor_names.unique(f"{shared.job_name}_sensor"),
        job=shared.job_name,
        body=Code(text, tuple(sorted({*imports, *timing.calendar.imports}))),
        origin=Origin(shared.dag.dag_id, "", shared.dag.span),
        minimum_interval_seconds=max(1, int(min(one.result.gate.every for one in found if one.result.gate))),
        resources=tuple(resources[name] for name in sorted(resources)),
        returns=returns(Text(text)),
    )
