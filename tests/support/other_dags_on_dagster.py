"""Runs jobs of a generated project one after the other, and after each what its sensors ask for.

    python other_dags_on_dagster.py PROJECT PACKAGE REQUESTS.json      (answers on standard output)

REQUESTS is a list of [dag_id, logical date], the answer the list of all runs in order: what dagster_run.py says of
their tasks, and `tags`, `run_config` and `sensor` of those that a sensor asked for.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_run import Task, execute, load, noted_states, retry_at_once


class Project:
    """A generated project and the instance its runs leave their traces in."""

    def __init__(self, folder: Path, package: str, home: str) -> None:
        self.repository = load(folder, package)
        self.records = {dag["dag_id"]: dag for dag in json.loads((folder / "migration.json").read_text())["dags"]}
        self.jobs = {dag["job"]["name"]: dag for dag in self.records.values() if dag["job"]}
        self.instance = dg.DagsterInstance.ephemeral(home)
        self.cursors: dict[str, str | None] = {}

    def run(self, dag_id: str, date: str) -> list[dict[str, Any]]:
        """A scheduled run, and those that its sensors ask for then."""
        request = {"dag_id": dag_id, "logical_date": date, "run_type": "scheduled"}
        done = [
            {"dag_id": dag_id, "sensor": None, **execute(self.repository, self.records[dag_id], request, self.instance)}
        ]
        for sensor in self.records[dag_id]["sensors"]:
            known = self.repository.get_sensor_def(sensor["name"])
            if isinstance(known, dg.RunStatusSensorDefinition):
                self.call(known)
            else:
                done += self.tick(sensor["name"])
        return done

    def call(self, sensor: dg.RunStatusSensorDefinition) -> None:
        """Have a run status sensor look at the latest run."""
        run = self.instance.get_run_records(limit=1)[0].dagster_run
        end = dg.DagsterEventType.RUN_SUCCESS if run.is_success else dg.DagsterEventType.RUN_FAILURE
        if sensor.name.endswith("_on_success") == run.is_success:  # it does not say itself what it waits for
            (log,) = self.instance.all_logs(run.run_id, of_type=end)
            assert log.dagster_event is not None
            sensor(
                dg.build_run_status_sensor_context(
                    sensor_name=sensor.name,
                    dagster_instance=self.instance,
                    dagster_run=run,
                    dagster_event=log.dagster_event,
                )
            )

    def tick(self, name: str) -> list[dict[str, Any]]:
        sensor = self.repository.get_sensor_def(name)
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursors.get(name), repository_def=self.repository, sensor_name=name
        )
        answer = sensor.evaluate_tick(context)
        self.cursors[name] = answer.cursor
        return [self.asked(name, sensor.job_name, request) for request in answer.run_requests or ()]

    def asked(self, sensor: str, job_name: str, request: dg.RunRequest) -> dict[str, Any]:
        job, dag = self.repository.get_job(job_name), self.jobs[job_name]
        result = job.execute_in_process(
            run_config=request.run_config,
            instance=self.instance,
            partition_key=request.partition_key,
            tags=dict(request.tags),
            raise_on_error=False,
        )
        events, noted = result.all_events, noted_states(result.all_events)

        def value(key: dg.AssetKey) -> Any:
            return self.repository.load_asset_value(key, instance=self.instance, partition_key=request.partition_key)

        rows = [row for record in dag["tasks"] for row in Task(record, job).report(events, noted, value)]
        return {
            "dag_id": dag["dag_id"],
            "sensor": sensor,
            "run_key": request.run_key,
            "state": "success" if result.success else "failed",
            "tasks": rows,
        }


def main() -> None:
    folder, package, requests = Path(sys.argv[1]), sys.argv[2], json.loads(Path(sys.argv[3]).read_text())
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Dagster and the tasks print goes to standard error
    retry_at_once()
    with tempfile.TemporaryDirectory(prefix="dagster-home-", ignore_cleanup_errors=True) as home:
        project = Project(folder.resolve(), package, home)
        json.dump([run for dag_id, date in requests for run in project.run(dag_id, date)], answer, default=str)
    answer.write("\n")
    answer.close()


if __name__ == "__main__":
    main()
