"""Schedules: intervals as cron expressions, crons Dagster reads, ends."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.cases import CASES
from support.converted import convert, run_python

from migrator import migrate
from migrator.airflow_model import (
    Argument,
    AssetRef,
    ClassRef,
    Dag,
    Deferred,
    InstanceRef,
    Project,
    Schedule,
    Symbol,
    Task,
    Unknown,
)
from migrator.source import SourceFile, Span
from migrator.translate.crons import (
    coarse_cron,
    dagster_zone,
    interval_cron,
    later_cron,
    months_cron,
    moved_by_half_hours,
    next_tick,
    skipped_time,
    valid_cron,
)
from migrator.translate.outlets import Outlets
from migrator.translate.schedule import timing

UTC = dt.timezone.utc
SPAN = Span("dag.py", 1)
DAILY = Schedule("cron", "0 0 * * *")
NOTHING = Project((), (), {})
STEPS = [dt.timedelta(minutes=m) for m in (1, 2, 5, 12, 15, 30, 60, 120, 180, 360, 720, 1440, 10080)]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(STEPS), st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)))
def test_an_interval_s_cron_ticks_at_start_plus_multiples(every: dt.timedelta, start: dt.datetime) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=UTC)
    cron = interval_cron(every, start)
    assert cron is not None
    ticks = croniter(cron, start - dt.timedelta(seconds=1))
    assert [ticks.get_next(dt.datetime) for _ in range(30)] == [start + n * every for n in range(30)]


@pytest.mark.parametrize(
    "every", [dt.timedelta(minutes=7), dt.timedelta(hours=5), dt.timedelta(days=2), dt.timedelta(0)]
)
def test_an_interval_without_equal_cron_has_none(every: dt.timedelta) -> None:
    assert interval_cron(every, dt.datetime(2024, 1, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("cron", ["0 6 * * *", "*/15 8-18 * * 1-5", "0 0 1 1,7 *", "0 0 * * 5#2", "0 0 L * *"])
def test_crons_of_both(cron: str) -> None:
    assert valid_cron(cron)


@pytest.mark.parametrize("cron", ["0 0 6 * * *", "H 6 * * *", "0 6 * * 5L", "sometimes", "0 6 * *", 5, None])
def test_crons_dagster_does_not_read(cron: object) -> None:
    assert not valid_cron(cron)


def dag(schedule: Schedule, **fields: object) -> Dag:
    return Dag("d", "dag.py", SPAN, "2", schedule=schedule, **fields)  # type: ignore[arg-type]


def test_the_end_of_partitions_is_the_tick_after_the_last_logical_date() -> None:
    found = timing(
        dag(
            Schedule("cron", "0 6 * * *", timezone="Europe/Berlin"),
            start_date=dt.datetime(2024, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")),
            end_date=dt.datetime(2024, 3, 30, 6, tzinfo=ZoneInfo("Europe/Berlin")),
        ),
        "its tasks read the data interval",
    )
    assert found.partitions is not None
    assert (found.partitions.start, found.partitions.end) == ("2024-01-01T00:00:00+0100", "2024-03-31T06:00:00+0200")


def test_airflow_3_crons_have_no_interval() -> None:
    schedule = Schedule("cron", "0 6 * * *", data_intervals=False)
    found = timing(dag(schedule, start_date=dt.datetime(2024, 1, 1)), "why")
    assert found.partitions is not None
    assert found.partitions.end_offset == 1


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 3 * 24 * 60), st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)))
def test_every_multiple_of_an_interval_is_a_tick_of_the_coarse_cron(minutes: int, start: dt.datetime) -> None:
    start = start.replace(second=0, microsecond=0, tzinfo=UTC)
    cron = coarse_cron(dt.timedelta(minutes=minutes), start)
    assert cron is not None
    assert all(croniter.match(cron, start + n * dt.timedelta(minutes=minutes)) for n in range(20))


@pytest.mark.parametrize(
    ("cron", "minutes"),
    [
        ("0 0 * * *", 120),
        ("30 22 * * *", 120),
        ("0 */6 * * *", 90),
        ("15 * * * *", 50),
        ("*/20 * * * *", 5),
        ("0 4,16 1-7 * MON", 60),
        ("0 0 * * 0", 1439),
        ("0 6-9/3 * * 1-5", 180),
        ("0 12 1 * *", 0),
    ],
)
def test_later_crons_tick_so_long_after_each_tick(cron: str, minutes: int) -> None:
    by = dt.timedelta(minutes=minutes)
    later = later_cron(cron, by)
    assert later is not None
    tick = moved = dt.datetime(2024, 2, 25, tzinfo=UTC)
    for _ in range(30):
        tick = next_tick(tick, cron, "UTC")
        moved = next_tick(moved, later, "UTC", inclusive=moved == tick + by)
        if moved < tick:  # what follows a tick before the first
            moved = next_tick(moved, later, "UTC")
        assert moved == tick + by


@pytest.mark.parametrize(
    ("cron", "by"),
    [
        ("0 22 * * 1", dt.timedelta(hours=3)),  # on another day
        ("0 * * * *", dt.timedelta(hours=2)),  # after the next tick
        ("0,10 * * * *", dt.timedelta(minutes=50)),
        ("0 0 * * *", dt.timedelta(seconds=30)),
        ("10 3 * * 1#2", dt.timedelta(days=2)),
        ("5,50 2,3 * * *", dt.timedelta(minutes=12)),
        ("@daily", dt.timedelta(hours=1)),
    ],
)
def test_where_no_cron_ticks_later_there_is_none(cron: str, by: dt.timedelta) -> None:
    assert later_cron(cron, by) is None


def test_months() -> None:
    assert months_cron(1, dt.datetime(2024, 1, 15, 4, tzinfo=UTC)) == "0 4 15 * *"
    assert months_cron(3, dt.datetime(2024, 2, 1, tzinfo=UTC)) == "0 0 1 2-12/3 *"
    assert months_cron(12, dt.datetime(2024, 5, 1, tzinfo=UTC)) == "0 0 1 5 *"
    assert months_cron(5, dt.datetime(2024, 5, 1, tzinfo=UTC)) is None
    assert months_cron(1, dt.datetime(2024, 5, 31, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("zone", "name"),
    [("UTC", "UTC"), ("Europe/Paris", "Europe/Paris"), ("+05:00", "Etc/GMT-5"), ("UTC-03:00", "Etc/GMT+3"),
     ("+05:30", None), ("Mars/Phobos", None)],
)  # fmt: skip
def test_zones(zone: str, name: str | None) -> None:
    assert dagster_zone(zone) == name


def test_times_that_clocks_skip() -> None:
    assert skipped_time("30 2 * * *", "America/New_York") == "2026-03-08 02:30"
    assert skipped_time("30 2 * 6 *", "America/New_York") is None
    assert skipped_time("0 2 * * *", "America/New_York") is None
    assert skipped_time("30 * * * *", "America/New_York") is None
    assert skipped_time("30 2 * * *", "UTC") is None


def test_clocks_that_change_by_half_an_hour() -> None:
    """Only Lord Howe's do; ticks at one hour of the day are the same on both engines there, too."""
    assert moved_by_half_hours("0 * * * *", "Australia/Lord_Howe")
    assert not moved_by_half_hours("0 6 * * *", "Australia/Lord_Howe")
    assert not moved_by_half_hours("0 * * * *", "Asia/Kolkata")
    assert not moved_by_half_hours("0 * * * *", "Europe/Berlin")


def call(path: str, *args: object, **keywords: object) -> Deferred:
    return Deferred("call", (Symbol(f"airflow.timetables.{path}"), *args), keywords=tuple(keywords.items()))


CUSTOM = InstanceRef(ClassRef("Workdays", SourceFile("plugins/days.py", "days", ""), SPAN))


@pytest.mark.parametrize(
    ("schedule", "codes"),
    [
        (Schedule("none"), []),
        (Schedule("unknown", Unknown("why")), []),
        (Schedule("interval", Unknown("why")), ["A2D103"]),
        (Schedule("interval", dt.timedelta(0)), ["A2D103"]),
        (Schedule("cron", "0 0 6 * * *"), ["A2D104"]),
        (Schedule("cron", "@fortnightly"), ["A2D104"]),
        (Schedule("cron", "0 6 * * *", timezone="+05:30"), ["A2D104"]),
        (Schedule("timetable", CUSTOM), ["A2D103"]),
        (Schedule("timetable", call("trigger.CronTriggerTimetable", Unknown("why"), timezone="UTC")), ["A2D103"]),
        (Schedule("timetable", call("events.EventsTimetable", Unknown("why"))), ["A2D103"]),
        (Schedule("assets", AssetRef("a", None, "alias")), ["A2D103"]),
        (Schedule("assets", []), ["A2D103"]),
    ],
)
def test_what_has_no_schedule_is_a_finding(schedule: Schedule, codes: list[str]) -> None:
    found = timing(dag(schedule), "", outlets=Outlets(NOTHING))
    assert (found.schedule, found.sensors) == (None, ())
    assert [f.code for f in found.findings] == codes


def test_six_fields_and_unknown_presets_say_why() -> None:
    (six,) = timing(dag(Schedule("cron", "0 0 6 * * *")), "").findings
    assert "six fields, the last for seconds" in six.message
    (preset,) = timing(dag(Schedule("cron", "@fortnightly")), "").findings
    assert "Airflow's presets" in preset.message


def test_a_custom_timetable_is_named() -> None:
    (found,) = timing(dag(Schedule("timetable", CUSTOM)), "").findings
    assert found.message == "`Workdays` is a timetable whose ticks only its own code knows"


def test_an_unknown_start_means_no_partitions() -> None:
    found = timing(dag(Schedule("cron", "0 0 * * *"), start_date=Unknown("now")), "why")
    assert found.partitions is None
    assert found.schedule is not None
    assert [f.code for f in found.findings] == ["A2D105"]


def test_an_unknown_end_is_a_finding() -> None:
    found = timing(dag(Schedule("cron", "0 0 * * *"), end_date=Unknown("now")), "")
    assert [f.code for f in found.findings] == ["A2D105"]


def test_a_dag_that_ends_before_it_begins_never_runs() -> None:
    found = timing(dag(DAILY, start_date=dt.datetime(2024, 2, 1), end_date=dt.datetime(2024, 1, 1)), "why")
    assert (found.schedule, found.partitions, found.sensors) == (None, None, ())


@pytest.mark.parametrize("schedule", [DAILY, Schedule("interval", dt.timedelta(hours=36))])
def test_dates_that_mean_always_and_never(schedule: Schedule) -> None:
    ever = dag(schedule, start_date=dt.datetime.min, end_date=dt.datetime.max)
    assert (found := timing(ever, "").schedule) is not None
    assert (found.start, found.end) == (None, None)
    dated = timing(ever, "its tasks read the data interval")
    assert dated.partitions is None or dated.partitions.start == "1970-01-01T00:00:00+0000"
    assert "The start date is 0001-01-01; partitions begin in 1970" in [f.message for f in dated.findings]


def test_only_start_dates_to_come_need_a_guard() -> None:
    past, future = (timing(dag(DAILY, start_date=dt.datetime(year, 2, 1, 5)), "").schedule for year in (2024, 2030))
    assert past is not None
    assert future is not None
    assert (past.start, future.start) == (None, "2030-02-03T00:00:00+0000")


def test_catching_up_begins_at_the_cutover() -> None:
    catching = dag(DAILY, start_date=dt.datetime(2024, 1, 1), catchup=True)
    (unset,) = (found := timing(catching, "why")).sensors
    assert 'cutover=dg.EnvVar("MIGRATION_CUTOVER").get_value()' in unset.body.text
    assert [v.name for v in found.env] == ["MIGRATION_CUTOVER"]
    assert [(f.code, f.severity) for f in found.findings] == [("A2D106", "info")]
    (given,) = (found := timing(catching, "why", cutover="2026-11-01T00:00:00+00:00")).sensors
    assert "cutover='2026-11-01T00:00:00+00:00'" in given.body.text
    assert found.env == ()


def test_unknown_catchup_is_a_finding() -> None:
    found = timing(dag(DAILY, start_date=dt.datetime(2024, 1, 1), catchup=Unknown("setting")), "why")
    assert [f.code for f in found.findings] == ["A2D112"]


@pytest.mark.parametrize(("start", "codes"), [(0, []), (5, ["A2D112"])])
def test_the_phase_of_an_interval_without_catchup(start: int, codes: list[str]) -> None:
    every = Schedule("interval", dt.timedelta(days=1))
    found = timing(dag(every, start_date=dt.datetime(2024, 1, 1, start)), "why")
    assert [f.code for f in found.findings] == codes


def test_leap_days_have_no_partitions() -> None:
    found = timing(dag(Schedule("cron", "0 0 29 2 *"), start_date=dt.datetime(2024, 1, 1)), "why")
    assert found.partitions is None
    assert found.schedule is not None


def test_an_asset_and_time_schedule_has_both() -> None:
    both = call(
        "datasets.DatasetOrTimeSchedule",
        timetable=call("trigger.CronTriggerTimetable", "0 6 * * *", timezone="UTC"),
        datasets=[AssetRef("s3://a", "s3://a")],
    )
    outlets = Outlets(NOTHING)
    found = timing(dag(Schedule("timetable", both)), "", outlets=outlets)
    assert found.schedule is not None
    assert [s.name for s in found.sensors] == ["d_asset_sensor"]
    assert list(outlets.external) == [("s3", "a")]


@pytest.mark.parametrize(
    ("because", "codes"), [("", []), ("it backfills (catchup)", []), ("its tasks read the data interval", ["A2D112"])]
)
def test_dates_of_runs_that_assets_start_matter_where_tasks_read_them(because: str, codes: list[str]) -> None:
    schedule = Schedule("assets", [AssetRef("a", "s3://a")])
    found = timing(dag(schedule, catchup=True), because, outlets=Outlets(NOTHING))
    assert [f.code for f in found.findings] == codes


def past(task_id: str, value: bool, name: str = "depends_on_past") -> Task:
    return Task(task_id, "EmptyOperator", "x", SPAN, arguments=(Argument(name, value, SPAN),))


@pytest.mark.parametrize(("second", "in_order"), [(True, True), (False, False)])
def test_only_when_all_tasks_depend_on_the_past_do_runs(second: bool, in_order: bool) -> None:
    tasks = (past("a", True, "wait_for_downstream"), past("b", second))
    found = timing(dag(DAILY, start_date=dt.datetime(2024, 1, 1), tasks=tasks), "why")
    assert found.in_order is in_order
    assert bool(found.sensors) is in_order
    assert ("A2D112" in [f.code for f in found.findings]) is in_order


def test_outlets_of_an_alias_are_a_finding() -> None:
    outlet = Argument("outlets", [AssetRef("a", None, "alias"), AssetRef("b", "s3://b")], SPAN)
    maker = Dag("m", "dag.py", SPAN, "3", tasks=(Task("t", "EmptyOperator", "x", SPAN, arguments=(outlet,)),))
    outlets = Outlets(Project((maker,), (), {}))
    assert [f.code for f in outlets.findings] == ["A2D113"]
    assert outlets.keys(AssetRef("b", None)) == (("m", "t"),)
    assert outlets.keys(AssetRef("", "s3://b")) == (("m", "t"),)
    assert outlets.keys(AssetRef("other", "s3://b")) == (("s3", "b"),)


LIMITED = """\
from datetime import datetime, timedelta
from airflow import DAG
from airflow.models import Variable
from airflow.operators.bash import BashOperator

with DAG("limited", schedule=None, max_active_runs={runs}, dagrun_timeout=timedelta(minutes=5)):
    BashOperator(task_id="t", bash_command="true")
"""


def test_how_many_runs_and_how_long(tmp_path: Path) -> None:
    (tmp_path / "limited.py").write_text(LIMITED.format(runs=2))
    found = migrate(tmp_path, jobs=1)
    assert [f for f in found.findings if f.code == "A2D108"] == []
    (settings,) = [text for path, text in found.rendered.files.items() if path == "dagster.yaml"]
    assert 'value: "limited"\n        limit: 2\n' in settings
    assert settings.endswith("run_monitoring:\n  enabled: true\n  poll_interval_seconds: 15\n")
    assert '"dagster/max_runtime": "300"' in found.rendered.files["airflow_dags/defs/limited/assets.py"]


@pytest.mark.parametrize(
    ("line", "given", "told"),
    [
        ("2", "max_active_tasks=2", "the limit holds for each run; Airflow 2 counts the tasks of all runs together"),
        ("2", "concurrency=2, max_active_runs=1", ""),
        ("3", "max_active_tasks=2", ""),
        ("3", 'max_active_tasks=int(Variable.get("tasks"))', "the tasks of a run are not limited"),
    ],
)
def test_how_many_tasks_of_a_run(line: Literal["2", "3"], given: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "limited.py").write_text(LIMITED.replace("max_active_runs={runs}", given))
    found = migrate(tmp_path, jobs=1, airflow_version=line)
    messages = [f.message for f in found.findings if f.code == "A2D108"]
    assert [told in message for message in messages] == ([True] if told else [])
    limited = '"max_concurrent": 2' in found.rendered.files["airflow_dags/defs/limited/assets.py"]
    assert limited == ("Variable" not in given)


def test_a_pool_is_to_be_limited(tmp_path: Path) -> None:
    text = LIMITED.format(runs=1).replace('="true")', '="true", pool="my till", pool_slots=2)')
    (tmp_path / "limited.py").write_text(text)
    found = migrate(tmp_path, jobs=1)
    messages = {f.code: f.message for f in found.findings}
    assert messages["A2D118"] == "1 task takes slots of the pool `my_till`, whose limit is to be set in Dagster"
    assert "pool_slots" in messages["A2D303"]
    assert 'pool="my_till"' in found.rendered.files["airflow_dags/defs/limited/assets.py"]
    assert "#   dagster instance concurrency set my_till SLOTS\n" in found.rendered.files["dagster.yaml"]


def test_an_unknown_number_of_runs_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "limited.py").write_text(LIMITED.format(runs='int(Variable.get("runs"))'))
    (found,) = [f for f in migrate(tmp_path, jobs=1).findings if f.code == "A2D108"]
    assert "`max_active_runs`: runs are not limited" in found.message


def test_a_cutover_that_is_no_date_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no date in ISO format"):
        migrate(tmp_path, cutover="soon")


@pytest.mark.parametrize(("environment", "there"), [("production", True), ("staging", False)])
def test_a_schedule_of_one_environment(environment: str, there: bool, tmp_path: Path) -> None:
    """It is there where Airflow would have it, asked when the project is loaded; the project's tests know that."""
    folder = convert(CASES / "schedule_of_an_environment" / "dag.py", tmp_path / "defs").folder
    settings = {"ENVIRONMENT": environment, "AIRFLOW_VAR_NIGHTLY": "yes" if there else "no"}
    code = "from airflow_dags.definitions import defs; print(*sorted(s.name for s in defs().schedules or []))"
    loaded = run_python(folder, "-c", code, **settings)
    wanted = ["by_variable_schedule", "in_production_schedule", "with_dates_schedule"] if there else []
    assert loaded.stdout.split() == wanted, loaded.stderr
    own = run_python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", **settings)
    assert f"{1 if there else 4} skipped" in own.stdout, own.stdout
    assert own.returncode == 0, own.stdout
