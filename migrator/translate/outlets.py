"""Airflow's assets (datasets before Airflow 3): which asset of the generated project stands for each.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import airflow_model as am
from ..dagster_model import ExternalAsset, Key
from ..findings import Finding
from .timetables import is_partitioned
from .updates import is_mapped, items_of, tells_partitions


class Outlets:
    """Who updates which asset of Airflow's.

    The tasks that have it among their outlets: their own assets stand for it. One that no task of the project has gets
    an asset of its own, which others report on; those are in `external`.
    """

    def __init__(self, project: am.Project | None = None) -> None:
        dags = project.dags if project is not None else ()
        self.mapped: set[Key] = set()
        """The tasks with instances, each of which is an update in Airflow."""
        self.partitioned: set[Key] = set()
        """The tasks whose updates bear partition keys."""
        self.external: dict[Key, ExternalAsset] = {}
        self.findings: list[Finding] = []
        self._makers: dict[am.AssetRef, dict[Key, None]] = {}
        self.dags_by_id = {dag.dag_id: dag for dag in dags}
        self._tasks = {(dag.dag_id, task.task_id) for dag in dags for task in dag.tasks}
        for dag in dags:
            for task in dag.tasks:
                self._add(dag, task)

    def _add(self, dag: am.Dag, task: am.Task) -> None:
        argument = task.argument("outlets")
        if argument is None:
            return
        if is_mapped(task, dag):
            self.mapped.add((dag.dag_id, task.task_id))
        if is_partitioned(dag.schedule) or tells_partitions(task):
            self.partitioned.add((dag.dag_id, task.task_id))
        for item in items_of(task, "outlets"):
            if isinstance(item, am.AssetRef) and item.kind == "asset":
                self._makers.setdefault(item, {})[dag.dag_id, task.task_id] = None
            elif isinstance(item, am.AssetRef | am.Unknown | am.Deferred):
                what = f"the alias {item.name!r}" if isinstance(item, am.AssetRef) else "an outlet that is not known"
                message = f"`{task.task_id}` has {what}: which assets it updates is decided while it runs"
                self.findings.append(Finding("A2D113", message, argument.span, dag_id=dag.dag_id, task_id=task.task_id))

    def keys(self, ref: am.AssetRef) -> tuple[Key, ...]:
        """The assets whose materialization is an update of Airflow's asset."""
        found = {key: None for made, keys in self._makers.items() if _same(made, ref) for key in keys}
        return tuple(found) or (self._external(ref),)

    def whole(self, ref: am.AssetRef) -> am.AssetRef:
        """The asset that is meant by its name or its URI alone."""
        return self.made(ref) or ref

    def made(self, ref: am.AssetRef) -> am.AssetRef | None:
        """Likewise, of an asset that a task of the project updates; None where it is none."""
        return next((made for made in self._makers if _same(made, ref)), None)

    def of_partitions(self, ref: am.AssetRef) -> tuple[Key, ...]:
        """Those whose updates may be of partitions: of an asset from elsewhere nobody knows."""
        return tuple(key for key in self.keys(ref) if key in self.partitioned or key not in self._tasks)

    def dags(self, ref: am.AssetRef) -> Iterator[str]:
        """The DAGs that update an asset."""
        yield from (key[0] for key in self.keys(ref) if key in self._tasks)

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


def _same(one: am.AssetRef, other: am.AssetRef) -> bool:
    """Whether both are one asset: what is known of name and URI in both is equal."""
    pairs = [(a, b) for a, b in ((one.name, other.name), (one.uri, other.uri)) if _text(a) and _text(b)]
    return bool(pairs) and all(a == b for a, b in pairs)


def _text(value: am.Value) -> bool:
    return isinstance(value, str) and bool(value)


def key_text(key: Key) -> str:
    """An asset key as an expression."""
    return f"dg.AssetKey({list(key)!r})"
