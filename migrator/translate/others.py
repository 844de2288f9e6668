"""What the translation of one DAG may know of the others: their keys and dates, and what starts them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import airflow_model as am
from ..dagster_model import Code, DagModule, Import, Key
from ..rules.api import OtherDag
from .sensors import TIMEDELTA, duration

if TYPE_CHECKING:
    from .shared import Shared

SENSOR = "ExternalTaskSensor"


@dataclass
class OtherDags:
    """All DAGs of the project, before any of them is translated."""

    dags: Mapping[str, OtherDag] = field(default_factory=dict)
    constants: Mapping[str, Code] = field(default_factory=dict)
    """What each is in generated code: the runtime's AirflowDag, which knows how runs get their dates."""
    waited_for: frozenset[tuple[str, str]] = frozenset()
    """The tasks (DAG and task id) that another DAG waits for, which must be assets."""
    started: frozenset[str] = frozenset()
    """The DAGs that another DAG starts, perhaps with a conf that has more than their params."""
    _edges: dict[str, set[str]] = field(default_factory=dict)

    def connect(self, upstream: str, downstream: str) -> bool:
        """Note that a DAG's assets depend on another's; false where that would go round in a circle.

        DAGs that wait for each other at different dates do so, and Dagster would load nothing of such a project.
        """
        reached, waiting = set(), [upstream]
        while waiting:
            if (one := waiting.pop()) not in reached:
                reached.add(one)
                waiting += self._edges.get(one, ())
        if downstream in reached:
            return False
        self._edges.setdefault(downstream, set()).add(upstream)
        return True


def other_dags(all_shared: Iterable[Shared]) -> OtherDags:
    """What is known of all DAGs of the project."""
    dags: dict[str, OtherDag] = {}
    constants: dict[str, Code] = {}
    for shared in all_shared:
        dag = shared.dag
        params = None
        if shared.params is not None:
            params = shared.params.resource, tuple(f.name for f in shared.params.fields)
        dags[dag.dag_id] = OtherDag(
            dag_id=dag.dag_id,
            tasks=dict(shared.keys),
            groups={g.group_id: _members(g, dag) for g in dag.groups},
            mapped=frozenset(t.task_id for t in dag.tasks if t.mapping is not None),
            job=shared.job_name,
            partitioned=shared.timing.partitions is not None,
            airflow=dag.airflow,
            params=params,
            checked_params=shared.params.class_name if shared.params is not None and shared.params.checked else None,
            complete=dag.complete,
        )
        text = f"AirflowDag({', '.join(schedule_arguments(shared))})"
        timed = shared.timing.timetable.imports if shared.timing.timetable else ()
        imports = (Import("@compat.dag", "AirflowDag"), *schedule_imports(shared), *timed)
        constants[dag.dag_id] = Code(text, imports)
    return OtherDags(dags, constants, frozenset(_waited_for(dags, all_shared)), frozenset(_started(all_shared)))


def schedule_arguments(shared: Shared, timetable: str = "") -> list[str]:
    """The arguments of the runtime's AirflowDag that say what its runs' dates are.

    `timetable` is the name of a timetable of the DAG's own, where it has one.
    """
    dag, timing = shared.dag, shared.timing
    arguments = [f"dag_id={dag.dag_id!r}", f'airflow="{dag.airflow}"']
    if timing.cron:
        arguments.append(f"cron={timing.cron!r}")
    if timing.timezone != "UTC":
        arguments.append(f"timezone={timing.timezone!r}")
    if not timing.data_intervals:
        arguments.append("data_intervals=False")
    if timing.interval:
        arguments.append(f"interval={duration(timing.interval)}")
    if timing.timetable:
        arguments.append(f"timetable={timetable or timing.timetable}")
    if timing.keys:
        offset = f", offset={timing.keys.offset}" if timing.keys.offset else ""
        arguments.append(f"partition_keys=PartitionKeys({timing.keys.fmt!r}{offset})")
    return arguments


def schedule_imports(shared: Shared) -> tuple[Import, ...]:
    """What those arguments import, but for a timetable of the DAG's own."""
    needed = {TIMEDELTA: shared.timing.interval, Import("@compat.dates", "PartitionKeys"): shared.timing.keys}
    return tuple(one for one, used in needed.items() if used)


def _members(group: am.Group, dag: am.Dag) -> tuple[str, ...]:
    """The tasks in a group and in the groups in it."""
    inside = {group.group_id}
    while more := {g.group_id for g in dag.groups if g.parent in inside} - inside:
        inside |= more
    return tuple(t.task_id for t in dag.tasks if t.group in inside)


def _waited_for(dags: Mapping[str, OtherDag], all_shared: Iterable[Shared]) -> Iterable[tuple[str, str]]:
    for shared in all_shared:
        for task in shared.dag.tasks:
            if not task.operator.startswith(SENSOR):
                continue
            values = {a.name: a.value for a in task.arguments}
            other = dags.get(str(values.get("external_dag_id")))
            if other is None:
                continue
            several = values.get("external_task_ids")
            found = [values.get("external_task_id"), *(several if isinstance(several, list | tuple) else ())]
            found += other.groups.get(str(values.get("external_task_group_id")), ())
            yield from ((other.dag_id, task_id) for task_id in found if isinstance(task_id, str))


def _started(all_shared: Iterable[Shared]) -> Iterable[str]:
    for shared in all_shared:
        for task in shared.dag.tasks:
            argument = task.argument("trigger_dag_id")
            if argument is not None and isinstance(argument.value, str):
                yield argument.value


def confs(all_shared: Iterable[Shared]) -> dict[str, list[am.Value]]:
    """What other DAGs give to runs of each DAG that they start."""
    found: dict[str, list[am.Value]] = {}
    for shared in all_shared:
        for task in shared.dag.tasks:
            started, conf = task.argument("trigger_dag_id"), task.argument("conf")
            if started is not None and isinstance(started.value, str) and conf is not None:
                found.setdefault(started.value, []).append(conf.value)
    return found


def leaves(module: DagModule) -> tuple[Key, ...]:
    """What a whole DAG comes down to: an outcome graph's own asset, else the assets that nothing of it follows."""
    if module.graph is not None:
        return ((module.dag_id,),)
    followed = {key for a in module.assets for key in (*a.deps, *(i.key for i in a.inputs))}
    return tuple(a.key for a in module.assets if a.key not in followed)
