"""What is known of a DAG before its tasks are translated: its names, its graph, its params and arguments."""

from __future__ import annotations

from collections import Counter

from .. import airflow_model as am
from ..digraph import Digraph
from .carry import Carrier
from .dag_arguments import set_dag_arguments
from .library import Library
from .names import Names, identifier, tag
from .params import set_params
from .schedule import Timing
from .shared import Connections, Shared
from .xcom_shapes import xcom_shapes


def prepared(
    dag: am.Dag,
    module: am.Module,
    project: am.Project,
    library: Library,
    connections: Connections,
    packages: Names,
    jobs: Names,
) -> Shared:
    """What is shared by the translation of the DAG's tasks, as far as its file alone says it."""
    package = packages.unique(identifier(dag.dag_id).lower())
    known = {t.task_id: t for t in dag.tasks}
    inside = ((e.upstream, e.downstream) for e in dag.edges if e.upstream in known and e.downstream in known)
    names = Names({"dg", "intervals", "job", "schedule", "airflow_dag", "timetable", "Any"})
    shared = Shared(
        dag=dag,
        project=project,
        module=module,
        package=package,
        job_name=jobs.unique(identifier(dag.dag_id)),
        library=library,
        carrier=Carrier(library, names),
        names=names,
        connections=connections,
        timing=Timing(),
        keys={t.task_id: (dag.dag_id, t.task_id) for t in dag.tasks},
        functions={},
        graph=Digraph(known, inside),
        tasks=known,
    )
    shared.uses_of_function = Counter(t.function.span for t in dag.tasks if t.function is not None)
    for task in dag.tasks:
        shared.functions[task.task_id] = _function_name(task, shared)
    shared.plain = all(t.trigger_rule == "all_success" and t.mapping is None for t in dag.tasks)
    shared.keyed, shared.multiple = xcom_shapes(dag)
    shared.tags = tuple(dict.fromkeys((tag(t), "") for t in dag.tags if isinstance(t, str) and t.strip()))
    set_params(shared)
    set_dag_arguments(shared)
    return shared


def _function_name(task: am.Task, shared: Shared) -> str:
    """The task's own name; when a carried-over function bears it and is not inlined, the writer keeps them apart."""
    name = identifier(task.task_id)
    function = task.function
    taken = {i.name for i in shared.module.items if i.kind in ("class", "assign", "import") and _carriable(i)}
    helpers = {i.name for i in shared.module.items if i.kind == "function"}
    inlined = function is not None and shared.use_count(function) == 1
    if name in taken or (name in helpers and not (inlined and function is not None and function.name == name)):
        name = f"{name}_task"
    return shared.names.unique(name)


def _carriable(item: am.ModuleItem) -> bool:
    """Whether a name may come along to the generated module: DAGs, tasks and what Airflow gave them do not."""
    return not item.airflow and not isinstance(item.value, am.Unknown | am.XComRef | am.TaskRef)
