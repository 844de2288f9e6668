"""The whole project: every DAG, the resources they share, the user's modules that come along."""

from __future__ import annotations

import datetime as dt
import re
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import networkx as nx

from .. import airflow_model as am
from .. import rules
from ..dagster_model import (
    Asset,
    AssetCheck,
    Code,
    ConfigClass,
    ConfigField,
    DagModule,
    DagRecord,
    EnvVariable,
    Fate,
    Import,
    Origin,
    Project,
    Resource,
    ResourceUse,
)
from ..findings import Finding, order
from ..rules.connections import Exported, resource_for
from . import templates
from .callbacks import CALLBACKS
from .carry import Carrier
from .control import rule_of
from .dag import translate_dag
from .library import Library
from .names import Names, class_name, identifier, tag
from .others import leaves, other_dags
from .outlets import Outlets
from .pen import CannotWriteError, Pen
from .requirements import requirements
from .schedule import Timing, timing
from .shared import Connections, Shared


def translate(
    project: am.Project,
    *,
    package: str = "airflow_dags",
    connections: Mapping[str, Exported] | None = None,
    cutover: str | None = None,
    root_sensors: bool = False,
) -> Project:
    """The Dagster project for everything that was read.

    `connections` are those of `airflow connections export`; `cutover` is the time (ISO) from which on Dagster runs what
    falls due, where it is known. With `root_sensors`, sensors that a DAG begins with start its runs, where that is the
    same. Never raises for what a user's file can do: what cannot be translated is a finding.
    """
    rules.load()
    known = dict(connections or {})
    shared_connections = Connections({k: v.conn_type for k, v in known.items() if v.conn_type})
    library = Library(project)
    findings = list(project.findings)
    outlets = Outlets(project)
    packages, jobs = Names({"resources", "external_assets"}), Names()
    modules: list[DagModule] = []
    records: list[DagRecord] = []
    configs: list[ConfigClass] = []
    env: set[EnvVariable] = set()
    files: dict[str, str] = {}
    everything: list[Shared] = []
    sensor_names = Names()
    for dag in project.dags:
        module = project.modules.get(dag.file)
        if module is None:
            findings.append(Finding("A2D410", f"The file of {dag.dag_id} was not read", dag.span, dag_id=dag.dag_id))
            continue
        shared = _shared(dag, module, project, library, shared_connections, packages, jobs)
        named = [file.text for (dag_id, _), file in project.template_files.items() if dag_id == dag.dag_id]
        because = _partitioned_because(dag, named)
        try:
            shared.timing = timing(dag, because, job=shared.job_name, outlets=outlets, cutover=cutover)
        except Exception as error:  # a fault of ours must not cost the user the other DAGs
            findings.append(_lost(dag, error))
            continue
        shared.env |= set(shared.timing.env)
        shared.root_sensors = root_sensors
        for sensor in shared.timing.sensors:
            sensor_names.take(sensor.name)
        everything.append(shared)
    others = other_dags(everything)
    for shared in everything:
        dag, shared.others, shared.sensor_names = shared.dag, others, sensor_names
        try:
            translated, record = translate_dag(shared)
        except Exception as error:  # likewise
            findings.append(_lost(dag, error))
            continue
        modules.append(translated)
        records.append(record)
        findings += shared.findings
        env |= shared.env | shared.carrier.env
        files |= {f"defs/{shared.package}/{name}": text for name, text in shared.files.items()}
        if shared.params is not None:
            configs.append(shared.params)
    findings += outlets.findings
    resources = _resources(shared_connections, known)
    for conn_id in shared_connections.unknown():
        findings.append(Finding("A2D505", f"What kind of database the connection `{conn_id}` is, is not known"))
    modules = [_with_types(m, resources, configs) for m in modules]
    modules = _with_whole_dags(modules, {s.dag.dag_id: s.whole_dags for s in everything})
    env |= {v for r in resources for v in r.env}
    return Project(
        package=package,
        dags=tuple(modules),
        resources=tuple(resources),
        config_classes=tuple(configs),
        lib=library.modules(),
        files=dict(sorted(files.items())),
        env=tuple(sorted(_merge(env), key=lambda v: v.name)),
        requirements=tuple(sorted(_requirements(resources, modules, library))),
        records=tuple(records),
        findings=tuple(sorted(dict.fromkeys(findings), key=order)),
        external=tuple(outlets.external[key] for key in sorted(outlets.external)),
        xcom=any(a.inputs or a.flow for m in modules for a in m.assets),
    )


def _lost(dag: am.Dag, error: Exception) -> Finding:
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = f"`{dag.dag_id}` could not be converted: {type(error).__name__}: {error} ({place.name})"
    return Finding("A2D410", message, dag.span, dag_id=dag.dag_id)


def _requirements(resources: list[Resource], modules: list[DagModule], library: Library) -> set[str]:
    pinned = {r for resource in resources for r in resource.requirements}
    bodies = [a.body for m in modules for a in m.assets] + [c.body for m in modules for c in m.checks]
    if any(isinstance(body, Code) and "split_statements=" in body.text for body in bodies):
        pinned.add("sqlparse>=0.5")  # what Airflow splits with
    known = {re.split(r"[<>=\[ ]", r)[0] for r in pinned}
    return pinned | {r for r in requirements(modules, library.modules()) if r not in known}


def _merge(env: set[EnvVariable]) -> Iterable[EnvVariable]:
    """One entry a name; required and secret win."""
    by_name: dict[str, EnvVariable] = {}
    for variable in sorted(env, key=lambda v: (v.name, not v.required, v.description)):
        known = by_name.get(variable.name)
        by_name[variable.name] = variable if known is None else replace(known, secret=known.secret or variable.secret)
    return by_name.values()


def _shared(
    dag: am.Dag,
    module: am.Module,
    project: am.Project,
    library: Library,
    connections: Connections,
    packages: Names,
    jobs: Names,
) -> Shared:
    package = packages.unique(identifier(dag.dag_id).lower())
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(t.task_id for t in dag.tasks)
    known = set(graph)
    graph.add_edges_from((e.upstream, e.downstream) for e in dag.edges if {e.upstream, e.downstream} <= known)
    names = Names({"dg", "intervals", "job", "schedule", "airflow_dag", "Any"})
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
        graph=graph,
        tasks={t.task_id: t for t in dag.tasks},
    )
    shared.uses_of_function = Counter(t.function.span for t in dag.tasks if t.function is not None)
    for task in dag.tasks:
        shared.functions[task.task_id] = _function_name(task, shared)
    shared.plain = all(t.trigger_rule == "all_success" and t.mapping is None for t in dag.tasks)
    shared.keyed, shared.multiple = _xcom_shapes(dag)
    shared.tags = tuple(dict.fromkeys((tag(t), "") for t in dag.tags if isinstance(t, str) and t.strip()))
    _params(shared)
    _dag_arguments(shared)
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


DATED = ("TimeDeltaSensor", "DayOfWeek", "IntervalCheck", "ExternalTaskSensor")
"""Parts of the names of operators that look at the run's dates by themselves."""


def _partitioned_because(dag: am.Dag, template_files: list[str]) -> str:
    """Why the DAG needs partitions; empty where it does not. `template_files` are the texts its arguments name."""
    if templates.reads_dates(template_files):
        return "its tasks read the data interval"
    for task in dag.tasks:
        if task.function is not None and any(_use_reads_date(u) for u in task.function.uses):
            return "its tasks read the data interval"
        arguments = (*task.arguments, *task.op_args, *task.op_kwargs)
        if any(templates.reads_dates(a.value) for a in arguments if a.name not in ("doc_md", "doc")):
            return "its tasks read the data interval"
        if any(name in task.operator for name in DATED):
            return "its tasks read the data interval"
    for argument in (dag.argument("depends_on_past"), *(t.argument("depends_on_past") for t in dag.tasks)):
        if argument is not None and argument.value is True:
            return "its runs depend on the past"
    if dag.catchup is True:
        return "it backfills (catchup)"
    return ""


def _use_reads_date(use: am.Use) -> bool:
    from ..read.template_names import DATE_ATTRIBUTES, DATE_NAMES

    if use.kind == "context_all":
        return True
    if use.kind != "context":
        return False
    path = use.get("path", ())
    return use.name in DATE_NAMES or (bool(path) and path[0] in DATE_ATTRIBUTES.get(use.name, ()))


def _xcom_shapes(dag: am.Dag) -> tuple[frozenset[str], frozenset[str]]:
    """The tasks whose value is a dict by key, and those that push the keys of their returned dict."""
    keyed, multiple = set(), set()
    pulled: dict[str, set[str]] = {}
    for task in dag.tasks:
        for ref in _xcom_refs([a.value for a in (*task.arguments, *task.op_args, *task.op_kwargs)]):
            pulled.setdefault(ref.task_id, set()).add(ref.key)
        if task.function is not None:
            for use in task.function.uses:
                ids = use.get("task_ids")
                for task_id in [ids] if isinstance(ids, str) else ids if isinstance(ids, list | tuple) else []:
                    if use.kind == "pull" and isinstance(task_id, str) and isinstance(use.get("key"), str):
                        pulled.setdefault(task_id, set()).add(use.get("key"))
    for task in dag.tasks:
        argument = task.argument("multiple_outputs")
        if (argument is not None and argument.value is True) or (argument is None and infers_multiple_outputs(task)):
            multiple.add(task.task_id)
        if task.function is not None:
            if any(u.kind == "push" for u in task.function.uses):
                keyed.add(task.task_id)
            continue
        if templates.push(task):
            keyed.add(task.task_id)
        rule = rule_of(task)
        if rule.keyed if rule is not None else pulled.get(task.task_id, set()) - {"return_value"}:
            keyed.add(task.task_id)
    return frozenset(keyed), frozenset(multiple)


def infers_multiple_outputs(task: am.Task) -> bool:
    """Whether Airflow takes a decorated function's return annotation as a dict of outputs."""
    if task.decorator is None or task.function is None or not task.function.returns:
        return False
    root = re.split(r"[\[|]", task.function.returns.strip("'\" "))[0].rpartition(".")[2].strip()
    return root in ("dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "TypedDict")


def _xcom_refs(values: Iterable[am.Value]) -> Iterable[am.XComRef]:
    for value in values:
        match value:
            case am.XComRef():
                yield value
            case list() | tuple() | set():
                yield from _xcom_refs(value)
            case dict():
                yield from _xcom_refs(value.values())


# --- params and the DAG's own arguments ---------------------------------------------------------------------------

_ANNOTATIONS = {str: "str", int: "int", float: "float", bool: "bool", list: "list[Any]", dict: "dict[str, Any]"}


_TOLD = frozenset({"title", "description", "description_md", "section", "examples", "values_display"})
"""What a param's schema says to people."""


def _bounds(rule: str, value: am.Value) -> bool:
    """Whether a part of a param's schema forbids values that its field takes; one type is the field's."""
    return rule not in _TOLD and not (rule == "type" and isinstance(value, str))


def _params(shared: Shared) -> None:
    """A configuration class for the DAG's params, where each can be a field of one."""
    dag = shared.dag
    if not dag.params:
        return
    if bounded := [name for name, spec in dag.params if any(_bounds(rule, value) for rule, value in spec.schema)]:
        argument = dag.argument("params")
        message = f"What values {', '.join(f'`{name}`' for name in bounded)} may have is not checked"
        shared.report("A2D512", message, argument.span if argument else dag.span)
    fields = []
    for name, spec in dag.params:
        pen = Pen()
        if not name.isidentifier() or name != identifier(name) or name.startswith(("_", "model_")):
            return
        annotation = _ANNOTATIONS.get(type(spec.default), "Any")
        if spec.schema and not isinstance(dict(spec.schema).get("type", "string"), str):
            annotation = "Any"
        imports = (Import("typing", "Any"),) if "Any" in annotation else ()
        default = None
        if spec.has_default:
            try:
                default = Code(pen.expression(spec.default), tuple(sorted(pen.imports)))
            except CannotWriteError:
                return
        fields.append(ConfigField(name, Code(annotation, imports), default, spec.description))
    shared.params = ConfigClass(
        class_name=f"{class_name(shared.package)}Params",
        resource=f"{shared.package}_params",
        fields=tuple(fields),
        description=f"The params of the Airflow DAG `{dag.dag_id}`.",
        origin=Origin(dag.dag_id, "", dag.span),
    )


READ_ELSEWHERE = frozenset(
    re.findall(
        r"\w+",
        """template_searchpath
        dag_id schedule schedule_interval timetable start_date end_date catchup tags params description doc_md
        default_args max_active_tasks concurrency user_defined_macros user_defined_filters
        render_template_as_native_obj template_undefined jinja_environment_kwargs""",
    )
)
MAX_RUNTIME = "dagster/max_runtime"
"""A run's tag: the seconds after which Dagster's run monitoring ends it as failed."""
DROPPED = {
    "dag_display_name": "it is only shown",
    "default_view": "it is about Airflow's web page",
    "orientation": "it is about Airflow's web page",
    "owner_links": "it is about Airflow's web page",
    "access_control": "access is the business of the Dagster deployment",
    "is_paused_upon_creation": "schedules are written stopped",
    "fail_fast": "",
    "auto_register": "it is about how Airflow finds the DAG",
    "full_filepath": "it is about how Airflow finds the DAG",
    "dag": "",
}
UNSUPPORTED = {
    "dagrun_timeout": "a run is not stopped after this time",
    "sla_miss_callback": "no one is told when a task is late",
    "fail_stop": "other tasks go on when one fails",
    "deadline": "no one is told when a run is late",
    "disable_bundle_versioning": "",
    "max_consecutive_failed_dag_runs": "the schedule is not stopped after failures",
    "allowed_run_types": "any run may be started",
    "rerun_with_latest_version": "",
}


def _dag_arguments(shared: Shared) -> None:
    """The fate of each argument of the DAG itself, and what the runtime's description of it needs."""
    dag = shared.dag
    fates: list[Fate] = []
    for argument in dag.arguments:
        name, text = argument.name, argument.source or ""
        if name in READ_ELSEWHERE or (name in CALLBACKS and argument.value):
            fates.append(Fate(name, "translated", "", argument.origin, text[:200]))
        elif name == "max_active_runs":
            fates.append(_max_active_runs(argument, shared))
        elif name == "dagrun_timeout" and isinstance(argument.value, dt.timedelta):
            shared.job_tags = ((MAX_RUNTIME, f"{argument.value.total_seconds():g}"),)
            fates.append(Fate(name, "translated", f"the tag `{MAX_RUNTIME}`", argument.origin, text[:200]))
        elif name == "sla_miss_callback" and dag.airflow == "3":
            told = "Airflow 3 has no SLAs and ignores it"
            fates.append(Fate(name, "dropped", told, argument.origin, text[:200]))
            shared.report("A2D302", f"`{name}`: {told}", argument.span)
        elif name in DROPPED or argument.value in (None, False, [], {}):
            fates.append(Fate(name, "dropped", DROPPED.get(name) or "it changes nothing", argument.origin, text[:200]))
        else:
            consequence = UNSUPPORTED.get(name) or "it is not carried over"
            fates.append(Fate(name, "unsupported", consequence, argument.origin, text[:200]))
            code = "A2D109" if name.endswith("callback") else "A2D108"
            shared.report(code, f"`{name}`: {consequence}", argument.span)
    shared.dag_fates = tuple(fates)
    native = dag.argument("render_template_as_native_obj")
    shared.native = native is not None and native.value is True
    found: list[tuple[str, str, set[Import]]] = []
    if dag.params and shared.params is None:
        _dag_argument(found, "params", {n: s.default for n, s in dag.params}, shared)
    if shared.native:
        found.append(("render_template_as_native_obj", "True", set()))
    for name in ("user_defined_macros", "user_defined_filters"):
        argument_ = dag.argument(name)
        if argument_ is not None and isinstance(argument_.value, dict):
            shared.user_macros |= {k for k in argument_.value if isinstance(k, str)}
            _dag_argument(found, name, argument_.value, shared)
    for name in ("template_undefined", "jinja_environment_kwargs"):
        argument_ = dag.argument(name)
        if argument_ is not None and argument_.value:
            _dag_argument(found, name, argument_.value, shared)
            shared.lenient = True  # which names are unknown is told nowhere
            shared.own_jinja |= name == "jinja_environment_kwargs"
    shared.dag_arguments = tuple(found)


def _max_active_runs(argument: am.Argument, shared: Shared) -> Fate:
    """How many runs of the DAG may go on at once: a limit in dagster.yaml."""
    text, value = (argument.source or "")[:200], argument.value
    if value in (16, None):
        return Fate(argument.name, "dropped", "it is Airflow's default", argument.origin, text)
    if isinstance(value, int) and value > 0:
        shared.max_active_runs = value
        return Fate(argument.name, "translated", "a limit in dagster.yaml", argument.origin, text)
    consequence = "runs are not limited; set a limit in dagster.yaml"
    shared.report("A2D108", f"`{argument.name}`: {consequence}", argument.span)
    return Fate(argument.name, "unsupported", consequence, argument.origin, text)


def _dag_argument(found: list[tuple[str, str, set[Import]]], name: str, value: Any, shared: Shared) -> None:
    from .view import View

    if not shared.dag.tasks:
        return
    view = View(shared.dag.tasks[0], shared)
    try:
        text = view.pen.expression(value)
    except CannotWriteError as error:
        shared.report("A2D108", f"`{name}`: {error.reason}", shared.dag.span)
        return
    found.append((name, text, view.pen.imports))


def _with_whole_dags(modules: list[DagModule], wanted: Mapping[str, dict[str, list[str]]]) -> list[DagModule]:
    """Fill in the assets of whole DAGs that others depend on, known when all are translated."""
    ends = {m.dag_id: leaves(m) for m in modules}

    def asset(one: Asset) -> Asset:
        dags = wanted[one.origin.dag_id].get(one.origin.task_id, ())
        more = (key for dag_id in dags for key in ends.get(dag_id, ()))
        return replace(one, other_deps=tuple(dict.fromkeys((*one.other_deps, *more)))) if dags else one

    return [replace(m, assets=tuple(map(asset, m.assets))) if wanted[m.dag_id] else m for m in modules]


# --- resources ----------------------------------------------------------------------------------------------------


def _resources(connections: Connections, known: Mapping[str, Exported]) -> list[Resource]:
    found = []
    for name, (conn_id, conn_type) in sorted(connections.types().items()):
        found.append(
            replace(
                resource_for(conn_id, conn_type, known.get(conn_id)),
                name=name,
                standalone=name in connections.standalone,
            )
        )
    return found


def _with_types(module: DagModule, resources: list[Resource], configs: list[ConfigClass]) -> DagModule:
    """Fill in the classes of the resources, which are only known when every user of a connection was seen."""
    types = {r.name: r.class_name for r in resources} | {c.resource: c.class_name for c in configs}

    def typed(uses: tuple[ResourceUse, ...]) -> tuple[ResourceUse, ...]:
        return tuple(replace(u, type_name=types.get(u.name, u.type_name)) for u in uses)

    assets: list[Asset] = [replace(a, resources=typed(a.resources)) for a in module.assets]
    checks: list[AssetCheck] = [replace(c, resources=typed(c.resources)) for c in module.checks]
    sensors = tuple(replace(s, resources=typed(s.resources)) for s in module.sensors)
    return replace(module, assets=tuple(assets), checks=tuple(checks), sensors=sensors)
