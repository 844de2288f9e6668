"""The runs that the schedules and sensors of a generated project ask for, as JSON.

    python ticks_on_dagster.py FOLDER EXPECTED.json > OUT.json

EXPECTED is what ticks_on_airflow.py wrote, OUT is in the same form: schedules are evaluated at every tick from a while
before Airflow's first run to a while after its last, sensors just before each of Airflow's runs and at it.
"""

from __future__ import annotations

import collections
import importlib
import itertools
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._utils.schedules import schedule_execution_time_iterator

AROUND = timedelta(days=40)
MOST = 60
Row = list[str]


class Ticks:
    """One project, loaded."""

    def __init__(self, folder: Path, package: str) -> None:
        sys.path.insert(0, str(folder))
        self.package = package
        self.repository = importlib.import_module(f"{package}.definitions").defs().get_repository_def()
        self.instance = dg.DagsterInstance.ephemeral()
        self.schedules = {s.name: s for s in self.repository.schedule_defs}
        self.sensors = {s.name: s for s in self.repository.sensor_defs}

    def compat(self, part: str) -> Any:
        return importlib.import_module(f"{self.package}.airflow_compat.{part}")

    def runs(self, dag: dict[str, Any], expected: list[Row]) -> list[Row]:
        module = importlib.import_module(dag["module"].removesuffix(".py").replace("/", "."))
        found: list[Row] = []
        if dag["schedule"] is not None:
            schedule = self.schedules[dag["schedule"]["name"]]
            found += self.scheduled(schedule, module, [datetime.fromisoformat(row[0]) for row in expected])
        for item in dag["sensors"]:
            found += self.sensed(
                self.sensors[item["name"]], module, [datetime.fromisoformat(row[0]) for row in expected]
            )
        return found

    def scheduled(self, schedule: dg.ScheduleDefinition, module: Any, times: list[datetime]) -> Iterator[Row]:
        if not times:
            return
        crons, zone = schedule.cron_schedule, schedule.execution_timezone
        before = itertools.takewhile(lambda tick: tick < times[0], ticks(times[0] - AROUND, crons, zone))
        after = 0
        for tick in itertools.chain(collections.deque(before, MOST), ticks(times[0], crons, zone)):
            after += tick > times[-1]
            if after > 3:
                return
            context = dg.build_schedule_context(
                scheduled_execution_time=tick, repository_def=self.repository, instance=self.instance
            )
            for request in schedule.evaluate_tick(context).run_requests or []:
                tags = {".dagster/scheduled_execution_time": tick.isoformat(), "dagster/schedule_name": schedule.name}
                yield self.row(tick, request, tags, module)

    def sensed(self, sensor: dg.SensorDefinition, module: Any, times: list[datetime]) -> Iterator[Row]:
        schedules = self.compat("schedules")
        cursor = None
        before = [] if not times else [times[0] - AROUND]
        later = [] if not times else [times[-1] + timedelta(seconds=1)]
        for moment in (*before, *(t - d for t in times for d in (timedelta(seconds=1), timedelta())), *later):
            schedules.now = lambda moment=moment: moment
            context = dg.build_sensor_context(instance=self.instance, cursor=cursor, repository_def=self.repository)
            with dg.partition_loading_context(effective_dt=moment):
                answer = sensor.evaluate_tick(context)
            cursor = answer.cursor or cursor
            for request in answer.run_requests or []:
                yield self.row(moment, request, {"dagster/sensor_name": sensor.name}, module)

    def row(self, moment: datetime, request: dg.RunRequest, tags: dict[str, str], module: Any) -> Row:
        """What the run's tasks would see."""
        dates, window = self.compat("dates"), None
        if request.partition_key is not None:
            found = module.intervals.time_window_for_partition_key(request.partition_key)
            window = found.start, found.end
        seen = dates.run_dates({**tags, **request.tags}, moment, module.airflow_dag.timing, window)
        shown = (moment, seen.logical_date, seen.data_interval_start, seen.data_interval_end)
        return [date.astimezone(timezone.utc).isoformat() for date in shown]


def ticks(since: datetime, crons: Any, zone: str) -> Iterator[datetime]:
    return iter(schedule_execution_time_iterator(since.timestamp(), crons, zone))


def main() -> None:
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    folder = Path(sys.argv[1])
    record = json.loads((folder / "migration.json").read_text())
    expected = json.loads(Path(sys.argv[2]).read_text())
    project = Ticks(folder, record["package"])
    json.dump({dag["dag_id"]: project.runs(dag, expected[dag["dag_id"]]) for dag in record["dags"]}, answer)
    answer.close()


if __name__ == "__main__":
    main()
