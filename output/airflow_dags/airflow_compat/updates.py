"""Runs that updates of assets ask for: an Airflow DAG whose schedule is assets (datasets before Airflow 3).

https://airflow.apache.org/docs/apache-airflow/stable/authoring-and-scheduling/asset-scheduling.html
https://docs.dagster.io/guides/automate/sensors
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import dagster as dg

from .asset_events import events_tag
from .dates import LOGICAL_DATE_TAG, RUN_TYPE_TAG
from .events import Asset
from .schedules import Answer, interval_tags


@dataclass(frozen=True)
class AllOf:
    """Every one of these assets and conditions is updated."""

    items: Sequence["Condition"]


@dataclass(frozen=True)
class AnyOf:
    """One of these assets and conditions is updated."""

    items: Sequence["Condition"]


Condition = dg.AssetKey | AllOf | AnyOf


def request_on_updates(
    context: dg.SensorEvaluationContext,
    condition: Condition,
    *,
    airflow: str = "2",
    assets: Mapping[Asset, Sequence[dg.AssetKey]] | None = None,
) -> Answer:
    """Ask for a run when the assets were updated since the last one; several updates of an asset count once.

    Updates from before the first evaluation do not count, as Airflow does not count those while a DAG is paused.
    `assets`: what stands for each of Airflow's assets, where the run's tasks ask which updates it is about.
    """
    keys = sorted(_keys(condition))
    seen: dict[str, int] | None = json.loads(context.cursor) if context.cursor else None
    latest = {key.to_user_string(): _last_update(context, key, seen) for key in keys}
    ids = {key: found[0] for key, found in latest.items() if found}
    if seen is None:
        cursor = json.dumps({key.to_user_string(): 0 for key in keys} | ids)
        return dg.SensorResult(skip_reason=dg.SkipReason("Updates count from now on."), cursor=cursor)
    if not _holds(condition, set(ids)):
        return dg.SkipReason(f"Updated since the last run: {', '.join(sorted(ids)) or 'nothing'}.")
    cursor = json.dumps({**seen, **ids})
    date = datetime.fromtimestamp(max(found[1] for found in latest.values() if found), timezone.utc)
    if airflow == "3":  # such a run has no logical date
        tags = {RUN_TYPE_TAG: "asset_triggered", LOGICAL_DATE_TAG: ""}
    else:
        tags = {RUN_TYPE_TAG: "dataset_triggered", **interval_tags(date, date, date)}
    if assets is not None:
        tags |= events_tag(assets, {name: (seen.get(name, 0), last) for name, last in ids.items()})
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=cursor, tags=tags)], cursor=cursor)


def _last_update(
    context: dg.SensorEvaluationContext, key: dg.AssetKey, seen: dict[str, int] | None
) -> tuple[int, float] | None:
    """The storage id and time of the asset's last update that was not seen yet."""
    after = (seen or {}).get(key.to_user_string())
    wanted = dg.AssetRecordsFilter(asset_key=key, after_storage_id=after)
    records = context.instance.fetch_materializations(wanted, limit=1).records
    return (records[0].storage_id, records[0].timestamp) if records else None


def _keys(condition: Condition) -> set[dg.AssetKey]:
    if isinstance(condition, dg.AssetKey):
        return {condition}
    return {key for item in condition.items for key in _keys(item)}


def _holds(condition: Condition, updated: set[str]) -> bool:
    match condition:
        case AllOf(items):
            return all(_holds(item, updated) for item in items)
        case AnyOf(items):
            return any(_holds(item, updated) for item in items)
        case key:
            return key.to_user_string() in updated
