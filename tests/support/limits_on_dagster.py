"""Run jobs of a generated project by a real daemon: `python limits_on_dagster.py PACKAGE JOBS.json`, in its folder.

JOBS.json is a list of job names; a run of each is queued at once. DAGSTER_HOME names a folder that has the project's
own dagster.yaml. Prints [{"job", "state", "start", "end", "steps": {key: [start, end or null]}}] when all have
ended: what came of every run, and when, in seconds since the Epoch.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._cli.job import _create_run
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._daemon.controller import daemon_controller_from_instance

SECONDS = 240
POOLS = {"till": 1}


def main() -> None:
    package, jobs = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    target = ModuleTarget(f"{package}.definitions", None, str(Path.cwd()), package)
    with dg.DagsterInstance.get() as instance:
        for pool, slots in POOLS.items():  # as `dagster instance concurrency set till 1` does
            instance.event_log_storage.set_concurrency_slots(pool, slots)
        with (
            WorkspaceProcessContext(instance, target) as process,
            daemon_controller_from_instance(instance, target, log_level="warning") as _,
        ):
            workspace = process.create_request_context()
            (location,) = workspace.code_locations
            (repository,) = location.get_repositories().values()
            runs = []
            for job in jobs:
                run = _create_run(instance, location, repository, repository.get_full_job(job), {}, {}, None, None)
                runs.append(instance.submit_run(run.run_id, workspace).run_id)
            give_up = time.monotonic() + SECONDS
            while time.monotonic() < give_up:
                if all(instance.get_run_by_id(run_id).is_finished for run_id in runs):
                    break
                time.sleep(0.5)
            print("ANSWERS" + json.dumps([what_came_of(run_id, instance) for run_id in runs]), flush=True)


def what_came_of(run_id: str, instance: dg.DagsterInstance) -> dict[str, Any]:
    record = instance.get_run_record_by_id(run_id)
    steps: dict[str, list[float | None]] = {}
    for entry in instance.all_logs(run_id):
        event = entry.dagster_event
        if event is not None and event.is_step_start:
            steps[event.step_key] = [entry.timestamp, None]
        elif event is not None and (event.is_step_success or event.is_step_failure):
            steps[event.step_key][1] = entry.timestamp
    run = record.dagster_run
    return {
        "job": run.job_name,
        "state": run.status.value.lower(),
        "start": record.start_time,
        "end": record.end_time,
        "steps": steps,
    }


if __name__ == "__main__":
    main()
