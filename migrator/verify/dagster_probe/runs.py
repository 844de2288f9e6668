"""Runs of a DAG's job in process, and what its events say of each task.

https://docs.dagster.io/api/dagster/execution
"""

from __future__ import annotations

import datetime as dt
import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.execution.plan.active import ActiveExecution

from .bodies import Bodies
from .project import Project
from .recording import Recorder

Event = dg.DagsterEventType
LOGICAL_DATE_TAG, RUN_TYPE_TAG, CONF_TAG = "airflow/logical_date", "airflow/run_type", "airflow/conf"
INTERVAL_TAGS = ("airflow/data_interval_start", "airflow/data_interval_end")
RUN_AFTER_TAG = "airflow/run_after"
CHECKED = "ASSET_CHECK_EVALUATION"
WRAPPERS = (
    "DagsterExecutionStepExecutionError",
    "RetryRequestedFromPolicy",
    "RetryRequested",
    "DagsterMaxRetriesExceededError",
)
"""What Dagster raises around what a task raised."""


class Runs:
    """The runs of one request: {"dag_id", "runs": [{"logical_date", "run_type", "data_interval", "run_after", "conf",
    "tasks"}]}."""

    def __init__(self, project: Project, request: dict[str, Any], home: Path) -> None:
        self.project, self.requests, self.dag = project, request["runs"], project.dags[request["dag_id"]]
        if request.get("airflow"):
            project.let_airflow_in()
        self.job = project.repository.get_job(self.dag["job"]["name"])
        self.recorder = Recorder(project) if request.get("observe") else None
        replaced = {task for one in self.requests for task in one.get("tasks") or ()}
        self.bodies = Bodies(project, self.dag, self.recorder, replaced)
        self.bodies.install()
        if self.recorder is not None:
            self.recorder.install(project.module(self.dag["dag_id"]), self.job)
        if replaced:
            self.stand_in_for_settings()
        self.instance = dg.DagsterInstance.ephemeral(str(home / "storage"))
        self.callbacks = list(self.run_sensors()) if request.get("callbacks") else []
        retry_at_once()

    def tags_of_sensors(self, request: dict[str, Any]) -> dict[str, str]:
        """What a sensor, be it one of a person's, would say of the time a run is about."""
        known = getattr(self.project.module(self.dag["dag_id"]), "airflow_dag", None)
        own = getattr(known, "timetable", None) is not None
        if own and request["run_type"] != "scheduled":
            return {}  # the timetable infers it
        interval = request.get("data_interval") or ()
        tags = {tag: date for tag, date in zip(INTERVAL_TAGS, interval, strict=False) if date}
        return tags | ({RUN_AFTER_TAG: request["run_after"]} if own else {})

    def stand_in_for_settings(self) -> None:
        """What stubbed tasks do not use need not be configured: Dagster sets up every resource of a step."""
        file = self.project.folder / ".env.example"
        for line in file.read_text().splitlines() if file.is_file() else []:
            name, equals, _ = line.strip().partition("=")
            if equals and not name.startswith("#"):
                # Callbacks may still try to reach a server: there is none at that port.
                os.environ.setdefault(name, "127.0.0.1" if name.endswith("_HOST") else "1")

    def records(self) -> list[dict[str, Any]]:
        found = []
        for request in self.requests:
            try:
                with dg.partition_loading_context(effective_dt=time_of(request)):
                    found.append(self.run(request))
            except (Exception, SystemExit):
                found.append({"logical_date": request["logical_date"], "error": traceback.format_exc()})
        return found

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        date = dt.datetime.fromisoformat(request["logical_date"])
        key = request.get("partition_key") or self.partition_key(date, request["run_type"])
        tags = {CONF_TAG: json.dumps(request["conf"])} if request.get("conf") else {}
        if key is None:
            tags |= {LOGICAL_DATE_TAG: request["logical_date"], RUN_TYPE_TAG: request["run_type"]}
            if self.dag["schedule"] is None:
                tags |= self.tags_of_sensors(request)
        elif request["run_type"] != "scheduled":
            tags[RUN_TYPE_TAG] = request["run_type"]
        self.bodies.how = request.get("tasks") or {}
        if self.recorder is not None:
            self.recorder.values, self.recorder.awaited = {}, {}
        result = self.job.execute_in_process(
            run_config=self.params(request.get("conf") or {}),
            instance=self.instance,
            partition_key=key,
            tags=tags,
            raise_on_error=False,
        )
        self.call_back(result)

        def load_value(asset: dg.AssetKey) -> Any:
            return self.project.repository.load_asset_value(asset, instance=self.instance, partition_key=key)

        tasks = [Task(record, self.job) for record in self.dag["tasks"]]
        return {
            "logical_date": request["logical_date"],
            "state": "success" if result.success else "failed",
            "tasks": told_apart(self.dag, [task.report(result.all_events, load_value) for task in tasks]),
            "observed": self.recorder.values if self.recorder is not None else {},
            "awaited": self.recorder.awaited if self.recorder is not None else {},
        }

    def run_sensors(self) -> Iterator[dg.RunStatusSensorDefinition]:
        """The sensors that call what the DAG itself calls when a run has ended."""
        for record in self.dag["sensors"]:
            sensor = self.project.repository.get_sensor_def(record["name"])
            if isinstance(sensor, dg.RunStatusSensorDefinition):
                yield sensor

    def call_back(self, result: dg.ExecuteInProcessResult) -> None:
        """Have those sensors look at a run that has ended."""
        status = dg.DagsterRunStatus.SUCCESS if result.success else dg.DagsterRunStatus.FAILURE
        (record,) = self.instance.get_run_records(dg.RunsFilter(run_ids=[result.run_id]))
        (end,) = (e for e in result.all_events if e.event_type in (Event.RUN_SUCCESS, Event.RUN_FAILURE))
        for sensor in self.callbacks:
            if sensor.name.endswith("_on_success") == result.success:  # it does not say itself what it waits for
                sensor(
                    dg.build_run_status_sensor_context(
                        sensor_name=sensor.name,
                        dagster_instance=self.instance,
                        dagster_run=record.dagster_run.with_status(status),
                        dagster_event=end,
                    )
                )

    def partition_key(self, date: dt.datetime, run_type: str) -> str | None:
        """The partition whose window begins at the logical date; None where the job has no partitions.

        Between two of them there are only manual runs; what comes nearest is the partition around the date.
        """
        partitions = self.job.partitions_def
        if partitions is None:
            return None
        key: str = partitions.get_partition_key_for_timestamp(date.timestamp())
        start = partitions.time_window_for_partition_key(key).start
        if start != date and run_type != "manual":
            raise ValueError(f"no partition begins at {date}; the one around it begins at {start}")
        return key

    def params(self, conf: dict[str, Any]) -> dict[str, Any]:
        """The run configuration that says what a conf says of the DAG's params, where they are a resource."""
        name = f"{Path(self.dag['module']).parent.name}_params"
        if not conf or name not in self.job.resource_defs:
            return {}
        known = self.job.resource_defs[name].config_schema.config_type.fields
        return {"resources": {name: {"config": {key: value for key, value in conf.items() if key in known}}}}


class Task:
    """One task of migration.json, and what its events in a run say.

    Its state is Airflow's word for what its asset or check did: success, failed, skipped (it ended without an output,
    or Dagster skipped it), upstream_failed (Dagster never came to it). In an outcome graph the runtime notes the state
    of each instance as an observation of the asset.
    """

    def __init__(self, record: dict[str, Any], job: Any) -> None:
        self.task_id: str = record["task_id"]
        self.key: dg.AssetKey | dg.AssetCheckKey | None = None
        for row in record["becomes"]:
            if row["kind"] == "asset":
                self.key = dg.AssetKey(row["key"])
            elif row["kind"] == "asset_check":
                self.key = dg.AssetCheckKey(dg.AssetKey(row["key"]), row["name"])
        found = self.key is not None and job.asset_layer.has(self.key)
        output = job.asset_layer.get_op_output_handle(self.key) if found else None
        self.step: str | None = str(output.node_handle) if output else None
        self.output: str | None = output.output_name if output else None

    def report(self, events: list[Any], load_value: Any) -> dict[str, Any]:
        instances = list(self.instances(events))
        mine = [event for event in events if self.step and event.step_key == self.step]
        kinds = [event.event_type_value for event in mine]
        if not instances:
            tries = kinds.count("STEP_START") + kinds.count("STEP_RESTARTED")
            state = self.state(mine, kinds)
            instances = [{"map_index": -1, "state": state, "tries": tries}] if state else []
        # What is declared None is not kept.
        pushed = isinstance(self.key, dg.AssetKey) and any(
            event.event_type_value == "HANDLED_OUTPUT" and event.event_specific_data.output_name == self.output
            for event in mine
        )
        return {
            "task_id": self.task_id,
            "instances": instances,
            "errors": [text for event in mine for text in errors(event)],
            "value": load_value(self.key) if pushed else None,
        }

    def instances(self, events: list[Any]) -> Iterator[dict[str, Any]]:
        for event in events:
            if event.event_type_value != "ASSET_OBSERVATION":
                continue
            metadata = event.asset_observation_data.asset_observation.metadata
            noted = {key: value.value for key, value in metadata.items()}
            if noted.get("airflow/task_id") == self.task_id and "airflow/state" in noted:
                tries = noted.get("airflow/try_number", 0)
                yield {"map_index": noted["airflow/map_index"], "state": noted["airflow/state"], "tries": tries}

    def state(self, events: list[Any], kinds: list[str]) -> str | None:
        if self.step is None:
            return None
        verdicts = [e.asset_check_evaluation_data.passed for e in events if e.event_type_value == CHECKED]
        if "STEP_FAILURE" in kinds or False in verdicts:
            return "failed"
        if "STEP_SUCCESS" in kinds:
            return "success" if "ASSET_MATERIALIZATION" in kinds or verdicts else "skipped"
        return "skipped" if "STEP_SKIPPED" in kinds else "upstream_failed"


def time_of(request: dict[str, Any]) -> dt.datetime:
    """When a run is made: now, or in the future where it falls due only then, as what it is about is not there yet."""
    due = dt.datetime.fromisoformat(request.get("run_after") or request["logical_date"])
    return max(due, dt.datetime.now(dt.timezone.utc))


def told_apart(dag: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reports of a run, where plain assets that Dagster did not come to are told from those that are skipped.

    Of an asset behind one that failed and one that was skipped it only says that its step was skipped; the run fails.
    """
    if dag["form"] != "plain":
        return rows
    upstream = {record["task_id"]: record["upstream"] for record in dag["tasks"]}
    instances = {row["task_id"]: one for row in rows for one in row["instances"]}
    waiting = [task_id for task_id, one in instances.items() if one["state"] in ("failed", "upstream_failed")]
    while waiting:
        failed = waiting.pop()
        for task_id, one in instances.items():
            if failed in upstream[task_id] and one["state"] == "skipped" and not one["tries"]:
                one["state"] = "upstream_failed"
                waiting.append(task_id)
    return rows


def errors(event: Any) -> Iterator[str]:
    """What the task raised, if the event says that it failed."""
    if event.event_type_value == "STEP_FAILURE":
        error = event.step_failure_data.error
    elif event.event_type_value == "STEP_UP_FOR_RETRY":
        error = event.step_retry_data.error
    else:
        return
    while error is not None and error.cause is not None and error.cls_name in WRAPPERS:
        error = error.cause
    if error is not None:
        yield error.message.strip()  # begins with the name of its class


def retry_at_once() -> None:
    """No waiting for retries; and a way round dagster issue 33661, where the in-process executor spins for ever."""
    mark, iterate = ActiveExecution.mark_up_for_retry, ActiveExecution.plan_events_iterator

    def mark_up_for_retry(self: Any, step_key: str, at_time: float | None = None) -> None:
        mark(self, step_key)

    def plan_events_iterator(self: Any, job_context: Any) -> Iterator[Any]:
        while True:
            yield from iterate(self, job_context)
            self._update()
            if not (self._pending_skip or self._pending_abandon):
                return

    ActiveExecution.mark_up_for_retry = mark_up_for_retry  # type: ignore[method-assign]
    ActiveExecution.plan_events_iterator = plan_events_iterator  # type: ignore[method-assign]
