"""`inlet_events` of the context: the updates of a task's inlets that were made until it looks back at them.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, overload

import dagster as dg
import pendulum

from .asset_events import AssetEvent, ByAsset, EventLog, records_of, refers
from .events import Asset, AssetRef

Inlets = Mapping[Asset, Sequence[dg.AssetKey]]
"""Airflow's assets, each with the Dagster assets that stand for it."""


class InletEvents(ByAsset, Mapping[Any, "PastEvents"]):
    """`inlet_events` of the context: all updates of the task's inlets until it looks at them."""

    def __init__(self, inlets: Inlets, log: EventLog) -> None:
        self._inlets, self._log = inlets, log

    def __getitem__(self, key: Any) -> "PastEvents":
        asset = self._inlet(key)
        return PastEvents(asset, self._inlets[asset], self._log)

    def _inlet(self, key: Any) -> Asset:
        if isinstance(key, int):
            return list(self._inlets)[key]
        if self._log.by_uri:
            key = AssetRef(uri=_uri(key))
        for asset in self._inlets:
            if refers(asset, key) or (asset.name, asset.uri) == (getattr(key, "name", None), getattr(key, "uri", None)):
                return asset
        raise KeyError(key)

    def __iter__(self) -> Iterator[Asset]:
        return iter(self._inlets)

    def __len__(self) -> int:
        return len(self._inlets)


class PastEvents(Sequence[AssetEvent]):
    """The updates of one inlet, the earliest first."""

    def __init__(self, asset: Asset, keys: Sequence[dg.AssetKey], log: EventLog) -> None:
        self._asset, self._keys, self._log = asset, keys, log
        self._after: datetime | None = None
        self._before: datetime | None = None
        self._ascending, self._limit = True, 0

    def after(self, after: str | datetime) -> "PastEvents":
        """Leave out what was before that moment; as the others here in Airflow 3 only."""
        self._after = _moment(after)
        return self._anew()

    def before(self, before: str | datetime) -> "PastEvents":
        """Leave out what was after that moment."""
        self._before = _moment(before)
        return self._anew()

    def ascending(self, ascending: bool = True) -> "PastEvents":
        """Have the earliest first, or the latest."""
        self._ascending = ascending
        return self._anew()

    def limit(self, limit: int) -> "PastEvents":
        """Have the first ones only."""
        self._limit = limit
        return self._anew()

    def _anew(self) -> "PastEvents":
        if self._log.by_uri:
            raise AttributeError("Airflow 2 has no such selection of events")
        self.__dict__.pop("_events", None)
        return self

    @cached_property
    def _events(self) -> list[AssetEvent]:
        records = [(self._asset, record) for key in self._keys for record in records_of(self._log.instance, key)]
        found = [
            event
            for event in self._log.of(records)
            if (self._after is None or event.timestamp >= self._after)
            and (self._before is None or event.timestamp <= self._before)
        ]
        found = found if self._ascending else found[::-1]
        return found[: self._limit] if self._limit else found

    def __len__(self) -> int:
        return len(self._events)

    @overload
    def __getitem__(self, key: int) -> AssetEvent: ...

    @overload
    def __getitem__(self, key: slice) -> list[AssetEvent]: ...

    def __getitem__(self, key: int | slice) -> AssetEvent | list[AssetEvent]:
        return self._events[key]


def _uri(asset: Any) -> str:
    return asset if isinstance(asset, str) else str(getattr(asset, "uri", ""))


def _moment(given: str | datetime) -> datetime:
    moment = pendulum.parse(given, tz="UTC") if isinstance(given, str) else given
    assert isinstance(moment, datetime)
    return moment
