"""Schedules on whose ticks both engines must agree, as arguments of a DAG, and the text of a file with those DAGs."""

from __future__ import annotations

from dataclasses import dataclass

# The start dates are after any the generated code may leave unguarded; 2027-03-14 and 2027-11-07 are the days on which
# clocks change in New York.


@dataclass(frozen=True)
class TickCase:
    """`schedule` and dates are expressions in the DAG file. `lines`: the lines of Airflow that have it."""

    name: str
    schedule: str
    start: str = "at(2027, 1, 1)"
    end: str = ""
    lines: str = "23"
    both: bool = False
    """Whether there is one with catchup, too; the others have none."""
    differs: bool = False
    """Whether Dagster's ticks are known to differ, which is finding A2D112."""


def _zone(name: str) -> str:
    return f'zone="{name}"'


NY = _zone("America/New_York")
CASES = [
    TickCase("daily", '"@daily"', both=True),
    TickCase("daily_unaligned", '"@daily"', "at(2027, 1, 1, 5, 30)", both=True),
    TickCase("six", '"0 6 * * *"', both=True),
    TickCase("hourly", '"@hourly"', "at(2027, 1, 1, 0, 10)"),
    TickCase("weekly", '"@weekly"'),
    TickCase("monthly", '"@monthly"', "at(2027, 1, 15)", both=True),
    TickCase("quarterly", '"@quarterly"', "at(2027, 1, 15)"),
    TickCase("yearly", '"@yearly"', "at(2027, 1, 15)"),
    TickCase("every15", '"*/15 * * * *"', "at(2027, 1, 1, 0, 7)"),
    TickCase("every7", '"*/7 * * * *"'),
    TickCase("weekday9", '"0 9 * * 1-5"', both=True),
    TickCase("weekday_names", '"0 9 * * mon,wed"'),
    TickCase("sunday7", '"0 9 * * 7"'),
    TickCase("twice", '"0 6,18 * * *"'),
    TickCase("dom_or_dow", '"0 0 13 * 5"'),
    TickCase("last_dom", '"0 0 L * *"'),
    TickCase("nth_dow", '"0 0 * * 1#2"'),
    TickCase("business", '"*/30 8-17 * * 1-5"'),
    TickCase("daily_ny_spring", '"@daily"', f"at(2027, 3, 10, {NY})", both=True),
    TickCase("daily_ny_fall", '"@daily"', f"at(2027, 11, 3, {NY})", both=True),
    TickCase("early_ny_fall", '"30 1 * * *"', f"at(2027, 11, 3, {NY})"),
    TickCase("skipped_ny_spring", '"30 2 * * *"', f"at(2027, 3, 10, {NY})", both=True, differs=True),
    TickCase("skipped_twice_spring", '"15,45 2 * * *"', f"at(2027, 3, 10, {NY})", differs=True),
    TickCase("skipped_hour_spring", '"0 1,2,3 * * *"', f"at(2027, 3, 10, {NY})"),
    TickCase("skipped_steps_spring", '"30 */2 * * *"', f"at(2027, 3, 13, {NY})", differs=True),
    TickCase("hourly_ny_spring", '"0 * * * *"', f"at(2027, 3, 13, 22, {NY})", both=True),
    TickCase("hourly_ny_fall", '"0 * * * *"', f"at(2027, 11, 6, 22, {NY})", both=True),
    TickCase("half_ny_spring", '"*/30 * * * *"', f"at(2027, 3, 13, 23, {NY})"),
    TickCase("half_ny_fall", '"*/30 * * * *"', f"at(2027, 11, 6, 23, {NY})"),
    TickCase("every6_ny_spring", '"0 */6 * * *"', f"at(2027, 3, 13, {NY})"),
    TickCase("every6_ny_fall", '"0 */6 * * *"', f"at(2027, 11, 6, {NY})"),
    TickCase("twice_ny_fall", '"0 1,13 * * *"', f"at(2027, 11, 6, {NY})"),
    TickCase("tokyo", '"@daily"', f"at(2027, 1, 1, {_zone('Asia/Tokyo')})"),
    TickCase("kolkata", '"30 9 * * *"', f"at(2027, 1, 1, {_zone('Asia/Kolkata')})"),
    TickCase("berlin_march", '"15 4 * * *"', f"at(2027, 3, 20, {_zone('Europe/Berlin')})", both=True),
    TickCase("lord_howe", '"0 4 * * *"', f"at(2027, 3, 25, {_zone('Australia/Lord_Howe')})"),
    TickCase("end", '"@daily"', end="at(2027, 1, 5)", both=True),
    TickCase("end_between", '"0 6 * * *"', end="at(2027, 1, 9, 12)", both=True),
    TickCase("end_monthly_ny", '"@monthly"', f"at(2027, 1, 1, {NY})", f"at(2027, 9, 1, {NY})"),
    TickCase("delta_day", "timedelta(days=1)", "at(2027, 1, 1, 5, 30)", both=True),
    TickCase("delta_day_ny", "timedelta(days=1)", f"at(2027, 3, 10, {NY})", both=True),
    TickCase("delta_hour", "timedelta(hours=1)", "at(2027, 1, 1, 0, 20)"),
    TickCase("delta_6h", "timedelta(hours=6)", "at(2027, 1, 1, 3)"),
    TickCase("delta_90m", "timedelta(minutes=90)", both=True),
    TickCase("delta_7m", "timedelta(minutes=7)", "at(2027, 1, 1, 0, 3)"),
    TickCase("delta_5h", "timedelta(hours=5)", both=True),
    TickCase("delta_2d", "timedelta(days=2)", "at(2027, 1, 1, 8)", end="at(2027, 1, 20)", both=True),
    TickCase("delta_10d", "timedelta(days=10)", "at(2027, 1, 3)"),
    TickCase("delta_week", "timedelta(weeks=1)", "at(2027, 1, 3, 12)"),
    TickCase("delta_2w", "timedelta(weeks=2)", "at(2027, 1, 3, 12)"),
    TickCase("delta_45s", "timedelta(seconds=45)", both=True),
    TickCase("relative_month", "relativedelta(months=1)", "at(2027, 1, 15, 4)", both=True),
    TickCase("relative_quarter", "relativedelta(months=3)", "at(2027, 2, 28)"),
    TickCase("relative_days", "relativedelta(days=3)", "at(2027, 1, 15, 4)"),
    TickCase("once", '"@once"', "at(2027, 1, 15, 4)", both=True),
    TickCase("none", "None"),
    TickCase("trigger", 'CronTriggerTimetable("0 3 * * *", timezone="Europe/Berlin")', both=True),
    TickCase("trigger_back", 'CronTriggerTimetable("0 3 * * 1", timezone="UTC", interval=timedelta(7))', both=True),
    TickCase("trigger_zone", 'CronTriggerTimetable("30 1 * * *", timezone="America/New_York")', "at(2027, 11, 3)"),
    TickCase("interval_zone", 'CronDataIntervalTimetable("0 5 * * *", "Asia/Tokyo")', both=True),
    TickCase("interval_end", 'CronDataIntervalTimetable("0 5 * * *", "UTC")', end="at(2027, 1, 9, 5)"),
    TickCase("delta_interval", "DeltaDataIntervalTimetable(timedelta(hours=7))", both=True),
    TickCase("delta_interval_day", "DeltaDataIntervalTimetable(timedelta(days=1))"),
    TickCase("delta_trigger", "DeltaTriggerTimetable(timedelta(hours=7))", lines="3", both=True),
    TickCase("delta_trigger_back", "DeltaTriggerTimetable(timedelta(hours=8), interval=timedelta(hours=1))", lines="3"),
    TickCase("crons", 'MultipleCronTriggerTimetable("0 6 * * *", "9 18 * * 5", timezone="UTC")', lines="3", both=True),
    TickCase(
        "crons_back",
        'MultipleCronTriggerTimetable("0 6 * * *", "0 6 1 * *", timezone="UTC", interval=timedelta(hours=2))',
        lines="3",
        both=True,
    ),
    TickCase("crons_ny", 'MultipleCronTriggerTimetable("0 1 * * *", "0 4 * * *", timezone="America/New_York")',
             f"at(2027, 11, 4, {NY})", lines="3"),
    TickCase("events", "EventsTimetable([at(2027, 5, 1), at(2027, 2, 3, 4), at(2027, 2, 3, 4)])", both=True),
]  # fmt: skip

_HEADER = """\
from datetime import datetime, timedelta

import pendulum
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.timetables.events import EventsTimetable
from airflow.timetables.interval import CronDataIntervalTimetable, DeltaDataIntervalTimetable
from airflow.timetables.trigger import CronTriggerTimetable
from dateutil.relativedelta import relativedelta


def at(*parts, zone="UTC"):
    return pendulum.datetime(*parts, tz=zone)

"""
_THREE = ("from airflow import DAG\nfrom airflow.operators.bash", "from airflow.sdk import DAG\n"
          "from airflow.providers.standard.operators.bash")  # fmt: skip
_DAG = """
with DAG({name!r}, schedule={schedule}, start_date={start}{end}, catchup={catchup}):
    BashOperator(task_id="task", bash_command="echo {{{{ run_id }}}} {{{{ data_interval_end }}}}")
"""


def cases(line: str) -> list[TickCase]:
    return [case for case in CASES if line in case.lines]


def dag_file(line: str) -> str:
    """The DAGs of a line of Airflow; those with catchup are named so."""
    header = _HEADER
    if line == "3":
        header = header.replace(*_THREE).replace(
            "import CronTriggerTimetable",
            "import CronTriggerTimetable, DeltaTriggerTimetable, MultipleCronTriggerTimetable",
        )
    text = header
    for case in cases(line):
        for catchup in (False, True) if case.both else (False,):
            text += _DAG.format(
                name=case.name + "_catchup" * catchup,
                schedule=case.schedule,
                start=case.start,
                end=f", end_date={case.end}" if case.end else "",
                catchup=catchup,
            )
    return text
