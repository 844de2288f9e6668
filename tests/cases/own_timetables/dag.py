"""Timetables of one's own: carried over, and asked for one run after the other as Airflow's scheduler does."""

import os
from datetime import datetime, timedelta

import pendulum
from airflow.operators.bash import BashOperator
from airflow.timetables.base import DagRunInfo, DataInterval, Timetable
from calendars.workdays import AfterWorkday
from delays import AsConfigured, DelayedCron

from airflow import DAG

START = datetime(2026, 1, 1)
SAY = "echo {{ data_interval_start | ds }} {{ data_interval_end | ds }}"


class EveryOtherHour(Timetable):
    """Defined in the file of the DAG."""

    def infer_manual_data_interval(self, *, run_after):
        return DataInterval.exact(run_after)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        last = last_automated_data_interval
        start = restriction.earliest if last is None else last.start.add(hours=2)
        if start is None or (restriction.latest is not None and start > restriction.latest):
            return None
        return DagRunInfo.exact(start)


class Elsewhere(Timetable):
    """It asks Airflow for more than a timetable is made of."""

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        from airflow.models import DagRun

        last = DagRun.find(dag_id="other")[-1]
        return DagRunInfo.interval(last.data_interval_start, last.data_interval_end)


# Catches up, and says when the runs' data are about.
with DAG(
    "working_days", schedule=AfterWorkday(pendulum.time(6, 30)), start_date=START, catchup=True, max_active_runs=1
):
    BashOperator(task_id="say", bash_command=SAY)

# What was missed is up to the timetable; a run waits for the one before.
with DAG(
    "working_days_in_order",
    schedule=AfterWorkday(at=pendulum.time(18)),
    start_date=START,
    end_date=datetime(2030, 1, 1),
    catchup=False,
    default_args={"depends_on_past": True},
):
    BashOperator(task_id="say", bash_command="echo in order")

with DAG(
    "delayed",
    timetable=DelayedCron("0 6 * * *", "Europe/Berlin", timedelta(minutes=90)),
    start_date=pendulum.datetime(2026, 1, 1, tz="Europe/Berlin"),
    catchup=False,
):
    BashOperator(task_id="say", bash_command=SAY + " {{ next_ds }} {{ prev_ds }}")

with DAG("every_other_hour", schedule=EveryOtherHour(), start_date=START, catchup=True):
    BashOperator(task_id="say", bash_command="echo hour")

# What is not carried over.
with DAG("as_configured", schedule=AsConfigured("cron_of_reports"), start_date=START, catchup=False):
    BashOperator(task_id="say", bash_command="echo configured")

with DAG("elsewhere", schedule=Elsewhere(), start_date=START, catchup=False):
    BashOperator(task_id="say", bash_command="echo elsewhere")

with DAG("at_a_secret", schedule=AfterWorkday(os.environ["AT"]), start_date=START, catchup=False):
    BashOperator(task_id="say", bash_command="echo secret")

with DAG("some_day", schedule=AfterWorkday(pendulum.time(6)), start_date=pendulum.today(), catchup=False):
    BashOperator(task_id="say", bash_command="echo some day")
