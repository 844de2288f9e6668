"""Updates of Airflow's assets (datasets before Airflow 3), as tasks see them that run because of them or look back.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html

An update is the materialization of a Dagster asset that stands for Airflow's, with the `extra` in its metadata (see
events.py). The run that has made it, and that run's dates, are what Dagster's instance says of them. The sensor that
asks for a run writes into a tag which materializations it is about. Of what happened before the instance was there,
Airflow's database knows and nobody else.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
import pendulum

from .dates import RUN_TYPE_TAG, Context, op_context, run_tags
from .events import EXTRA, PARTITIONS, Asset, AssetRef, NotKnownError
from .instance import DagRun

if TYPE_CHECKING:
    from .dag import AirflowDag

EVENTS_TAG = "airflow/asset_events"
"""A run's tag: for each of Airflow's assets its name and URI, and of which Dagster assets it is which updates."""
DAG_TAG = "airflow/dag_id"
PAGE = 100
"""How many events are read at once."""
TRIGGERED = ("asset_triggered", "dataset_triggered")


@dataclass(frozen=True)
class EventLog:
    """Where events are read, and the DAGs whose runs may have made them."""

    context: Context
    dag: "AirflowDag"

    @property
    def by_uri(self) -> bool:
        """Whether assets are known by their URI alone, as Airflow 2's datasets are."""
        return self.dag.airflow != "3"

    @property
    def instance(self) -> dg.DagsterInstance:
        return op_context(self.context).instance

    def of(self, updates: Iterable[tuple[Asset, dg.EventLogRecord]]) -> list["AssetEvent"]:
        """The events that these materializations are, in their order."""
        numbered = sorted(enumerate(updates), key=lambda one: (one[1][1].storage_id, one[0]))
        return [
            AssetEvent(asset, record, self, key)
            for _, (asset, record) in numbered
            for key in partitions_told(record, asset.name) or [""]
        ]

    def run_of(self, record: dg.EventLogRecord) -> dg.RunRecord | None:
        return self.instance.get_run_record_by_id(record.run_id)

    def dag_run(self, run: dg.RunRecord) -> DagRun:
        """The DAG run that a run is in Airflow."""
        dag_id = run.dagster_run.tags[DAG_TAG]
        for dag in (self.dag, *self.dag.sources):
            if dag.dag_id == dag_id:
                return dag.run_of(run)
        raise NotKnownError(f"what dates and ids the runs of {dag_id!r} have is not known here: see AirflowDag.sources")


class AssetEvent:
    """One update of one of Airflow's assets."""

    def __init__(self, asset: Asset, record: dg.EventLogRecord, log: EventLog, partition: str | None = None) -> None:
        if log.by_uri:
            self.dataset, self.uri = asset, asset.uri
        else:
            self.asset = asset
        self.timestamp: datetime = pendulum.from_timestamp(record.timestamp)
        self.source_aliases: list[Any] = []
        materialization = record.asset_materialization
        assert materialization is not None
        metadata = materialization.metadata.get(EXTRA)
        extras = metadata.value if metadata is not None else {}
        self.extra = extras.get(asset.name) or {} if isinstance(extras, Mapping) else {}
        self._log, self._run, self._partition = log, log.run_of(record), partition
        path = materialization.asset_key.path
        # Like one that is made through Airflow's API: no task has made it.
        self.source_dag_id = self.source_task_id = self.source_map_index = None
        if self._run is not None and (dag_id := self._run.dagster_run.tags.get(DAG_TAG)) is not None:
            self.source_dag_id, self.source_map_index = dag_id, -1
            self.source_task_id = ".".join(path[1:]) if path[0] == dag_id else None

    @cached_property
    def source_dag_run(self) -> DagRun | None:
        """The run that has made the update; None where no DAG's has."""
        return self._log.dag_run(self._run) if self._run is not None and self.source_dag_id is not None else None

    @property
    def source_run_id(self) -> str | None:
        return self.source_dag_run.run_id if self.source_dag_run is not None else None

    @property
    def partition_key(self) -> str | None:
        """The partition that was updated (Airflow 3.3): what the task has told, or that of its run."""
        return self._partition or getattr(self.source_dag_run, "partition_key", None)

    def __getattr__(self, name: str) -> Any:
        raise NotKnownError(f"{name!r} of an asset's event is in Airflow's database only; Dagster does not know it")

    def __repr__(self) -> str:
        return f"AssetEvent(extra={self.extra!r}, timestamp={self.timestamp})"


class ByAsset:
    """What is looked up by an asset, or by its name or URI alone."""

    def __getitem__(self, key: Any) -> Any:
        raise NotImplementedError

    def for_asset(self, *, name: str | None = None, uri: str | None = None) -> Any:
        """What is there for the asset of this name and URI; either may be enough."""
        if name is None and uri is None:
            raise ValueError("name and uri cannot both be None")
        return self[Asset(name, uri) if name and uri else AssetRef(name, uri)]


class TriggeringEvents(ByAsset, Mapping[Any, list[AssetEvent]]):
    """`triggering_asset_events`, and `triggering_dataset_events` by URI: what made the sensor ask for this run."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def __getitem__(self, key: Any) -> list[AssetEvent]:
        if isinstance(key, AssetRef):
            return next((events for asset, events in self._events.items() if refers(asset, key)), [])
        return self._events.get(key, [])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        return repr(self._events)

    def values(self) -> Any:
        """In Airflow 2 those of a dict, which have a last one for a template."""
        return self._events.values() if self._log.by_uri else super().values()

    def items(self) -> Any:
        """Likewise."""
        return self._events.items() if self._log.by_uri else super().items()

    @cached_property
    def _events(self) -> dict[Any, list[AssetEvent]]:
        tags = run_tags(op_context(self._log.context))
        if EVENTS_TAG not in tags:
            if tags.get(RUN_TYPE_TAG) in TRIGGERED:
                raise NotKnownError("the sensor that asked for this run did not say which updates it is about")
            return {}  # somebody or a schedule started it
        found = [
            (asset, record)
            for name, uri, updates in json.loads(tags[EVENTS_TAG])
            for asset in [Asset(name, uri)]
            for key, after, until in updates
            for record in records_of(self._log.instance, dg.AssetKey.from_user_string(key), after, until)
        ]
        events: dict[Any, list[AssetEvent]] = {}
        for event in self._log.of(found):
            events.setdefault(event.uri if self._log.by_uri else event.asset, []).append(event)
        return events


def events_tag(assets: Mapping[Asset, Sequence[dg.AssetKey]], updates: Mapping[str, tuple[int, int]]) -> dict[str, str]:
    """The tag that tells a run what it is about.

    `assets`: the Dagster assets that stand for each of Airflow's. `updates`: those that were updated, each with the
    storage id that all updates are after, and that of the last one.
    """
    rows = []
    for asset, keys in assets.items():
        names = [key.to_user_string() for key in keys]
        rows.append([asset.name, asset.uri, [[name, *updates[name]] for name in names if name in updates]])
    return {EVENTS_TAG: json.dumps(rows)}


def records_of(
    instance: dg.DagsterInstance, key: dg.AssetKey, after: int | None = None, until: int | None = None
) -> Iterator[dg.EventLogRecord]:
    """The materializations of an asset after a storage id, up to another one, in order."""
    cursor, before = None, None if until is None else until + 1
    wanted = dg.AssetRecordsFilter(asset_key=key, after_storage_id=after, before_storage_id=before)
    while True:
        found = instance.fetch_materializations(wanted, limit=PAGE, cursor=cursor, ascending=True)
        yield from found.records
        if not found.has_more:
            return
        cursor = found.cursor


def partitions_told(record: dg.EventLogRecord, name: str) -> list[str]:
    """The partitions that a task says its update of an asset is of."""
    materialization = record.asset_materialization
    told = materialization.metadata.get(PARTITIONS) if materialization is not None else None
    keys: list[str] = told.value.get(name, []) if told is not None and isinstance(told.value, dict) else []
    return keys


def refers(asset: Asset, key: Any) -> bool:
    """Whether a reference is to the asset."""
    return isinstance(key, AssetRef) and key.name in (None, asset.name) and key.uri in (None, asset.uri)
