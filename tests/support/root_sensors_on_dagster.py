"""Evaluates the sensors of a generated project that start a DAG's runs, as time goes by, and runs what they ask for.

    python root_sensors_on_dagster.py PROJECT PACKAGE DAG_ID STEPS.json      (answers on standard output)

STEPS is a list of [moment, files to make before it] in the working folder, the answer for each of them a list of the
[run key, whether the run succeeded] that were asked for, and the files there are then.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_run import load


def main(folder: Path, package: str, dag_id: str, steps: list[tuple[str, list[str]]], home: str) -> list[Any]:
    repository = load(folder, package)
    record = next(dag for dag in json.loads((folder / "migration.json").read_text())["dags"] if dag["dag_id"] == dag_id)
    (row,) = record["sensors"]
    sensor, job = repository.get_sensor_def(row["name"]), repository.get_job(record["job"]["name"])
    schedules = importlib.import_module(f"{package}.airflow_compat.schedules")
    instance, cursor, answers = dg.DagsterInstance.ephemeral(home), None, []
    for moment, made in steps:
        for name in made:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).touch()
        schedules.now = lambda moment=moment: datetime.fromisoformat(moment)
        with dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository) as context:
            answer = sensor.evaluate_tick(context)
        cursor, asked = answer.cursor, []
        for request in answer.run_requests:
            done = job.execute_in_process(
                instance=instance, partition_key=request.partition_key, tags=request.tags, raise_on_error=False
            )
            asked.append([request.run_key, done.success])
        answers.append([asked, sorted(str(path) for path in Path().rglob("*") if path.is_file())])
    return answers


if __name__ == "__main__":
    project, package, dag_id, request = sys.argv[1:]
    with tempfile.TemporaryDirectory() as home:
        found = main(Path(project), package, dag_id, json.loads(Path(request).read_text()), home)
    print(json.dumps(found))
