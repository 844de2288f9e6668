"""Names as Dagster takes them: what one project's definitions are called, without two that are called the same.

Operations, jobs and assets share one namespace in a code location, in which an asset is its key joined by `__` with `-`
and `.` as `_` (Dagster 1.13). One bad name would keep the whole project from loading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ..dagster_model import Asset, AssetCheck, Becomes, DagModule, DagRecord, Key, Project
from ..findings import Finding
from .text import InvalidCode

_VALID = re.compile(r"[A-Za-z0-9_]+")


def node_name(key: Key) -> str:
    """What Dagster calls the operation of an asset."""
    return "__".join(key).replace("-", "_").replace(".", "_")


def with_valid_names(project: Project) -> tuple[Project, tuple[Finding, ...]]:
    """The project with asset keys, check and job names changed where Dagster would refuse them; a finding for each."""
    taken: set[str] = set()
    findings: list[Finding] = []
    keys: dict[Key, Key] = {}
    dags: list[DagModule] = []
    for dag in project.dags:
        assets = []
        for asset in dag.assets:
            key = _free_key(asset.key, taken)
            if key != asset.key:
                findings.append(_changed(dag, asset.origin.task_id, f"asset key {_show(asset.key)}", _show(key)))
            # References by a key that two assets had mean the first of them.
            keys.setdefault(asset.key, key)
            assets.append(replace(asset, key=key))
        dags.append(replace(dag, assets=tuple(assets)))
    checks: dict[tuple[str, str], str] = {}
    jobs: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for index, dag in enumerate(dags):
        changed = []
        for check in dag.checks:
            name = _free(check.name, "_check", taken, node_name(keys.get(check.asset, check.asset)) + "_")
            if name != check.name:
                findings.append(_changed(dag, check.origin.task_id, f"check {check.name}", name))
            checks[dag.dag_id, check.name] = name
            changed.append(replace(check, name=name))
        dags[index] = replace(dag, checks=tuple(changed))
        if dag.job is not None:
            name = _free(dag.job.name, "_job", taken)
            if name != dag.job.name:
                findings.append(_changed(dag, "", f"job {dag.job.name}", name))
            jobs[dag.dag_id] = name
            renamed[dag.job.name] = name
    if not findings:
        return project, ()
    written = tuple(_with_keys(dag, keys, renamed) for dag in dags)
    records = tuple(_record(record, keys, checks, jobs) for record in project.records)
    return replace(project, dags=written, records=records), tuple(findings)


def check_names(dag: DagModule, seen: set[str]) -> None:
    """Raise InvalidCode for names of schedules, sensors, groups that Dagster would refuse; `seen` are the others'."""
    sensors = [*(item.name for item in dag.sensors), *(item.name for item in dag.run_sensors)]
    started = [*([dag.schedule.name] if dag.schedule is not None else []), *sensors]
    groups = [*(part for asset in dag.assets for part in asset.group.split("/") if asset.group)]
    for name in (*started, *groups, *([dag.job.name] if dag.job is not None else []), *(c.name for c in dag.checks)):
        if not _VALID.fullmatch(name):
            raise InvalidCode(f"{name!r} is not a name in Dagster")
    for name in started:
        if name in seen:
            raise InvalidCode(f"two schedules or sensors are called {name}")
        seen.add(name)


def _free_key(key: Key, taken: set[str]) -> Key:
    parts = tuple(re.sub(r"[^A-Za-z0-9_.-]", "_", part) or "_" for part in key) or ("_",)
    found, number = parts, 2
    while node_name(found) in taken:
        found = (*parts[:-1], f"{parts[-1]}_{number}")
        number += 1
    taken.add(node_name(found))
    return found


def _free(name: str, suffix: str, taken: set[str], prefix: str = "") -> str:
    found, number = name, 2
    while prefix + found in taken:
        found = f"{name}{suffix}" if number == 2 else f"{name}{suffix}_{number}"
        number += 1
    taken.add(prefix + found)
    return found


def _show(key: Key) -> str:
    return "/".join(key)


def _changed(dag: DagModule, task_id: str, what: str, new: str) -> Finding:
    message = f"The {what} is called {new}: its own name is taken, or not allowed in Dagster."
    return Finding("A2D601", message, span=dag.origin.span, dag_id=dag.dag_id, task_id=task_id or None)


def _with_keys(dag: DagModule, keys: dict[Key, Key], jobs: dict[str, str]) -> DagModule:
    """The DAG with references to keys and to jobs as they are now."""

    def now(items: Iterable[Key]) -> tuple[Key, ...]:
        return tuple(keys.get(key, key) for key in items)

    def asset(item: Asset) -> Asset:
        inputs = tuple(replace(one, key=keys.get(one.key, one.key)) for one in item.inputs)
        return replace(item, inputs=inputs, deps=now(item.deps), other_deps=now(item.other_deps))

    def check(item: AssetCheck) -> AssetCheck:
        return replace(item, asset=keys.get(item.asset, item.asset), additional_deps=now(item.additional_deps))

    def name(job: str) -> str:
        return jobs.get(job, job)

    named = replace(
        dag,
        job=replace(dag.job, name=name(dag.job.name)) if dag.job is not None else None,
        schedule=replace(dag.schedule, job=name(dag.schedule.job)) if dag.schedule is not None else None,
        sensors=tuple(replace(sensor, job=name(sensor.job)) for sensor in dag.sensors),
        run_sensors=tuple(replace(sensor, job=name(sensor.job)) for sensor in dag.run_sensors),
    )
    return replace(named, assets=tuple(map(asset, dag.assets)), checks=tuple(map(check, dag.checks)))


def _record(
    record: DagRecord, keys: dict[Key, Key], checks: dict[tuple[str, str], str], jobs: dict[str, str]
) -> DagRecord:
    def becomes(item: Becomes) -> Becomes:
        name = checks.get((record.dag_id, item.name), item.name) if item.kind == "asset_check" else item.name
        return replace(item, name=name, key=keys.get(item.key, item.key))

    tasks = tuple(replace(task, becomes=tuple(map(becomes, task.becomes))) for task in record.tasks)
    return replace(record, tasks=tasks, job=record.job and jobs.get(record.dag_id, record.job))
