"""What starts a DAG's job in Dagster: the ticks of its schedule, what its sensors ask for, and its partitions.

Sensors are evaluated as the daemon would, at moments of our own choice: the runtime's clock is set.
https://docs.dagster.io/guides/automate/schedules
https://docs.dagster.io/guides/automate/sensors
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._utils.schedules import schedule_execution_time_iterator

from .project import Project

TICK_TAG, PARTITION_TAG = ".dagster/scheduled_execution_time", "dagster/partition"
MORE = 12
"""Ticks looked at beyond the last that is expected: a schedule must fall silent where Airflow's does."""
BEFORE, LONG_AFTER = dt.timedelta(days=40), dt.timedelta(days=400)
"""How long before the first run, and after the last, nothing may be asked for."""
NOT_BEFORE = dt.datetime(2026, 1, 1, tzinfo=dt.timezone.utc)
"""No generated project has run before: its schedules need not know that a DAG had not begun then."""
SECOND, MOMENT = dt.timedelta(seconds=1), dt.timedelta(microseconds=1)
MISSED = 3
"""Runs that fall due while nobody looks, to see whether they are made up for."""
Row = list[str | None]


class Ticks:
    def __init__(self, project: Project, dag_id: str) -> None:
        self.project, self.dag_id, self.dag = project, dag_id, project.dags[dag_id]
        name = (self.dag["schedule"] or {}).get("name")
        # There is none of these where the environment says so.
        schedules = {schedule.name: schedule for schedule in project.repository.schedule_defs}
        self.schedule: Any = schedules.get(name)
        self.job: str = (self.dag["job"] or {}).get("name") or ""
        self.partitions: Any = project.repository.get_job(self.job).partitions_def if self.job else None
        self.instance = dg.DagsterInstance.ephemeral()
        runtime = project.compat("dates")
        airflow_dag = getattr(project.module(dag_id), "airflow_dag", None)
        self.keys: list[Row] = []
        """The moments at which runs were asked for, and their partitions."""
        self.dates: Any = None
        """The runtime's way from a run's tags to its dates, where the DAG's tasks need it."""
        if runtime is not None and airflow_dag is not None:
            self.dates = lambda tags, moment, window: runtime.run_dates(tags, moment, airflow_dag.timing, window)
        known = {sensor.name: sensor for sensor in project.repository.sensor_defs}
        found = [known[row["name"]] for row in self.dag["sensors"] if row["name"] in known]
        self.sensors = [sensor for sensor in found if self.starts(sensor)]

    def starts(self, sensor: Any) -> bool:
        """Whether it is a sensor that starts this job, and none that follows its runs or starts another."""
        own = [target.job_name for target in sensor.targets] == [self.job]
        return own and not isinstance(sensor, dg.RunStatusSensorDefinition)

    def record(self, request: dict[str, Any]) -> dict[str, Any]:
        """For each of `windows`, {"ticks", "until", "ended"}: the runs, as [MOMENT, LOGICAL_DATE, START, END].

        `moments`: when to look whether a run of a `@continuous` DAG is asked for; `updates`: [ASSET_KEY] one after the
        other, after each of which sensors are asked.
        """
        windows = request["windows"]
        ticks = windows[0]["ticks"] if windows else []
        return {
            "scheduled": self.schedule is not None,
            "sensors": [sensor.name for sensor in self.sensors],
            "partitioned": self.partitions is not None,
            "keys": self.keys,
            "windows": [sorted(self.window(window, first=n == 0), key=str) for n, window in enumerate(windows)],
            "partitions": list(self.partitions_of(ticks)) if ticks and self.partitions else [],
            "continuous": [row for sensor in self.sensors for row in self.continuously(sensor, request)],
            "updated": self.updated(request["updates"]) if request["updates"] else [],
            "bare": self.dates is None,
            **self.habits(ticks),
        }

    def window(self, window: dict[str, Any], *, first: bool) -> Iterator[Row]:
        ticks = [dt.datetime.fromisoformat(tick) for tick in window["ticks"]]
        if self.schedule is not None:
            yield from self.scheduled(ticks, window["until"], first=first)
        begin = ticks[0] - (BEFORE if first else SECOND)
        # Just before each run that Airflow makes, and at it: what is asked for too early or in between shows as such.
        moments = [begin, *(moment for tick in ticks for moment in (tick - SECOND, tick))]
        if window["ended"]:
            moments += [ticks[-1] + SECOND, ticks[-1] + LONG_AFTER]
        for sensor in self.sensors:
            yield from self.sensed(Watch(self, sensor, begin), moments)

    def scheduled(self, ticks: Sequence[dt.datetime], until: str | None, *, first: bool) -> Iterator[Row]:
        cron, zone = self.schedule.cron_schedule, self.schedule.execution_timezone or "UTC"
        if first:
            begin = max(ticks[0] - BEFORE, NOT_BEFORE)
            for tick in schedule_execution_time_iterator(begin.timestamp(), cron, zone):
                if tick >= ticks[0]:
                    break
                yield from (self.row(request, tick, scheduled=True) for request in self.requests(tick))
        asked = 0
        for tick in islice(schedule_execution_time_iterator(ticks[0].timestamp(), cron, zone), MORE + 50 * len(ticks)):
            if (until and utc(tick) > until) or asked > len(ticks) or tick > ticks[-1] + LONG_AFTER:
                return
            for request in self.requests(tick):
                asked += 1
                yield self.row(request, tick, scheduled=True)

    def requests(self, tick: dt.datetime) -> list[dg.RunRequest]:
        context = dg.build_schedule_context(
            instance=self.instance, scheduled_execution_time=tick, repository_def=self.project.repository
        )
        return list(self.schedule.evaluate_tick(context).run_requests or [])

    def row(self, request: dg.RunRequest, moment: dt.datetime, *, scheduled: bool = False) -> Row:
        """What the run will be about; no dates where no task of the project asks for any."""
        window = None
        self.keys.append([utc(moment), request.partition_key])
        if request.partition_key and self.partitions is not None:
            found = self.partitions.time_window_for_partition_key(request.partition_key)
            window = (found.start, found.end)
        if self.dates is None:
            return [utc(moment), *([utc(window[0]), *map(utc, window)] if window else [None] * 3)]
        tags = {TICK_TAG: moment.isoformat(), "dagster/schedule_name": ""} if scheduled else {"dagster/sensor_name": ""}
        seen = self.dates({**tags, **request.tags}, moment, window)
        shown = (seen.logical_date, seen.data_interval_start, seen.data_interval_end)
        return [utc(moment), *(date and utc(date) for date in shown)]

    # --- sensors ---

    def sensed(self, watch: Watch, moments: Sequence[dt.datetime]) -> Iterator[Row]:
        for moment in moments:
            # The daemon looks again at once after it was asked for all it takes at a time.
            while requests := watch.look(moment):
                for request in requests:
                    watch.ran(request, dg.DagsterRunStatus.SUCCESS)
                    yield self.row(request, moment)
                if len(requests) < watch.most:
                    break

    def habits(self, ticks: Sequence[str]) -> dict[str, Any]:
        """Whether runs that were missed are made up for, and whether one waits for the success of the one before."""
        if len(ticks) < MISSED + 1 or not (self.schedule or self.sensors):
            return {"catches_up": None, "in_order": None}
        moments = [dt.datetime.fromisoformat(tick) for tick in ticks]
        first, last = moments[0], moments[MISSED]
        caught, in_order = 0, False
        for sensor in self.sensors:
            watch = Watch(self, sensor, first - SECOND)
            caught += len(watch.look(first - SECOND)) + len(watch.look(last))
            watch = Watch(self, sensor, first - SECOND)
            watch.look(first - SECOND)
            for request in watch.look(first):
                watch.ran(request, dg.DagsterRunStatus.FAILURE)
                in_order = not watch.look(moments[1])
        return {"catches_up": None if in_order else caught > MISSED, "in_order": in_order}

    def continuously(self, sensor: Any, asked: dict[str, Any]) -> Iterator[Row]:
        """Runs that are asked for, each of which ends before the next moment; while it goes on, none may be."""
        if not asked["moments"]:
            return
        watch = Watch(self, sensor, dt.datetime.fromisoformat(asked["since"]))
        for moment in map(dt.datetime.fromisoformat, asked["moments"]):
            for request in watch.look(moment):
                run_id = watch.ran(request, dg.DagsterRunStatus.STARTED)
                yield self.row(request, moment)
                yield from (self.row(again, moment + SECOND) for again in watch.look(moment + SECOND))
                run = watch.instance.get_run_by_id(run_id)
                assert run is not None
                watch.instance.report_run_canceled(run)

    def updated(self, updates: Sequence[Sequence[str]]) -> list[int]:
        """How many runs are asked for after each update."""
        moment = NOT_BEFORE + MOMENT
        watches = [Watch(self, sensor, moment, instance=self.instance) for sensor in self.sensors]
        for watch in watches:
            watch.look(moment)
        found = []
        for key in updates:
            self.instance.report_runless_asset_event(dg.AssetMaterialization(dg.AssetKey(list(key))))
            found.append(sum(len(watch.look(moment)) for watch in watches))
        return found

    def partitions_of(self, ticks: Sequence[str]) -> Iterator[Row]:
        """The first partitions, as they are at the last of the ticks."""
        with dg.partition_loading_context(effective_dt=dt.datetime.fromisoformat(ticks[-1])):
            keys = self.partitions.get_partition_keys()
        for key in keys[: len(ticks)]:
            found = self.partitions.time_window_for_partition_key(key)
            yield [utc(found.start), utc(found.end), key]


@dataclass
class Watch:
    """One sensor as the daemon looks at it again and again: what it kept in mind, and which runs it asked for."""

    ticks: Ticks
    sensor: Any
    begin: dt.datetime
    cursor: str | None = None
    asked: set[str] = field(default_factory=set)
    instance: dg.DagsterInstance = field(default_factory=dg.DagsterInstance.ephemeral)

    @property
    def most(self) -> int:
        schedules = self.ticks.project.compat("schedules")
        return int(schedules.AT_ONCE) if schedules else 1

    def look(self, moment: dt.datetime) -> list[dg.RunRequest]:
        """What it asks for at this moment. Dagster makes one run of all requests with the same key."""
        schedules = self.ticks.project.compat("schedules")
        if schedules is not None:
            schedules.now = lambda: moment
            schedules.read_cutover = lambda _: self.begin
        if (gates := self.ticks.project.compat("gates")) is not None:
            gates.holds = lambda *_: True  # what falls due, not what it waits for
        context = dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            repository_def=self.ticks.project.repository,
            sensor_name=self.sensor.name,
            # What runs wait for is not looked at.
            resources=dict.fromkeys(self.sensor.required_resource_keys),
        )
        with dg.partition_loading_context(effective_dt=moment):
            answer = self.sensor.evaluate_tick(context)
        self.cursor = answer.cursor or self.cursor
        found = [request for request in answer.run_requests or () if request.run_key not in self.asked]
        self.asked |= {request.run_key for request in found if request.run_key}
        return found

    def ran(self, request: dg.RunRequest, status: dg.DagsterRunStatus) -> str:
        """Note that the run was made and how it stands."""
        partition = {PARTITION_TAG: request.partition_key} if request.partition_key else {}
        run = dg.DagsterRun(
            job_name=self.ticks.job, run_id=str(uuid4()), status=status, tags={**request.tags, **partition}
        )
        self.instance.add_run(run)
        return run.run_id


def utc(date: dt.datetime) -> str:
    return dt.datetime.fromtimestamp(date.timestamp(), dt.timezone.utc).isoformat()
