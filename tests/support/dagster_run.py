"""Run the jobs of a generated project on the Dagster of this interpreter and write what came of them as JSON.

    python dagster_run.py SPEC.json > OUT.json

Needs nothing but Dagster and what the project itself needs. SPEC is

    {"project": FOLDER,          # that of migration.json
     "package": "airflow_dags",
     "seconds": 60,              # optional: the time limit of one run
     "runs": [{"dag_id": ID, "logical_date": ISO, "run_type": "scheduled" | "manual", "conf": {},
               "data_interval": [ISO, ISO],   # optional: for a job whose schedule is left to a person
               "airflow": false}]}   # whether its tasks may import Airflow, when without_airflow/ is in PYTHONPATH

and OUT

    {"dagster": VERSION,
     "assets": {KEY: [UPSTREAM KEY, ...]}, "checks": {"KEY:NAME": [KEY, ...]},     # keys joined by "/"
     "runs": [{"dag_id", "run_type", "logical_date", "job", "partition_key", "state": "success" | "failed", "seconds",
               "tasks": [{"task_id", "map_index", "state", "tries", "errors": [TEXT], "pushed": BOOL, "value": ANY}]}]}

Where a run could not be made or finished its entry has "error", and the next one is tried. A task's state is Airflow's
word for what its asset or check did: success, failed, skipped (it ended without an output, or Dagster skipped it),
upstream_failed (Dagster never came to it); in an outcome graph, the word its step noted. `value` is what another task
would load, where the task left one; a mapped task's is the list of its instances' values.

The runs are made in the given order by processes forked when the definitions are loaded; one that hangs or crashes is
replaced, so that it does not cost the others. What one run materialised is there for the next. Retry delays are not
slept.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.reconstruct import repository_def_from_target_def
from dagster._core.execution import build_resources
from dagster._core.execution.plan.active import ActiveExecution
from dagster._core.storage.event_log.in_memory import InMemoryEventLogStorage
from dagster._core.workspace.autodiscovery import loadable_targets_from_loaded_module

SECONDS = 60
FOR_PEOPLE = {
    dg.DagsterEventType.RESOURCE_INIT_STARTED,
    dg.DagsterEventType.RESOURCE_INIT_SUCCESS,
    dg.DagsterEventType.STEP_INPUT,
    dg.DagsterEventType.LOADED_INPUT,
    dg.DagsterEventType.LOGS_CAPTURED,
    dg.DagsterEventType.ENGINE_EVENT,
}
LOGICAL_DATE_TAG, RUN_TYPE_TAG, CONF_TAG = "airflow/logical_date", "airflow/run_type", "airflow/conf"
INTERVAL_TAGS = ("airflow/data_interval_start", "airflow/data_interval_end")


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


def share_instance() -> None:
    """What loads a value makes an instance of its own for it, twice, and each is a database: one for all will do."""
    shared: list[dg.DagsterInstance] = []

    @contextlib.contextmanager
    def instance_if_missing(instance: dg.DagsterInstance | None) -> Iterator[dg.DagsterInstance]:
        if instance is None and not shared:
            shared.append(dg.DagsterInstance.ephemeral())
        yield instance or shared[0]

    build_resources.ephemeral_instance_if_missing = instance_if_missing  # type: ignore[attr-defined]


def store_what_is_read() -> None:
    """Most events are only for people: the log of a run here is kept without them, and on one connection."""
    store = InMemoryEventLogStorage.store_event

    def store_event(self: Any, event: Any) -> None:
        if event.is_dagster_event and event.dagster_event_type not in FOR_PEOPLE:
            store(self, event)

    @contextlib.contextmanager
    def connect(self: Any) -> Iterator[Any]:
        with self._db_lock, self._held_conn.begin():
            yield self._held_conn

    InMemoryEventLogStorage.store_event = store_event  # type: ignore[method-assign]
    InMemoryEventLogStorage._connect = connect  # type: ignore[method-assign]


def load(project: Path, package: str) -> Any:
    """The project's repository, found as `dagster definitions validate` finds it."""
    sys.path.insert(0, str(project))
    (target,) = loadable_targets_from_loaded_module(importlib.import_module(f"{package}.definitions"))
    return repository_def_from_target_def(target.target_definition)


def graph(repository: Any) -> dict[str, Any]:
    """What Dagster takes for the project's assets and checks, and what each waits for."""
    known = repository.asset_graph
    checks = {
        f"{key.asset_key.to_user_string()}:{key.name}": known.get(key).parent_entity_keys
        for key in known.asset_check_keys
    }
    assets = {key.to_user_string(): known.get(key).parent_keys for key in known.get_all_asset_keys()}
    return {
        kind: {name: sorted(key.to_user_string() for key in keys) for name, keys in sorted(rows.items())}
        for kind, rows in (("assets", assets), ("checks", checks))
    }


class Task:
    """One task of migration.json, and what its events in a run say."""

    def __init__(self, record: dict[str, Any], job: Any) -> None:
        self.task_id: str = record["task_id"]
        self.key: dg.AssetKey | dg.AssetCheckKey | None = None
        for row in record["becomes"]:
            if row["kind"] == "asset":
                self.key = dg.AssetKey(row["key"])
            elif row["kind"] == "asset_check":
                self.key = dg.AssetCheckKey(dg.AssetKey(row["key"]), row["name"])
        self.step, self.output = None, None
        if self.key is not None and job.asset_layer.has(self.key):
            handle = job.asset_layer.get_op_output_handle(self.key)
            self.step, self.output = str(handle.node_handle), handle.output_name

    def report(self, events: list[Any], noted: dict[str, dict[int, Any]], load_value: Any) -> list[dict[str, Any]]:
        """One row, or one for each of its instances; the value is the whole task's."""
        mine = [event for event in events if event.step_key == self.step] if self.step else []
        kept = any(e.event_type_value == "HANDLED_OUTPUT" and output_name(e) == self.output for e in mine)
        pushed = kept and isinstance(self.key, dg.AssetKey)  # what is declared None is not kept
        value = {"pushed": pushed, "value": load_value(self.key) if pushed else None}
        found = {"errors": [text for event in mine for text in errors(event)], **value}
        if instances := noted.get(self.task_id):
            return [
                {"task_id": self.task_id, "map_index": index, "state": state, "tries": tries, **found}
                for index, (state, tries) in sorted(instances.items())
            ]
        kinds = [event.event_type_value for event in mine]
        tries = kinds.count("STEP_START") + kinds.count("STEP_RESTARTED")
        return [{"task_id": self.task_id, "map_index": -1, "state": self.state(mine, kinds), "tries": tries, **found}]

    def state(self, events: list[Any], kinds: list[str]) -> str | None:
        if self.step is None:
            return None
        verdicts = [e.asset_check_evaluation_data.passed for e in events if e.event_type_value == CHECKED]
        if "STEP_FAILURE" in kinds or False in verdicts:
            return "failed"
        if "STEP_SUCCESS" in kinds:
            return "success" if "ASSET_MATERIALIZATION" in kinds or verdicts else "skipped"
        return "skipped" if "STEP_SKIPPED" in kinds else "upstream_failed"


def noted_states(events: list[Any]) -> dict[str, dict[int, Any]]:
    """The states and tries that the steps of an outcome graph note in the event log, by task and map index."""
    found: dict[str, dict[int, Any]] = {}
    for event in events:
        if event.event_type_value == "ASSET_OBSERVATION":
            rows = event.asset_observation_data.asset_observation.metadata
            noted = {key.removeprefix("airflow/"): value.value for key, value in rows.items()}
            if "task_id" in noted:
                found.setdefault(noted["task_id"], {})[noted["map_index"]] = noted["state"], noted["try_number"]
    return found


def output_name(event: Any) -> str:
    return str(event.event_specific_data.output_name)


CHECKED = "ASSET_CHECK_EVALUATION"
WRAPPERS = (
    "DagsterExecutionStepExecutionError",
    "RetryRequestedFromPolicy",
    "RetryRequested",
    "DagsterMaxRetriesExceededError",
)
"""What Dagster raises around what a task raised."""


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


def partition_key(job: Any, logical_date: dt.datetime, run_type: str) -> str | None:
    """The key of the partition whose window begins at the logical date; None where the job has no partitions.

    Between two of them there are only manual runs; what comes nearest is the partition around the date.
    """
    partitions = job.partitions_def
    if partitions is None:
        return None
    key: str = partitions.get_partition_key_for_timestamp(logical_date.timestamp())
    start = partitions.time_window_for_partition_key(key).start
    if start != logical_date and run_type != "manual":
        raise ValueError(f"no partition of {job.name} begins at {logical_date}; the one around it begins at {start}")
    return key


def params_config(dag: dict[str, Any], job: Any, conf: dict[str, Any]) -> dict[str, Any]:
    """The run configuration that says what a conf says of the DAG's params, where they are a resource."""
    name = f"{Path(dag['module']).parent.name}_params"
    if not conf or name not in job.resource_defs:
        return {}
    known = job.resource_defs[name].config_schema.config_type.fields
    return {"resources": {name: {"config": {key: value for key, value in conf.items() if key in known}}}}


def execute(
    repository: Any, dag: dict[str, Any], request: dict[str, Any], instance: dg.DagsterInstance
) -> dict[str, Any]:
    job = repository.get_job(dag["job"]["name"])
    date = dt.datetime.fromisoformat(request["logical_date"])
    key = partition_key(job, date, request["run_type"])
    tags = {CONF_TAG: json.dumps(request["conf"])} if request.get("conf") else {}
    if key is None:
        tags |= {LOGICAL_DATE_TAG: request["logical_date"], RUN_TYPE_TAG: request["run_type"]}
    elif request["run_type"] != "scheduled":
        tags[RUN_TYPE_TAG] = request["run_type"]
    tags |= dict(zip(INTERVAL_TAGS, request.get("data_interval", ()), strict=False))
    conf = params_config(dag, job, request.get("conf") or {})
    tasks = [Task(record, job) for record in dag["tasks"]]
    started = time.monotonic()
    result = job.execute_in_process(
        run_config=conf, instance=instance, partition_key=key, tags=tags, raise_on_error=False
    )

    noted = noted_states(result.all_events)

    def load_value(asset: dg.AssetKey) -> Any:
        return repository.load_asset_value(asset, instance=instance, partition_key=key)

    rows = [row for task in tasks for row in task.report(result.all_events, noted, load_value)]
    return {
        "partition_key": key,
        "state": "success" if result.success else "failed",
        "seconds": round(time.monotonic() - started, 2),
        "tasks": rows if noted else told_apart(dag, rows),
    }


def told_apart(dag: dict[str, Any], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Behind a failed and a skipped plain asset, Dagster calls the step skipped; what failed is why the run fails."""
    upstream = {record["task_id"]: record["upstream"] for record in dag["tasks"]}
    failed = {row["task_id"] for row in rows if row["state"] in ("failed", "upstream_failed")}
    found = True
    while found and dag["form"] == "plain":
        more = [r for r in rows if r["state"] == "skipped" and not r["tries"] and failed & set(upstream[r["task_id"]])]
        for row in more:
            row["state"] = "upstream_failed"
        found = bool(more)
        failed |= {row["task_id"] for row in more}
    return rows


class Worker:
    """A forked process that answers requests one after the other; one that hangs or crashes is replaced by another."""

    def __init__(self, answer: Callable[[dict[str, Any]], dict[str, Any]], seconds: float) -> None:
        self.answer, self.seconds = answer, seconds
        self.process: Any = None
        self.pipe: Any = None

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer; what kept it from coming is "error"."""
        if self.process is None:
            self.start()
        self.pipe.send(request)
        if not self.pipe.poll(self.seconds):
            self.stop()
            return {"error": f"stopped after {self.seconds:g} seconds"}
        try:
            return dict(json.loads(self.pipe.recv()))
        except EOFError:
            self.process.join()
            status, self.process = self.process.exitcode, None
            return {"error": f"the process ended with status {status} and left no answer"}

    def start(self) -> None:
        fork = multiprocessing.get_context("fork")
        self.pipe, other = fork.Pipe()
        self.process = fork.Process(target=self.serve, args=(other,))
        self.process.start()
        other.close()

    def serve(self, pipe: Any) -> None:
        os.setsid()
        self.pipe.close()
        with contextlib.suppress(EOFError):
            while True:
                request = pipe.recv()
                try:
                    text = json.dumps(self.answer(request), default=str)
                except (Exception, SystemExit):
                    text = json.dumps({"error": traceback.format_exc()})
                pipe.send(text)

    def stop(self) -> None:
        """Kill it, with what it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.join()
            self.process = None


class Runs:
    """The runs of a project, in two processes: one for those whose tasks may import Airflow."""

    def __init__(self, project: Path, package: str, storage: Path, seconds: float) -> None:
        records = json.loads((project / "migration.json").read_text())["dags"]
        self.dags: dict[str, dict[str, Any]] = {dag["dag_id"]: dag for dag in records}
        self.repository = load(project, package)
        self.storage = storage
        self.instance: dg.DagsterInstance | None = None
        self.without, self.with_airflow = Worker(self.execute, seconds), Worker(self.execute, seconds)

    def run(self, request: dict[str, Any]) -> dict[str, Any]:
        asked = {name: request[name] for name in ("dag_id", "run_type", "logical_date")}
        dag = self.dags.get(request["dag_id"])
        if dag is None or dag["job"] is None:
            return asked | {"job": None, "error": f"{request['dag_id']} has no job in migration.json"}
        worker = self.with_airflow if request.get("airflow") else self.without
        return asked | {"job": dag["job"]["name"]} | worker.ask(request)

    def execute(self, request: dict[str, Any]) -> dict[str, Any]:
        """One run, in a worker's process."""
        if request.get("airflow"):
            sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "NoAirflow"]
        if self.instance is None:
            self.instance = dg.DagsterInstance.ephemeral(str(self.storage))
        return execute(self.repository, self.dags[request["dag_id"]], request, self.instance)

    def close(self) -> None:
        self.without.stop()
        self.with_airflow.stop()


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text())
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Dagster and the tasks print goes to standard error
    retry_at_once()
    share_instance()
    store_what_is_read()
    with tempfile.TemporaryDirectory(prefix="dagster-home-", ignore_cleanup_errors=True) as home:
        runs = Runs(Path(spec["project"]).resolve(), spec["package"], Path(home), spec.get("seconds", SECONDS))
        try:
            records = [runs.run(request) for request in spec["runs"]]
        finally:
            runs.close()
        json.dump({"dagster": dg.__version__, **graph(runs.repository), "runs": records}, answer, indent=1)
    answer.write("\n")
    answer.close()


if __name__ == "__main__":
    main()
