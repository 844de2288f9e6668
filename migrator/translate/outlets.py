"""Airflow's assets (datasets before Airflow 3): which asset of the generated project stands for each.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import airflow_model as am
from ..dagster_model import ExternalAsset, Key
from ..findings import Finding
from .updates import is_mapped


class Outlets:
    """Who updates which asset of Airflow's.

    The tasks that have it among their outlets: their own assets stand for it. One that no task of the project has gets
    an asset of its own, which others report on; those are in `external`.
    """

    def __init__(self, project: am.Project) -> None:
        self.mapped: set[Key] = set()
        """The tasks with instances, each of which is an update in Airflow."""
        self.external: dict[Key, ExternalAsset] = {}
        self.findings: list[Finding] = []
        self._makers: dict[str, dict[Key, None]] = {}
        self._tasks = {(dag.dag_id, task.task_id) for dag in project.dags for task in dag.tasks}
        for dag in project.dags:
            for task in dag.tasks:
                self._add(dag, task)

    def _add(self, dag: am.Dag, task: am.Task) -> None:
        argument = task.argument("outlets")
        if argument is None:
            return
        if is_mapped(task, dag):
            self.mapped.add((dag.dag_id, task.task_id))
        for item in _items(argument.value):
            if isinstance(item, am.AssetRef) and item.kind == "asset":
                for name in _names(item):
                    self._makers.setdefault(name, {})[dag.dag_id, task.task_id] = None
            elif isinstance(item, am.AssetRef | am.Unknown | am.Deferred):
                what = f"the alias {item.name!r}" if isinstance(item, am.AssetRef) else "an outlet that is not known"
                message = f"`{task.task_id}` has {what}: which assets it updates is decided while it runs"
                self.findings.append(Finding("A2D113", message, argument.span, dag_id=dag.dag_id, task_id=task.task_id))

    def keys(self, ref: am.AssetRef) -> tuple[Key, ...]:
        """The assets whose materialization is an update of Airflow's asset."""
        for name in _names(ref):
            if name in self._makers:
                return tuple(self._makers[name])
        return (self._external(ref),)

    def _external(self, ref: am.AssetRef) -> Key:
        text = next(iter(_names(ref)), "asset")
        key = tuple(part for part in re.split(r"[:/?#]+", text) if part) or ("asset",)
        if key in self._tasks:
            key = ("external", *key)
        uri = ref.uri if isinstance(ref.uri, str) else None
        name = ref.name if isinstance(ref.name, str) else None
        self.external[key] = ExternalAsset(key, name=name, uri=uri)
        return key


def _names(ref: am.AssetRef) -> Iterator[str]:
    """What an asset is known by: its URI and its name; either may be all that a reference gives."""
    for name in (ref.uri, ref.name):
        if isinstance(name, str) and name:
            yield name


def _items(value: am.Value) -> Iterator[am.Value]:
    match value:
        case am.AssetCondition():
            for item in value.items:
                yield from _items(item)
        case list() | tuple() | set() | frozenset():
            for item in value:
                yield from _items(item)
        case _:
            yield value
