"""Updates of Airflow's assets (datasets before Airflow 3), as the tasks see them that make them or run because of them.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html

An update is the materialization of a Dagster asset that stands for Airflow's. What a task tells of it, its `extra`, is
in the materialization's metadata, where Dagster sorts its keys. The sensor that asks for a run writes into a tag which
materializations it is about.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import dagster as dg
import pendulum

from .dates import RUN_TYPE_TAG, Context, map_index, op_context, run_tags

EXTRA = "airflow/extra"
"""Metadata of a materialization: the `extra` of each of Airflow's assets that the task told something of, by name."""
EVENTS_TAG = "airflow/asset_events"
"""A run's tag: for each of Airflow's assets its name and URI, and of which Dagster assets it is which updates."""
DAG_TAG = "airflow/dag_id"
PAGE = 100
"""How many events are read at once."""
TRIGGERED = ("asset_triggered", "dataset_triggered")


class NotKnownError(AttributeError):
    """Something of an event that Airflow's database has and Dagster's event log has not."""


class Asset:
    """`Asset(name, uri)`, before Airflow 3 `Dataset(uri)`; one of the two stands for both."""

    def __init__(
        self,
        name: str | None = None,
        uri: str | None = None,
        *,
        group: str = "asset",
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        if name is None and uri is None:
            raise TypeError("Asset() requires either 'name' or 'uri'")
        if not isinstance(uri, str | None):
            raise TypeError(f"{uri!r} is no URI; give `extra` by name")
        self.name = str(uri if name is None else name)
        self.uri = str(name if uri is None else uri)
        self.group, self.extra = group, dict(extra or {})

    def __fspath__(self) -> str:
        return self.uri

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asset) and (self.name, self.uri) == (other.name, other.uri)

    def __hash__(self) -> int:
        return hash((self.name, self.uri))

    def __repr__(self) -> str:
        return f"Asset(name={self.name!r}, uri={self.uri!r})"


class Metadata:
    """What a task that is a generator yields to tell something of an update."""

    def __init__(self, asset: Any, extra: Mapping[str, Any] | None = None, alias: Any = None) -> None:
        if alias is not None:
            raise NotKnownError("which asset an alias stands for is not known to Dagster")
        self.asset, self.extra = asset, dict(extra or {})


class OutletEvent:
    """`outlet_events[asset]`: its `extra` becomes metadata of the materialization."""

    def __init__(self, extras: dict[str, Any], name: str) -> None:
        self._extras, self._name = extras, name

    @property
    def extra(self) -> Any:
        return self._extras.setdefault(self._name, {})

    @extra.setter
    def extra(self, value: Any) -> None:
        self._extras[self._name] = value

    def __getattr__(self, name: str) -> Any:
        raise NotKnownError(f"outlet_events has only `extra` in Dagster, and not {name!r}")


class OutletEvents:
    """`outlet_events` of the context."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __getitem__(self, asset: Any) -> OutletEvent:
        return OutletEvent(self._extras, _name(asset))

    @cached_property
    def _extras(self) -> dict[str, Any]:
        """What is told so far: the data of the output's metadata, which Dagster writes when the task is done."""
        op, metadata = op_context(self._context), dg.MetadataValue.json({})
        if map_index(op) != -1:
            raise NotKnownError("a mapped task has one materialization here, and an event for each instance in Airflow")
        names = [output.name for output in op.op_def.output_defs]
        name = "asset" if "asset" in names else names[0]  # an outcome graph's step has others beside it
        op.add_output_metadata({EXTRA: metadata}, name)
        assert isinstance(metadata.data, dict)
        return metadata.data


def told(events: Any, items: Iterator[Any]) -> Any:
    """Run a task that is a generator to its end, note what it tells of its outlets, and give what it returns."""
    while True:
        try:
            item = next(items)
        except StopIteration as end:
            return end.value
        if isinstance(item, Metadata):  # Airflow leaves anything else unnoticed, too
            events[item.asset].extra.update(item.extra)


class AssetEvent:
    """One update of one of Airflow's assets."""

    def __init__(self, asset: Asset, record: dg.EventLogRecord, dag_id: str | None, *, dataset: bool = False) -> None:
        if dataset:
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
        path = materialization.asset_key.path
        # Like one that is made through Airflow's API: no task has made it.
        self.source_dag_id = self.source_task_id = self.source_map_index = None
        if dag_id is not None:
            self.source_dag_id, self.source_map_index = dag_id, -1
            self.source_task_id = ".".join(path[1:]) if path[0] == dag_id else None

    def __getattr__(self, name: str) -> Any:
        raise NotKnownError(f"{name!r} of an asset's event is in Airflow's database only; Dagster does not know it")

    def __repr__(self) -> str:
        return f"AssetEvent(extra={self.extra!r}, timestamp={self.timestamp})"


class TriggeringEvents(Mapping[Any, list[AssetEvent]]):
    """`triggering_asset_events`, and `triggering_dataset_events` by URI: what made the sensor ask for this run."""

    def __init__(self, context: Context, *, by_uri: bool) -> None:
        self._context, self._by_uri = context, by_uri

    def __getitem__(self, key: Any) -> list[AssetEvent]:
        return self._events.get(_uri(key) if self._by_uri else key, [])

    def __iter__(self) -> Iterator[Any]:
        return iter(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __repr__(self) -> str:
        return repr(self._events)

    def values(self) -> Any:
        """In Airflow 2 those of a dict, which have a last one for a template."""
        return self._events.values() if self._by_uri else super().values()

    def items(self) -> Any:
        """Likewise."""
        return self._events.items() if self._by_uri else super().items()

    @cached_property
    def _events(self) -> dict[Any, list[AssetEvent]]:
        op = op_context(self._context)
        tags = run_tags(op)
        if EVENTS_TAG not in tags:
            if tags.get(RUN_TYPE_TAG) in TRIGGERED:
                raise NotKnownError("the sensor that asked for this run did not say which updates it is about")
            return {}  # somebody or a schedule started it
        found = [
            (record.storage_id, number, asset, record)
            for number, (name, uri, updates) in enumerate(json.loads(tags[EVENTS_TAG]))
            for asset in [Asset(name, uri)]
            for key, after, until in updates
            for record in _records(op.instance, dg.AssetKey.from_user_string(key), after, until)
        ]
        events: dict[Any, list[AssetEvent]] = {}
        for _, _, asset, record in sorted(found, key=lambda one: one[:2]):
            run = op.instance.get_run_by_id(record.run_id)
            dag_id = run.tags.get(DAG_TAG) if run else None
            event = AssetEvent(asset, record, dag_id, dataset=self._by_uri)
            events.setdefault(asset.uri if self._by_uri else asset, []).append(event)
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


def _records(instance: dg.DagsterInstance, key: dg.AssetKey, after: int, until: int) -> Iterator[dg.EventLogRecord]:
    """The materializations of an asset after a storage id, up to another one, in order."""
    cursor = None
    wanted = dg.AssetRecordsFilter(asset_key=key, after_storage_id=after, before_storage_id=until + 1)
    while True:
        found = instance.fetch_materializations(wanted, limit=PAGE, cursor=cursor, ascending=True)
        yield from found.records
        if not found.has_more:
            return
        cursor = found.cursor


def _uri(asset: Any) -> str:
    return asset if isinstance(asset, str) else str(getattr(asset, "uri", ""))


def _name(asset: Any) -> str:
    """What an asset is known by, be it one of Airflow's own classes."""
    if isinstance(asset, str):
        return asset
    if not hasattr(asset, "uri"):
        raise NotKnownError(f"{asset!r}: which asset an alias or a reference stands for is not known to Dagster")
    return str(getattr(asset, "name", None) or asset.uri)
