"""When a DAG's job runs in Dagster: the ticks of its schedule, what each asks for, and the windows of its partitions.

https://docs.dagster.io/guides/automate/schedules
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from typing import Any

import dagster as dg
from dagster._utils.schedules import schedule_execution_time_iterator

from .project import Project

TICK_TAG = ".dagster/scheduled_execution_time"
MORE = 12
"""Ticks looked at beyond the last that is expected: a schedule must fall silent where Airflow's does."""


class Ticks:
    def __init__(self, project: Project, dag_id: str) -> None:
        self.project, self.dag_id, self.dag = project, dag_id, project.dags[dag_id]
        name = (self.dag["schedule"] or {}).get("name")
        self.schedule: Any = project.repository.get_schedule_def(name) if name else None
        job = (self.dag["job"] or {}).get("name")
        self.partitions: Any = project.repository.get_job(job).partitions_def if job else None
        self.instance = dg.DagsterInstance.ephemeral()

    def record(self, windows: list[dict[str, Any]]) -> dict[str, Any]:
        """For each window {"from", "until", "count"}: the ticks, as [TICK, START, END], and the partitions."""
        return {
            "scheduled": self.schedule is not None,
            "sensors": [sensor["name"] for sensor in self.dag["sensors"]],
            "partitioned": self.partitions is not None,
            "windows": [list(self.ticks(window)) if self.schedule else [] for window in windows],
            "partitions": list(self.partitions_of(windows[0])) if windows and self.partitions else [],
        }

    def ticks(self, window: dict[str, Any]) -> Iterator[list[str | None]]:
        first, until = dt.datetime.fromisoformat(window["from"]), window["until"]
        cron, zone = self.schedule.cron_schedule, self.schedule.execution_timezone or "UTC"
        every = schedule_execution_time_iterator(first.timestamp(), cron, zone)
        asked = 0
        for tick in islice(every, window["count"] + MORE):
            if until and utc(tick) > until:
                return
            for request in self.requests(tick):
                asked += 1
                yield [utc(tick), *self.interval(request, tick)]
            if asked >= window["count"] + 3:
                return

    def requests(self, tick: dt.datetime) -> list[dg.RunRequest]:
        context = dg.build_schedule_context(
            instance=self.instance, scheduled_execution_time=tick, repository_def=self.project.repository
        )
        return list(self.schedule.evaluate_tick(context).run_requests or [])

    def interval(self, request: dg.RunRequest, tick: dt.datetime) -> list[str | None]:
        """The data interval the run will be about; nothing where the project asks for no date."""
        if request.partition_key and self.partitions is not None:
            window = self.partitions.time_window_for_partition_key(request.partition_key)
            return [utc(window.start), utc(window.end)]
        dates = self.project.compat("dates")
        airflow_dag = getattr(self.project.module(self.dag_id), "airflow_dag", None)
        if dates is None or airflow_dag is None:
            return [None, None]
        tags = {TICK_TAG: tick.isoformat(), **request.tags}
        found = dates.run_dates(tags, tick, airflow_dag.timing)
        return [date and utc(date) for date in (found.data_interval_start, found.data_interval_end)]

    def partitions_of(self, window: dict[str, Any]) -> Iterator[list[str]]:
        """The first partitions, as they are at the end of the window."""
        with dg.partition_loading_context(effective_dt=dt.datetime.fromisoformat(window["last"])):
            keys = self.partitions.get_partition_keys()
        for key in keys[: window["count"]]:
            found = self.partitions.time_window_for_partition_key(key)
            yield [utc(found.start), utc(found.end)]


def utc(date: dt.datetime) -> str:
    return dt.datetime.fromtimestamp(date.timestamp(), dt.timezone.utc).isoformat()
