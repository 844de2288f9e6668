"""The whole project: every DAG, the resources they share, the user's modules that come along."""

from __future__ import annotations

import re
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from .. import airflow_model as am
from .. import rules
from ..dagster_model import Code, ConfigClass, DagModule, DagRecord, EnvVariable, Project, Resource
from ..findings import Finding, order
from ..rules.connections import Exported, resource_for
from .dag import translate_dag
from .dates_read import partitioned_because
from .library import Library
from .linking import with_types, with_whole_dags
from .names import Names
from .others import confs, other_dags
from .outlets import Outlets
from .own_files import OWN_FILES, copied_files
from .params import taking
from .prepare import prepared
from .requirements import requirements
from .schedule import timing
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
        shared = prepared(dag, module, project, library, shared_connections, packages, jobs)
        named = [file.text for (dag_id, _), file in project.template_files.items() if dag_id == dag.dag_id]
        because = partitioned_because(dag, named)
        try:
            shared.timing = timing(dag, because, job=shared.job_name, outlets=outlets, cutover=cutover, library=library)
        except Exception as error:  # a fault of ours must not cost the user the other DAGs
            findings.append(_lost(dag, error))
            continue
        shared.env |= set(shared.timing.env)
        shared.root_sensors, shared.outlets = root_sensors, outlets
        for sensor in shared.timing.sensors:
            sensor_names.take(sensor.name)
        everything.append(shared)
    others, given = other_dags(everything), confs(everything)
    for shared in everything:
        dag, shared.others, shared.sensor_names = shared.dag, others, sensor_names
        if shared.params is not None:
            shared.params = taking(shared.params, dag, given.get(dag.dag_id, []))
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
    findings += _pools_to_limit(modules)
    resources = _resources(shared_connections, known)
    for conn_id in shared_connections.unknown():
        findings.append(Finding("A2D505", f"What kind of database the connection `{conn_id}` is, is not known"))
    modules = [with_types(m, resources, configs) for m in modules]
    modules = with_whole_dags(modules, {s.dag.dag_id: s.whole_dags for s in everything})
    lib = library.modules()
    copied, told = copied_files(
        project, modules, lib, (path for s in everything for path in s.own_files | s.carrier.files)
    )
    findings += told
    env |= {OWN_FILES} if copied else set()
    env |= library.env()
    env |= {v for r in resources for v in r.env} | {v for _, part in library.parts.values() for v in part.env}
    return Project(
        package=package,
        dags=tuple(modules),
        resources=tuple(resources),
        config_classes=tuple(configs),
        lib=lib,
        files=dict(sorted((files | copied).items())),
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


def _pools_to_limit(modules: list[DagModule]) -> Iterable[Finding]:
    """A finding a pool: how many slots it has, the DAG files do not tell."""
    counted = Counter(asset.pool for module in modules for asset in module.assets if asset.pool)
    for pool, tasks in sorted(counted.items()):
        number = "1 task takes" if tasks == 1 else f"{tasks} tasks take"
        yield Finding("A2D118", f"{number} slots of the pool `{pool}`, whose limit is to be set in Dagster")


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
