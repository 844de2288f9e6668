"""Runs that updates of assets' partitions ask for: Airflow 3.3's PartitionedAssetTimetable.

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/assets.html
https://docs.dagster.io/guides/automate/sensors

An update is of a partition where the run has one that made it: a partition of Dagster's with the same key, or the tag
`airflow/partition_key`. What a task tells itself (`add_partitions`) is in the materialization's metadata.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import dagster as dg
import pendulum

from .asset_events import DAG_TAG, partitions_told, records_of
from .dag import AirflowDag
from .dates import LOGICAL_DATE_TAG, PARTITION_DATE_TAG, PARTITION_KEY_TAG, PARTITION_TAG, RUN_TYPE_TAG
from .partitions import IdentityMapper, PartitionMapper
from .schedules import Answer
from .updates import AllOf, AnyOf

log = logging.getLogger(__name__)
IDENTITY = IdentityMapper()


@dataclass(frozen=True)
class PartitionsOf:
    """Updates of one of Airflow's assets, by the Dagster assets that stand for it, and which partitions they mean."""

    name: str
    keys: Sequence[dg.AssetKey]
    mapper: PartitionMapper = IDENTITY


Condition: TypeAlias = Any
"""PartitionsOf, or AllOf or AnyOf of such conditions."""


@dataclass
class Pending:
    """What is there of a partition for which no run was asked for yet: by asset, the keys of its updated partitions."""

    updated: dict[str, list[str]] = field(default_factory=dict)
    dates: list[str] = field(default_factory=list)
    """Those of the runs that have updated what is mapped to itself."""


def request_on_partitions(
    context: dg.SensorEvaluationContext, condition: Condition, *, sources: Sequence[AirflowDag] = ()
) -> Answer:
    """Ask for a run about each partition for which there are all updates that the condition wants.

    `sources`: the DAGs that update the assets, for the dates of their partitions. Updates from before the first
    evaluation do not count.
    """
    assets = {asset.name: asset for asset in _assets(condition)}
    names = sorted({key.to_user_string() for asset in assets.values() for key in asset.keys})
    if not context.cursor:
        seen = {name: _last(context.instance, name) for name in names}
        cursor = json.dumps({"seen": seen, "pending": {}})
        return dg.SensorResult(skip_reason=dg.SkipReason("Updates count from now on."), cursor=cursor)
    state = json.loads(context.cursor)
    pending = {target: Pending(**row) for target, row in state["pending"].items()}
    seen = {name: state["seen"].get(name, 0) for name in names}
    for record, name in _new(context.instance, seen):
        for asset in assets.values():
            if name in (key.to_user_string() for key in asset.keys):
                _note(context.instance, record, asset, pending, {dag.dag_id: dag for dag in sources})
    requests = []
    last = max(seen.values(), default=0)
    for target in list(pending):
        if _holds(condition, target, pending[target]):
            requests.append(_request(target, pending.pop(target), assets, last))
    cursor = json.dumps({"seen": seen, "pending": {target: vars(row) for target, row in pending.items()}})
    if not requests:
        reason = dg.SkipReason(f"Not all is there yet for: {', '.join(pending) or 'nothing'}.")
        return dg.SensorResult(skip_reason=reason, cursor=cursor)
    return dg.SensorResult(run_requests=requests, cursor=cursor)


def _last(instance: dg.DagsterInstance, name: str) -> int:
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey.from_user_string(name))
    records = instance.fetch_materializations(wanted, limit=1).records
    return records[0].storage_id if records else 0


def _new(instance: dg.DagsterInstance, seen: dict[str, int]) -> list[tuple[dg.EventLogRecord, str]]:
    """The updates that were not seen yet, in order; `seen` is brought up to date."""
    found = []
    for name, after in seen.items():
        for record in records_of(instance, dg.AssetKey.from_user_string(name), after):
            found.append((record, name))
            seen[name] = record.storage_id
    return sorted(found, key=lambda one: one[0].storage_id)


def _note(
    instance: dg.DagsterInstance,
    record: dg.EventLogRecord,
    asset: PartitionsOf,
    pending: dict[str, Pending],
    sources: dict[str, AirflowDag],
) -> None:
    for key, date in _partitions(instance, record, asset.name, sources):
        try:
            targets = asset.mapper.targets(key)
        except ValueError as error:
            log.error("The partition %r of %r is left out: %s", key, asset.name, error)
            continue
        for target in targets:
            row = pending.setdefault(target, Pending())
            keys = row.updated.setdefault(asset.name, [])
            keys += [key] if key not in keys else []
            if date is not None and isinstance(asset.mapper, IdentityMapper) and date.isoformat() not in row.dates:
                row.dates.append(date.isoformat())


def _partitions(
    instance: dg.DagsterInstance, record: dg.EventLogRecord, name: str, sources: dict[str, AirflowDag]
) -> Iterator[tuple[str, datetime | None]]:
    """The partitions that an update is of, with their dates where these are known."""
    run = instance.get_run_record_by_id(record.run_id)
    tags = run.dagster_run.tags if run is not None else {}
    own = tags.get(PARTITION_KEY_TAG) or tags.get(PARTITION_TAG)
    dag, date = sources.get(tags.get(DAG_TAG, "")), None
    if PARTITION_DATE_TAG in tags:
        date = datetime.fromisoformat(tags[PARTITION_DATE_TAG])
    elif dag is not None and run is not None:
        date = getattr(dag.run_of(run), "partition_date", None)
    for key in partitions_told(record, name) or ([own] if own else []):
        yield key, date if key == own else None


def _holds(condition: Condition, target: str, row: Pending) -> bool:
    match condition:
        case PartitionsOf(name, _, mapper):
            try:
                return name in row.updated and mapper.is_complete(target, set(row.updated[name]))
            except ValueError as error:
                log.error("What %r of %r is made of is not known: %s", target, name, error)
                return False
        case AllOf(items):
            return all(_holds(item, target, row) for item in items)
        case AnyOf(items):
            return any(_holds(item, target, row) for item in items)
    raise TypeError(f"{condition!r} is no condition on partitions")


def _request(target: str, row: Pending, assets: dict[str, PartitionsOf], last: int) -> dg.RunRequest:
    tags = {RUN_TYPE_TAG: "asset_triggered", LOGICAL_DATE_TAG: "", PARTITION_KEY_TAG: target}
    if (date := _date(target, row, assets)) is not None:
        tags[PARTITION_DATE_TAG] = date.isoformat()
    return dg.RunRequest(run_key=f"{target} {last}", tags=tags)


def _date(target: str, row: Pending, assets: dict[str, PartitionsOf]) -> datetime | None:
    """What the mappers make of the key, if they agree; else that of the updates themselves, if they do."""
    try:
        found = {assets[name].mapper.to_partition_date(target) for name in row.updated}
    except ValueError:
        return None
    dates = {date.astimezone(pendulum.UTC) for date in found if date is not None}
    if dates:
        return dates.pop() if len(dates) == 1 else None
    return datetime.fromisoformat(row.dates[0]) if len(row.dates) == 1 else None


def _assets(condition: Condition) -> Iterator[PartitionsOf]:
    if isinstance(condition, PartitionsOf):
        yield condition
    else:
        for item in condition.items:
            yield from _assets(item)
