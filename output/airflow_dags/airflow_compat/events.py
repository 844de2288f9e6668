"""Updates of Airflow's assets (datasets before Airflow 3), as the tasks see them that make them.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html

An update is the materialization of a Dagster asset that stands for Airflow's. What a task tells of it, its `extra`, is
in the materialization's metadata, where Dagster sorts its keys. How tasks see the updates of others: asset_events.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import dagster as dg

from .dates import Context, map_index, op_context

EXTRA = "airflow/extra"
"""Metadata of a materialization: the `extra` of each of Airflow's assets that the task told something of, by name."""
PARTITIONS = "airflow/partitions"
"""Likewise: the partitions that the task says an update is of (Airflow 3.3)."""


class NotKnownError(AttributeError):
    """Something of an event that Airflow's database has and Dagster's event log has not."""


@dataclass(frozen=True)
class AssetRef:
    """`Asset.ref(…)`: an asset by its name or its URI alone."""

    name: str | None = None
    uri: str | None = None


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

    @staticmethod
    def ref(*, name: str | None = None, uri: str | None = None) -> AssetRef:
        """An asset by its name or its URI alone."""
        return AssetRef(name, uri)

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

    def __init__(self, events: "OutletEvents", name: str) -> None:
        self._events, self._name = events, name

    @property
    def _extras(self) -> dict[str, Any]:
        return self._events.extras

    @property
    def extra(self) -> Any:
        return self._extras.setdefault(self._name, {})

    @extra.setter
    def extra(self, value: Any) -> None:
        self._extras[self._name] = value

    def add_partitions(self, keys: str | Sequence[str]) -> None:
        """Say that the update is of these partitions, too; each counts as an update of its own."""
        found = self._events.partitions.setdefault(self._name, [])
        found += [key for key in ([keys] if isinstance(keys, str) else keys) if key not in found]

    @property
    def partition_keys(self) -> set[str]:
        """The partitions that were added."""
        return set(self._events.partitions.get(self._name, ()))

    def __getattr__(self, name: str) -> Any:
        raise NotKnownError(f"outlet_events has only `extra` and partitions in Dagster, and not {name!r}")


class OutletEvents:
    """`outlet_events` of the context."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def __getitem__(self, asset: Any) -> OutletEvent:
        return OutletEvent(self, _name(asset))

    @cached_property
    def extras(self) -> dict[str, Any]:
        """What is told so far: the data of the output's metadata, which Dagster writes when the task is done."""
        return self._told(EXTRA)

    @cached_property
    def partitions(self) -> dict[str, Any]:
        """Likewise, the partitions."""
        return self._told(PARTITIONS)

    def _told(self, what: str) -> dict[str, Any]:
        op, metadata = op_context(self._context), dg.MetadataValue.json({})
        if map_index(op) != -1:
            raise NotKnownError("a mapped task has one materialization here, and an event for each instance in Airflow")
        names = [output.name for output in op.op_def.output_defs]
        name = "asset" if "asset" in names else names[0]  # an outcome graph's step has others beside it
        op.add_output_metadata({what: metadata}, name)
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


def _name(asset: Any) -> str:
    """What an asset is known by, be it one of Airflow's own classes."""
    if isinstance(asset, str):
        return asset
    if not hasattr(asset, "uri") or (isinstance(asset, AssetRef) and asset.name is None):
        raise NotKnownError(f"{asset!r}: which asset an alias or a reference stands for is not known to Dagster")
    return str(getattr(asset, "name", None) or asset.uri)
