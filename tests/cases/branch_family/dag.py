"""Branches by date, by query, by functions that Airflow runs elsewhere, and by a class of the user's own."""

import sys
from datetime import datetime, time

import pendulum
from airflow.providers.common.sql.operators.sql import BranchSQLOperator
from airflow.providers.standard.operators.branch import BaseBranchOperator
from airflow.providers.standard.operators.datetime import BranchDateTimeOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import (
    BranchExternalPythonOperator,
    BranchPythonOperator,
    BranchPythonVirtualenvOperator,
)
from airflow.providers.standard.operators.weekday import BranchDayOfWeekOperator
from airflow.sdk import DAG, TaskGroup, task

BERLIN = pendulum.timezone("Europe/Berlin")


class ByParity(BaseBranchOperator):
    """Even days and odd ones."""

    template_fields = ("day",)

    def __init__(self, day, **kwargs):
        super().__init__(**kwargs)
        self.day = day

    def choose_branch(self, context):
        return "even" if int(self.day) % 2 == 0 else ["odd", "report"]


def choose():
    return "left"


def inside():
    return "inside_in"


def ends(name):
    return [EmptyOperator(task_id=f"{name}_in"), EmptyOperator(task_id=f"{name}_out")]


with DAG("branches_by_date", schedule="0 20 * * *", start_date=datetime(2024, 1, 1, tzinfo=BERLIN), catchup=False):
    BranchDateTimeOperator(
        task_id="evening",
        target_lower=time(18, 0),
        target_upper=time(6, 30),
        use_task_logical_date=True,
        follow_task_ids_if_true="evening_in",
        follow_task_ids_if_false=["evening_out"],
    ) >> ends("evening")
    BranchDateTimeOperator(
        task_id="campaign",
        target_lower=datetime(2020, 10, 10, 15, 0),
        target_upper=None,
        follow_task_ids_if_true=["campaign_in"],
        follow_task_ids_if_false=["campaign_out"],
        do_xcom_push=False,
    ) >> ends("campaign")
    BranchDayOfWeekOperator(
        task_id="today",
        week_day={"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
        follow_task_ids_if_true="today_in",
        follow_task_ids_if_false="today_out",
    ) >> ends("today")

with DAG("branches_by_query", schedule=None, start_date=datetime(2024, 1, 1)):
    BranchSQLOperator(
        task_id="any_rows",
        conn_id="sqlite_default",
        sql="SELECT '{{ 'yes' }}'",
        follow_task_ids_if_true=["any_rows_in"],
        follow_task_ids_if_false=["any_rows_out"],
    ) >> ends("any_rows")

with DAG("branches_elsewhere", schedule=None, start_date=datetime(2024, 1, 1)):
    BranchExternalPythonOperator(task_id="outside", python=sys.executable, python_callable=choose) >> [
        EmptyOperator(task_id="left"),
        EmptyOperator(task_id="right"),
    ]

    @task.branch_external_python(python=sys.executable)
    def decorated():
        return ["decorated_in"]

    decorated() >> ends("decorated")

with DAG("branches_in_virtualenvs", schedule=None, start_date=datetime(2024, 1, 1)):
    BranchPythonVirtualenvOperator(
        task_id="inside", python_callable=inside, requirements=["pandas==2.2"]
    ) >> ends("inside")

    @task.branch_virtualenv(requirements=[], system_site_packages=False)
    def decorated_inside():
        return None

    decorated_inside() >> ends("decorated_inside")

with DAG("branch_of_our_own", schedule="@daily", start_date=datetime(2024, 1, 1), catchup=False):
    parity = ByParity(task_id="parity", day="{{ logical_date.day }}")
    parity >> [EmptyOperator(task_id="even"), EmptyOperator(task_id="odd")]
    parity >> EmptyOperator(task_id="report", trigger_rule="none_failed")

with DAG("branch_to_groups", schedule=None, start_date=datetime(2024, 1, 1)):
    to_group = BranchPythonOperator(task_id="to_group", python_callable=lambda: ["outer.inner", "alone"])
    with TaskGroup("outer"):
        first = EmptyOperator(task_id="first")
        with TaskGroup("inner"):
            start, other = EmptyOperator(task_id="start"), EmptyOperator(task_id="other")
            start >> EmptyOperator(task_id="end")
    alone, never = EmptyOperator(task_id="alone"), EmptyOperator(task_id="never")
    to_group >> [first, start, other, alone, never]
    [first, alone] >> EmptyOperator(task_id="last", trigger_rule="none_failed_min_one_success")
