"""Load generated projects, each in a process of its own, and write what Dagster makes of each as JSON.

    python dagster_load.py FOLDER ... > OUT.json

OUT is {FOLDER: {"error": TEXT} or {"assets", "checks": as dagster_run.py gives them, "jobs": {NAME: [KEY, ...]},
"schedules": {NAME: {"cron", "timezone", "job"}}, "sensors": [NAME, ...], "resources": [NAME, ...]}}.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from dagster_run import Worker, graph, load

SECONDS = 60
SHARED = (
    "dagster._utils.test",
    "dagster._core.storage.event_log",
    "dagster.components",
    "jinja2",
    "pendulum",
    "requests",
)
"""What loading a project imports sooner or later: once for all, before the processes are forked."""


def describe(folder: Path) -> dict[str, Any]:
    package = json.loads((folder / "migration.json").read_text())["package"]
    os.chdir(folder)
    repository = load(folder, package)
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]
    return {
        **graph(repository),
        "jobs": {
            job.name: sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys) for job in jobs
        },
        "schedules": {
            schedule.name: {
                "cron": schedule.cron_schedule,
                "timezone": schedule.execution_timezone,
                "job": schedule.job_name,
            }
            for schedule in repository.schedule_defs
        },
        "sensors": sorted(sensor.name for sensor in repository.sensor_defs),
        "resources": sorted(repository.get_top_level_resources()),
    }


def main() -> None:
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for name in SHARED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    folders = [Path(argument).resolve() for argument in sys.argv[1:]]
    found = {}
    for folder in folders:
        worker = Worker(lambda request: describe(Path(request["folder"])), SECONDS)
        found[str(folder)] = worker.ask({"folder": str(folder)})
        worker.stop()
    json.dump(found, answer, indent=1)
    answer.close()


if __name__ == "__main__":
    main()
