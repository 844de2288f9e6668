"""Waiting for the runs of another DAG: ExternalTaskSensor.

https://airflow.apache.org/docs/apache-airflow/stable/howto/operator/external_task_sensor.html

What another DAG has done is read from the Dagster instance: its job's runs bear the tag `airflow/dag_id`, and each has
a logical date by its partition, its tags or its tick (see dates.py). A task has run where its asset was materialised.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import dagster as dg
import pendulum

from .dag import DAG_STATES, AirflowDag
from .dates import PARTITION_TAG, Context, op_context, run_dates
from .exceptions import AirflowException, AirflowSkipException

DAG_TAG = "airflow/dag_id"
PARTITION_FORMAT = "%Y-%m-%dT%H:%M:%S%z"
EARLY = timedelta(days=1)
"""How long before its logical date a run may have been created."""

Key = Sequence[str]
Dates = datetime | Sequence[datetime]

TASK_EVENTS = {
    dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED,
    dg.DagsterEventType.ASSET_MATERIALIZATION,
    dg.DagsterEventType.ASSET_OBSERVATION,
    dg.DagsterEventType.STEP_START,
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SKIPPED,
}


def other_dag_done(
    context: Context,
    dag: AirflowDag,
    dates: Dates,
    *,
    tasks: Sequence[Key] = (),
    together: bool = False,
    allowed_states: Collection[str] = ("success",),
    skipped_states: Collection[str] = (),
    failed_states: Collection[str] = (),
    soft_fail: bool = False,
) -> bool:
    """ExternalTaskSensor: whether the runs of `dag` at these logical dates have come to `allowed_states`.

    `tasks` are the asset keys of the tasks to look at; without, it is the run. Raises AirflowException where one is in
    `failed_states` (AirflowSkipException with `soft_fail`) and AirflowSkipException where one is in `skipped_states`;
    with `together`, as of task groups in Airflow 3, only where all are.
    """
    at = [dates] if isinstance(dates, datetime) else list(dates)
    instance = op_context(context).instance
    found = [_states(instance, dag, date, tasks) for date in at]

    def any_in(states: Collection[str]) -> bool:
        hits = [[state in states for state in row] for row in found]
        return any(all(row) if together else any(row) for row in hits)

    what = f"{', '.join('/'.join(key) for key in tasks)} of DAG {dag.dag_id}" if tasks else f"DAG {dag.dag_id}"
    if any_in(failed_states):
        if soft_fail:
            raise AirflowSkipException(f"{what} failed. Skipping due to soft_fail.")
        raise AirflowException(f"{what} failed.")
    if any_in(skipped_states):
        raise AirflowSkipException(f"{what} reached a state in our states-to-skip-on list. Skipping.")
    return all(state in allowed_states for row in found for state in row)


def _states(instance: dg.DagsterInstance, dag: AirflowDag, date: datetime, tasks: Sequence[Key]) -> list[str | None]:
    """The states at a logical date: of each task, or of the run. None is not there yet."""
    records = runs_at(instance, dag, date)
    if not tasks:
        return [DAG_STATES.get(records[0].dagster_run.status, "queued") if records else None]
    logs = {record.dagster_run.run_id: RunLog(instance, record) for record in records}
    return [_task_state(instance, dag, date, dg.AssetKey(list(key)), logs) for key in tasks]


def runs_at(instance: dg.DagsterInstance, dag: AirflowDag, date: datetime) -> list[dg.RunRecord]:
    """The runs of a DAG with this logical date, the latest first."""
    tags = {DAG_TAG: dag.dag_id}
    partition = dg.RunsFilter(tags={**tags, PARTITION_TAG: partition_key(dag, date)})
    if records := instance.get_run_records(partition):
        return list(records)
    records = instance.get_run_records(dg.RunsFilter(tags=tags, created_after=date - EARLY))
    return [one for one in records if _logical_date(one, dag) == date]


def _logical_date(record: dg.RunRecord, dag: AirflowDag) -> datetime | None:
    return run_dates(record.dagster_run.tags, record.create_timestamp, dag.timing).logical_date


def partition_key(dag: AirflowDag, date: datetime) -> str:
    """The key of the partition that begins at a date, where the DAG's job has partitions."""
    return date.astimezone(pendulum.timezone(str(dag.timezone))).strftime(PARTITION_FORMAT)


class RunLog:
    """What the events of one run say about its tasks."""

    def __init__(self, instance: dg.DagsterInstance, record: dg.RunRecord) -> None:
        self.created = record.create_timestamp
        self.finished = record.dagster_run.is_finished
        self.steps: dict[dg.AssetKey, str | None] = {}
        self.materialized: set[dg.AssetKey] = set()
        self.noted: dict[dg.AssetKey, dict[Any, str]] = {}
        self.events: dict[str | None, set[str]] = {}
        for entry in instance.all_logs(record.dagster_run.run_id, of_type=TASK_EVENTS):
            if entry.dagster_event is not None:
                self._add(entry.dagster_event)

    def _add(self, event: dg.DagsterEvent) -> None:
        key = event.asset_key
        if key is None:
            self.events.setdefault(event.step_key, set()).add(event.event_type_value)
        elif event.event_type_value == "ASSET_MATERIALIZATION_PLANNED":
            self.steps[key] = event.step_key
        elif event.event_type_value == "ASSET_MATERIALIZATION":
            self.materialized.add(key)
        else:
            metadata = event.asset_observation_data.asset_observation.metadata
            if "airflow/state" in metadata:  # an outcome graph notes how each task instance ended
                index = metadata.get("airflow/map_index")
                self.noted.setdefault(key, {})[index and index.value] = str(metadata["airflow/state"].value)

    def state(self, key: dg.AssetKey) -> str | None:
        """Airflow's word for what became of the task; of a mapped one, the worst that came to an instance."""
        states = set(self.noted.get(key, {}).values())
        for state in ("failed", "upstream_failed"):
            if state in states:
                return state
        if key in self.materialized:
            return "success"
        events = self.events.get(self.steps[key], set())
        if states and (self.finished or len(self.noted[key]) == 1):
            return "skipped" if "skipped" in states else "success"
        if "STEP_FAILURE" in events:
            return "failed"
        if not states and ("STEP_SKIPPED" in events or "STEP_SUCCESS" in events):  # without an output
            return "skipped"
        if self.finished:
            return "upstream_failed"
        return "running" if "STEP_START" in events else None


def _task_state(
    instance: dg.DagsterInstance, dag: AirflowDag, date: datetime, key: dg.AssetKey, logs: dict[str, RunLog]
) -> str | None:
    """The task's state in the latest run that is about it, also if that was started for its asset alone."""
    partition = partition_key(dag, date)
    wanted = dg.AssetRecordsFilter(asset_key=key, asset_partitions=[partition])
    for event in instance.fetch_materializations(wanted, limit=1).records:
        if event.run_id not in logs and (record := instance.get_run_record_by_id(event.run_id)):
            logs = {**logs, event.run_id: RunLog(instance, record)}
    about = sorted((log for log in logs.values() if key in log.steps), key=lambda log: log.created)
    return about[-1].state(key) if about else None
