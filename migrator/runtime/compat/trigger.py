"""Asking for the runs of another DAG: TriggerDagRunOperator.

https://airflow.apache.org/docs/apache-airflow-providers-standard/stable/operators/trigger_dag_run.html

No step of a Dagster run can launch another run. So a task asks for one by an observation on its asset, and the sensor
of that asset starts it.

https://docs.dagster.io/guides/automate/sensors
"""

import json
import secrets
import time
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import dagster as dg
import pendulum

from .cron import next_tick, previous_tick
from .crossdag import DAG_TAG, Key, partition_key, runs_at
from .dag import CONF_TAG, DAG_STATES, AirflowDag
from .dates import INTERVAL_TAGS, LOGICAL_DATE_TAG, RUN_ID_TAG, RUN_TYPE_TAG, Context, op_context, run_dates
from .exceptions import AirflowException, AirflowFailException, AirflowSkipException

ASKED_FOR = "airflow/trigger_dag_id"
"""Metadata of an observation that is a request: the DAG whose run is asked for."""
RESET = "airflow/reset"
"""Metadata of a request that runs again what has run already."""
REQUESTS = 100
"""The most runs that a sensor asks for at one tick."""


def request_run(
    context: Context,
    dag: AirflowDag,
    task: Key,
    *,
    conf: Any = None,
    run_id: str | None = None,
    logical_date: datetime | str | None = "now",
    reset: bool = False,
    skip_when_already_exists: bool = False,
    wait_for_completion: bool = False,
    poke_interval: float = 60,
    allowed_states: Collection[str] = ("success",),
    failed_states: Collection[str] = ("failed",),
) -> dict[str, str]:
    """TriggerDagRunOperator: ask the sensor of `task`'s asset for a run of `dag`; gives what the operator pushes.

    `logical_date` None is a run without one, in Airflow 3. A run with that id or date that is there already fails the
    task, skips it with `skip_when_already_exists`, or runs again with `reset`, under the conf it had. With
    `wait_for_completion`, returns when the run has come to `allowed_states`; raises AirflowException for
    `failed_states`.
    """
    date = _date(logical_date)
    conf = json.loads(conf) if conf and isinstance(conf, str) else conf
    metadata = {
        ASKED_FOR: dag.dag_id,
        RUN_ID_TAG: run_id or _run_id(date),
        LOGICAL_DATE_TAG: date.isoformat() if date else "",
        CONF_TAG: json.dumps(conf or {}),  # a TypeError where it is no JSON, as in Airflow
    }
    op = op_context(context)
    if there := _existing(op.instance, dag, metadata[RUN_ID_TAG], date):
        if not reset:
            message = f"A run of {dag.dag_id} with the id {metadata[RUN_ID_TAG]} or its logical date is there already"
            if skip_when_already_exists:
                raise AirflowSkipException(message)
            # Airflow 2 tries again, Airflow 3 does not.
            raise AirflowFailException(message) if dag.airflow == "3" else AirflowException(message)
        dates = run_dates(there.dagster_run.tags, there.create_timestamp, dag.timing)
        kept = dates.logical_date.isoformat() if dates.logical_date else ""
        conf_text = there.dagster_run.tags.get(CONF_TAG, "{}")
        metadata |= {RUN_ID_TAG: dates.run_id, LOGICAL_DATE_TAG: kept, CONF_TAG: conf_text}
        metadata[RESET] = there.dagster_run.run_id
    if dag.airflow == "3" and date:
        # Airflow 3.3 takes such a run's data interval from the time it is asked for, and not from its logical date.
        now = pendulum.now("UTC")
        dates = run_dates({LOGICAL_DATE_TAG: now.isoformat(), RUN_TYPE_TAG: "manual"}, now, dag.timing)
        for name, moment in zip(INTERVAL_TAGS, (dates.data_interval_start, dates.data_interval_end), strict=True):
            metadata[name] = moment.isoformat() if moment else ""
    partition = op.partition_key if op.has_partition_key else None
    requested = time.time()
    op.log_event(dg.AssetObservation(list(task), partition=partition, metadata=dict(metadata)))
    if wait_for_completion:
        _wait(op.instance, dag, metadata[RUN_ID_TAG], requested, poke_interval, allowed_states, failed_states)
    pushed = {"trigger_run_id": metadata[RUN_ID_TAG]}
    return pushed if dag.airflow != "2" else {**pushed, "trigger_logical_date_iso": metadata[LOGICAL_DATE_TAG]}


def _date(given: datetime | str | None) -> pendulum.DateTime | None:
    if given is None:
        return None
    parsed = pendulum.parse(given, tz="UTC", strict=False) if isinstance(given, str) else given
    if not isinstance(parsed, datetime):
        raise ValueError(f"{given!r} is not a date and time")
    return pendulum.instance(parsed, tz="UTC" if parsed.tzinfo is None else parsed.tzinfo).in_timezone("UTC")


def _run_id(date: pendulum.DateTime | None) -> str:
    if date is None:
        return f"manual__{pendulum.now('UTC').isoformat()}_{secrets.token_hex(4)}"
    return f"manual__{date.isoformat()}"


def _existing(instance: dg.DagsterInstance, dag: AirflowDag, run_id: str, date: datetime | None) -> dg.RunRecord | None:
    """The latest run with this id or logical date, of which Airflow lets a DAG have one only."""
    named = instance.get_run_records(dg.RunsFilter(tags={DAG_TAG: dag.dag_id, RUN_ID_TAG: run_id}), limit=1)
    found = [*named, *(runs_at(instance, dag, date) if date else ())]
    return found[0] if found else None


def _wait(
    instance: dg.DagsterInstance,
    dag: AirflowDag,
    run_id: str,
    requested: float,
    poke_interval: float,
    allowed_states: Collection[str],
    failed_states: Collection[str],
) -> None:
    """Wait for the run that the sensor starts; like Airflow, for ever."""
    after = pendulum.from_timestamp(requested - 1)
    filters = dg.RunsFilter(tags={DAG_TAG: dag.dag_id, RUN_ID_TAG: run_id}, created_after=after)
    while True:
        time.sleep(poke_interval)
        records = instance.get_run_records(filters, limit=1)
        state = DAG_STATES.get(records[0].dagster_run.status, "queued") if records else None
        if state in failed_states:
            raise AirflowException(f"{dag.dag_id} failed with failed state {state}")
        if state in allowed_states:
            return


def requested_runs(
    context: dg.SensorEvaluationContext,
    dag: AirflowDag,
    task: Key,
    *,
    partitioned: bool = False,
    params: Mapping[str, Collection[str]] | None = None,
) -> dg.SensorResult:
    """The runs of `dag` that `task` has asked for since the last tick, each once, also while the sensor was stopped.

    `partitioned`: its job has partitions, and a run is about the one that begins at its logical date, or else the last
    one before it. `params`: the resource that holds the DAG's params, and their names, which the conf overrides.
    """
    after = int(context.cursor) if context.cursor else None
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(list(task)), after_storage_id=after)
    records = context.instance.fetch_observations(wanted, limit=REQUESTS, ascending=True).records
    requests = []
    for record in records:
        observation = record.asset_observation
        if observation is not None and ASKED_FOR in observation.metadata:
            asked = {name: str(value.value) for name, value in observation.metadata.items()}
            requests.append(_request(asked, dag, partitioned, params or {}))
    cursor = str(records[-1].storage_id) if records else context.cursor
    return dg.SensorResult(run_requests=requests, cursor=cursor)


def _request(
    asked: Mapping[str, str], dag: AirflowDag, partitioned: bool, params: Mapping[str, Collection[str]]
) -> dg.RunRequest:
    conf = json.loads(asked[CONF_TAG])
    resources = {}
    for resource, names in params.items():
        if given := {name: value for name, value in conf.items() if name in names}:
            resources[resource] = {"config": given}
    tags = {name: asked[name] for name in (RUN_ID_TAG, LOGICAL_DATE_TAG, CONF_TAG, *INTERVAL_TAGS) if name in asked}
    date = _date(asked[LOGICAL_DATE_TAG] or None)
    return dg.RunRequest(
        run_key=f"{asked[RUN_ID_TAG]} {asked[RESET]}" if RESET in asked else asked[RUN_ID_TAG],
        partition_key=_partition(dag, date or pendulum.now("UTC")) if partitioned else None,
        tags={**tags, RUN_TYPE_TAG: "operator_triggered" if dag.airflow == "3" else "manual"},
        run_config={"resources": resources} if resources else {},
    )


def _partition(dag: AirflowDag, date: datetime) -> str:
    """The key of the last partition that begins by then and, where it stands for an interval, is complete."""
    cron, zone = dag.cron or "", str(dag.timezone)
    start = previous_tick(cron, zone, date, inclusive=True)
    if dag.data_intervals and next_tick(cron, zone, start) > pendulum.now("UTC"):
        start = previous_tick(cron, zone, start)
    return partition_key(dag, start)
