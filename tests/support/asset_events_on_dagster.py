"""Run jobs of a generated project, and after each what the sensors ask for that wait for updates of assets.

    python asset_events_on_dagster.py PROJECT PACKAGE REQUESTS.json      (answers on standard output)

As other_dags_on_dagster.py, with the sensors of all DAGs. REQUESTS are those of dagster_run.py.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from dagster_run import execute
from other_dags_on_dagster import Project


def run_of(project: Project, request: dict[str, Any]) -> list[dict[str, Any]]:
    done = execute(project.repository, project.records[request["dag_id"]], request, project.instance)
    found = [{**request, **done}]
    while started := ask(project):
        found += started
    return found


def ask(project: Project) -> list[dict[str, Any]]:
    sensors = [sensor["name"] for dag in project.records.values() for sensor in dag["sensors"]]
    return [run for sensor in sensors for run in project.tick(sensor)]


def main() -> None:
    folder, package, requests = Path(sys.argv[1]), sys.argv[2], json.loads(Path(sys.argv[3]).read_text())
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Dagster and the tasks print goes to standard error
    with tempfile.TemporaryDirectory(prefix="dagster-home-", ignore_cleanup_errors=True) as home:
        project = Project(folder.resolve(), package, home)
        assert ask(project) == []  # from here on updates count
        json.dump([run for request in requests for run in run_of(project, request)], answer, default=str)
    answer.write("\n")
    answer.close()


if __name__ == "__main__":
    main()
