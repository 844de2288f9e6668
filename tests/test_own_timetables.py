"""Timetables of one's own on both engines: when their runs fall due, and the time these are about, line by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.converted import Converted

from migrator import migrate
from migrator.verify.evidence import Verification
from migrator.verify.plans import Dates
from migrator.verify.session import Settings, verify
from migrator.write import write

COUNT = 30
PLUGIN = '''
"""Timetables of the harbour."""
from datetime import timedelta

import pendulum
from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DagRunInfo, DataInterval, Timetable
from airflow.timetables.interval import CronDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from pendulum import UTC, DateTime, Time

from tides import TURNS


def midnight(moment):
    return DateTime.combine(moment.date(), Time.min, tzinfo=UTC)


class AfterWork(Timetable):
    """About each working day, some time after its end; the first one without catchup is today."""

    def __init__(self, hours=0):
        self.hours = hours

    def serialize(self):
        return {"hours": self.hours}

    @classmethod
    def deserialize(cls, data):
        return cls(data["hours"])

    def infer_manual_data_interval(self, *, run_after):
        day = midnight(run_after - timedelta(days=1))
        while day.isoweekday() > 5:
            day -= timedelta(days=1)
        return DataInterval(day, day + timedelta(days=1))

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval
        if last is not None:
            day = last.end
        elif restriction.earliest is None:
            return None
        else:
            day = restriction.earliest
            if not restriction.catchup:
                day = max(day, midnight(pendulum.now("UTC")))
            if day.time() != Time.min:
                day = midnight(day + timedelta(days=1))
        while day.isoweekday() > 5:
            day += timedelta(days=1)
        if restriction.latest is not None and day > restriction.latest:
            return None
        end = day + timedelta(days=1)
        return DagRunInfo(run_after=end + timedelta(hours=self.hours), data_interval=DataInterval(day, end))


class Late(CronDataIntervalTimetable):
    """The ticks of a cron expression, some time later; runs are called after the day they are made on."""

    def __init__(self, cron, timezone, late=timedelta(minutes=45)):
        super().__init__(cron, timezone)
        self.late = late

    def serialize(self):
        return {"cron": self._expression, "zone": str(self._timezone), "late": self.late.total_seconds()}

    @classmethod
    def deserialize(cls, data):
        return cls(data["cron"], pendulum.timezone(data["zone"]), timedelta(seconds=data["late"]))

    def generate_run_id(self, *, run_type, data_interval, **extra):
        if str(run_type) == "scheduled":
            return f"made_on_{data_interval.end:%Y-%m-%d_%H.%M}"
        return super().generate_run_id(run_type=run_type, data_interval=data_interval, **extra)

    def next_dagrun_info(self, **asked):
        found = super().next_dagrun_info(**asked)
        return found and found._replace(run_after=found.run_after + self.late)


class NotOnThe13th(CronTriggerTimetable):
    """A tick of a cron expression is passed over."""

    def serialize(self):
        return {"cron": self._expression}

    @classmethod
    def deserialize(cls, data):
        return cls(data["cron"], timezone="UTC", interval=timedelta(hours=2))

    def _get_next(self, current):
        found = super()._get_next(current)
        return found if found.day != 13 else self._get_next(found)

    def _get_prev(self, current):
        found = super()._get_prev(current)
        return found if found.day != 13 else self._get_prev(found)


class Tides(Timetable):
    """At each turn of the tide, about the time since the turn before."""

    def infer_manual_data_interval(self, *, run_after):
        before = [turn for turn in TURNS if turn <= run_after]
        return DataInterval(before[-2], before[-1]) if len(before) > 1 else DataInterval.exact(run_after)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval.end if last_automated_data_interval else restriction.earliest
        for start, end in zip(TURNS, TURNS[1:]):
            if start >= last and (restriction.latest is None or start <= restriction.latest):
                return DagRunInfo.interval(start, end)
        return None


class HarbourPlugin(AirflowPlugin):
    name = "harbour"
    timetables = [AfterWork, Late, NotOnThe13th, Tides]
'''
TIDES = """
from pendulum import datetime

TURNS = [datetime(2026, 1, 3).add(minutes=373 * number) for number in range(40)]
"""
DAGS = """
from datetime import timedelta

import pendulum
from airflow import DAG
from {bash} import BashOperator
from harbour import AfterWork, Late, NotOnThe13th, Tides

DATES = "{{{{ ds }}}} {{{{ ts }}}} {{{{ data_interval_start }}}} {{{{ data_interval_end }}}}"
START = pendulum.datetime(2026, 1, 2, 5)


def dag(dag_id, schedule, command=DATES + " {{{{ run_id }}}} {more}", **arguments):
    with DAG(dag_id, schedule=schedule, **{{"start_date": START, "catchup": True, **arguments}}) as made:
        BashOperator(task_id="say", bash_command="echo " + command)
    return made


after = dag("after_work", AfterWork(6))
now = dag("after_work_from_now", AfterWork(6), catchup=False)
ending = dag("after_work_ending", AfterWork(), end_date=pendulum.datetime(2026, 1, 13))
in_order = dag("after_work_in_order", AfterWork(hours=1), default_args={{"depends_on_past": True}})
undated = dag("after_work_undated", AfterWork(), "hello")
late = dag("late", Late("0 6 * * mon,wed", timezone="Europe/Lisbon"))
late_now = dag("late_from_now", Late("*/20 7-9 * * *", "UTC", timedelta(seconds=90)), catchup=False)
unlucky = dag("unlucky", NotOnThe13th("30 22 * * *", timezone="UTC", interval=timedelta(hours=2)))
unlucky_now = dag("unlucky_now", NotOnThe13th("@daily", timezone="UTC", interval=timedelta(hours=2)), catchup=False)
tides = dag("tides", Tides(), max_active_runs=1)
tides_ending = dag("tides_ending", Tides(), end_date=pendulum.datetime(2026, 1, 4))
"""
BASH = {"2": "airflow.operators.bash", "3": "airflow.providers.standard.operators.bash"}
MORE = {"2": "{{ prev_ds }} {{ next_ds }}", "3": "{{ dag_run.run_after }}"}
MANUAL = "2026-01-12T09:30:00+00:00"


@pytest.fixture(scope="module", params=["2", "3"])
def line(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def project(line: str, tmp_path_factory: pytest.TempPathFactory) -> Converted:
    folder = tmp_path_factory.mktemp(f"timetables{line}")
    plugins = folder / "dags" / "plugins"
    plugins.mkdir(parents=True)
    plugins.joinpath("harbour.py").write_text(PLUGIN)
    plugins.joinpath("tides.py").write_text(TIDES)
    text = DAGS.format(bash=BASH[line], more=MORE[line])
    plugins.parent.joinpath("dags.py").write_text(text)
    assert write(migrate(plugins.parent, airflow_version=line, jobs=1).rendered, folder / "defs").ok
    return Converted(folder / "defs")


@pytest.fixture(scope="module")
def verified(project: Converted, line: str, python_of: Callable[[str], str]) -> Verification:
    """Of a scheduled run each, or of a manual one, and the ticks."""
    asked = Settings(
        dags=project.folder.parent / "dags",
        defs=project.folder,
        airflow_python=python_of(line),
        kinds=("ticks", "templates", "run"),
        ticks=COUNT,
        dates=Dates(2, {"after_work_undated": (MANUAL,), "late": (MANUAL,), "unlucky": (MANUAL,), "tides": (MANUAL,)}),
    )
    return verify(asked)


def test_all_of_it_is_translated(project: Converted) -> None:
    told = {dag_id: [f["code"] for f in project.findings(dag_id)] for dag_id in project.dags}
    assert {code for codes in told.values() for code in codes} == {"A2D106", "A2D112"}
    assert [dag_id for dag_id, codes in told.items() if "A2D112" in codes] == ["after_work_in_order"]


def test_the_same_runs_at_the_same_times_about_the_same_time(verified: Verification) -> None:
    assert [one for one in verified.evidence if one.outcome != "passed"] == []
    ticks = {one.dag_id: one.detail for one in verified.evidence if one.kind == "ticks"}
    assert ticks.pop("after_work_ending").startswith("7 ticks")
    assert ticks.pop("tides_ending").startswith("4 ticks")
    assert ticks.pop("after_work_undated") == f"{COUNT} ticks, by after_work_undated_sensor; no task asks for dates"
    assert all(detail.startswith(f"{COUNT} ticks") for detail in ticks.values())


def test_only_what_they_need_is_copied(project: Converted) -> None:
    assert (project.folder / "airflow_dags/lib/tides.py").read_text() == TIDES
    copied = (project.folder / "airflow_dags/lib/harbour_without_airflow.py").read_text()
    assert "Plugin" not in copied
    parts = {Path(path).stem for path in project.files() if "/airflow_compat/" in path and "/.migrate/" not in path}
    assert {"planned", "timetables", "timetable_bases", "cron"} <= parts
    assert "timezone" in parts
    assert "crossdag" not in parts
